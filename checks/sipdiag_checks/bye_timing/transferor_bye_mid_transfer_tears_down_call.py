"""An early BYE makes somebody drop the whole call."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.hangups import by_the_party_between, soon_after
from sipdiag.facts.leg import Side
from sipdiag.facts.parties import leaves
from sipdiag.facts.timers import TIMER_F
from sipdiag.facts.transaction import Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.places import Frame, elapsed
from sipdiag.values import Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=(
        "transferor-bye-before-notify",
        "no-final-notify",
        "target-no-answer",
        "target-leg-failed",
        "original-call-dropped-on-failed-transfer",
    ),
    refs=("RFC 5589 6.1", "RFC 3515 2.4.4"),
    refuted_by="the new call is answered and goes on",
)
def transferor_bye_mid_transfer_tears_down_call(transfer: Transfer) -> Iterator[Finding]:
    """The transferor's BYE tears down the transferred call

    The transferor may leave as soon as its REFER was accepted. Here another party takes that BYE for the end of the
    whole call: it cancels or ends the new call, or hangs up on the transferee.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        leg2: caller -> target INVITE sip:2003@example.com  Referred-By: <sip:agent@example.com>
        leg2: target -> caller 180 Ringing
        agent -> caller BYE
        caller -> agent 200 OK
        leg2: caller -> target CANCEL
        leg2: target -> caller 200 OK
        leg2: target -> caller 487 Request Terminated  CSeq: 101 INVITE

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        leg2: caller -> target INVITE sip:2003@example.com  Referred-By: <sip:agent@example.com>
        leg2: target -> caller 180 Ringing
        agent -> caller BYE
        caller -> agent 200 OK
        leg2: target -> caller 200 OK
        leg2: caller -> target ACK
    """
    if not transfer.accepted or transfer.acceptance is None or transfer.leg is None:
        return
    bye = leaves(transfer)
    if bye is None:
        return
    if any(n.final and n.transaction.order < bye.order for n in transfer.notifies):
        return  # the transfer was over: the new call may end as any other
    missing = (a for a in transfer.around.answers if a.cseq.method == "NOTIFY" and a.call_id == transfer.leg.call_id)
    if any(a.order < bye.order for a in missing):
        return  # it may have been over as well: a report is among what is missing
    for step in (_new_call_ended, _others_hung_up, _reported_cancelled):
        found = step(transfer, bye)
        if found is None:
            continue
        words, at, method, stage = found
        yield Finding(
            words,
            method=Word(method),
            at=at,
            because=[Because("the BYE of the transferor", at=bye.at)],
            stage=stage,
            fix="let the party that places the new call keep it when the transferor leaves; "
            "until then, let the transferor wait for the final NOTIFY",
        )
        return


_Drop = tuple[str, Frame, str, Stage]


def _new_call_ended(transfer: Transfer, bye: Transaction) -> _Drop | None:
    """The new call is cancelled or ended by the side that placed it, at the BYE or when a NOTIFY is refused for it."""
    refused = [
        n.transaction for n in transfer.notifies if n.transaction.status == 481 and n.transaction.order > bye.order
    ]
    for target in transfer.targets:
        for later in target.leg.transactions:
            if later.method not in ("CANCEL", "BYE") or not any(_follows(t, later) for t in (bye, *refused)):
                continue
            if later.method == "BYE" and target.leg.side_of(later) is Side.CALLEE:
                continue  # the target itself hung up
            stage = Stage.COMPLETED if target.answered else Stage.TARGET_REACHED
            return "after the BYE of the transferor the new call is ended by {method}", later.at, later.method, stage
    return None


def _others_hung_up(transfer: Transfer, bye: Transaction) -> _Drop | None:
    """A B2BUA that took the REFER hangs up on the party that was to be transferred."""
    if transfer.relayed:
        return None  # then both old legs are to end
    waited = elapsed(transfer.acceptance.frame if transfer.acceptance is not None else None, bye.at)
    progress = any(n.status is None or n.status > 100 for n in transfer.notifies)
    if not transfer.targets and not progress and waited is not None and waited >= TIMER_F:
        return None  # nothing shows that a new call was under way: the transferor gave up, and its call ended
    for later in by_the_party_between(transfer):
        if _follows(bye, later):
            words = "after the BYE of the transferor the other leg of the call is ended by {method} as well"
            return words, later.at, later.method, Stage.COMPLETED
    return None


def _reported_cancelled(transfer: Transfer, bye: Transaction) -> _Drop | None:
    """The new call was not seen, and is reported as cancelled right after the BYE."""
    report = transfer.final_notify
    if report is None or report.status != 487 or transfer.targets or not _follows(bye, report.transaction):
        return None
    words = "right after the BYE of the transferor the new call is reported as cancelled ({method})"
    return words, report.at, "487", Stage.TARGET_REACHED


def _follows(bye: Transaction, later: Transaction) -> bool:
    return later.order > bye.order and soon_after(bye.at, later)
