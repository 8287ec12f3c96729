"""The transferor leaves before it knows the outcome."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import answered_from, goes_on
from sipdiag.facts.parties import leaves
from sipdiag.facts.timers import FIRST_NOTIFY, TIMER_F
from sipdiag.facts.transaction import Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.places import elapsed
from sipdiag.values import Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("no-final-notify", "notify-rejected-by-transferor", "notify-unanswered"),
    refs=("RFC 5589 6.1", "RFC 3515 2.4.4"),
    refuted_by="a final NOTIFY that is answered 2xx",
)
def transferor_bye_before_notify(transfer: Transfer) -> Iterator[Finding]:
    """The transferor hangs up before the outcome is known

    The transferor sends BYE at the 202, before any final NOTIFY. That is permitted, but the outcome is lost, and if
    the new call fails there is nobody left to go back to. In a trace without times it may as well have waited in vain
    for a NOTIFY: then that is the other candidate.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        agent -> caller BYE
        caller -> agent 200 OK
        +2s caller -> agent NOTIFY 486 Busy Here
        agent -> caller 481 Call/Transaction Does Not Exist

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 100 Trying
        agent -> caller 200 OK
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
    """
    if not transfer.accepted or transfer.acceptance is None or transfer.leg is None or transfer.no_subscription:
        return
    bye = leaves(transfer)
    if bye is None:
        return
    waited = elapsed(transfer.acceptance.frame, bye.at)
    if any(n.final and n.transaction.order < bye.order for n in transfer.notifies):
        return
    if any(n.final and n.transaction.succeeded for n in transfer.notifies):
        return  # the outcome reached it all the same
    if _told_of_another(transfer, bye):
        return
    if not transfer.leg.coverage.lossless:
        return  # it may have been among what is missing
    if any(n.final and _answer_lacks(transfer, n.transaction) for n in transfer.notifies):
        return
    told_later = any(n.transaction.order > bye.order for n in transfer.notifies)
    if not told_later and any(n.transaction.refused and n.transaction.order < bye.order for n in transfer.notifies):
        return  # the subscription was over already, by its own refusal (RFC 6665 4.2.2)
    if waited is not None and waited >= FIRST_NOTIFY and not told_later:
        return  # it waited, and nothing came: no-final-notify
    # Where the new call was seen to be answered, all that can be lost is a report that somebody tried to deliver;
    # and where it goes on after that, nobody missed the report.
    answered = answered_from(transfer) is not None
    lost = any(n.final and not goes_on(transfer, n.at) for n in transfer.notifies)
    yield Finding(
        "the transferor sends BYE{after} after the {status}, before any final NOTIFY",
        after=Word(f" {waited:.3f} s" if waited is not None else ""),
        status=transfer.status,
        at=bye.at,
        because=[Because("the REFER was accepted", at=transfer.acceptance.frame)],
        beside=() if waited is not None or told_later else ("no-final-notify",),  # without times, it may have waited
        severity=Severity.WARNING if answered and not lost else Severity.ERROR,
        fix="keep the call until the final NOTIFY, and hang up only when its sipfrag is 2xx",
    )


def _told_of_another(transfer: Transfer, bye: Transaction) -> bool:
    """Whether it hangs up on the success of a later REFER, as when it has sent the caller somewhere else meanwhile."""
    leg, accepted = transfer.leg, transfer.acceptance
    if leg is None or accepted is None or transfer.transferor is None:
        return False
    own = {id(t) for t in (*transfer.attempts, *(n.transaction for n in transfer.notifies))}
    later = next((t for t in leg.refers if t.order > accepted.order and id(t) not in own), None)
    reports = leg.requests("NOTIFY", transfer.transferor.other)
    return later is not None and any(
        later.order < n.order < bye.order
        and id(n) not in own
        and n.message.sipfrag is not None
        and 200 <= n.message.sipfrag.code < 300
        for n in reports
    )


def _answer_lacks(transfer: Transfer, notify: Transaction) -> bool:
    """Whether a NOTIFY was neither answered nor repeated, nor waited for: its answer may just not be in the input."""
    if notify.final is not None or notify.repeats or transfer.leg is None:
        return False
    until, sent = transfer.leg.coverage.until, notify.at.time
    return notify.first.transport == "udp" or until is None or sent is None or until - sent < TIMER_F
