"""The transferor asks the notifier for a password."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure
from sipdiag.facts.parties import answerer
from sipdiag.facts.transfer import Transfer


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=(
        "bye-before-final-notify",
        "notify-event-id-mismatch",
        "notify-not-routed-by-proxy",
        "notify-rejected-by-transferor",
        "no-final-notify",
    ),
    refs=("RFC 3261 22", "RFC 6665 4.2.2"),
    refuted_by="a NOTIFY with credentials that got 2xx",
)
def notify_auth_challenge(transfer: Transfer) -> Iterator[Finding]:
    """The NOTIFY is challenged

    The NOTIFY of the transfer is answered 401 or 407, and no NOTIFY with credentials was accepted: the subscription
    dies and the outcome is lost.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 100 Trying
        agent -> caller 401 Unauthorized

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
    if not transfer.accepted or failure(transfer) is not None:
        return
    asked = [n for n in transfer.notifies if n.transaction.challenged]
    if not asked or any(
        n.transaction.succeeded and n.transaction.order > asked[0].transaction.order for n in transfer.notifies
    ):
        return
    last = asked[-1]
    who = answerer(transfer, last.transaction)
    yield Finding(
        "the NOTIFY is answered {status}, and none with credentials was accepted",
        status=last.transaction.status,
        at=last.transaction.final.frame if last.transaction.final is not None else last.at,
        because=[Because("the NOTIFY", at=last.at)],
        owner=who.owner or Owner.PLATFORM,
        fix="do not challenge NOTIFY inside an established dialog, or let the notifier repeat it with credentials",
    )
