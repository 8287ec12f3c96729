"""The notifier hangs up in front of its own report."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.parties import Party, sender
from sipdiag.facts.transfer import Transfer
from sipdiag.places import elapsed
from sipdiag.values import Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("notify-not-routed-by-proxy", "notify-rejected-by-transferor", "no-final-notify"),
    refs=("RFC 3515 2.4.4", "RFC 5589 6.1"),
    refuted_by="a 2xx to the final NOTIFY",
)
def bye_before_final_notify(transfer: Transfer) -> Iterator[Finding]:
    """The notifier sends BYE before its NOTIFY is answered

    The party that reports the outcome ends the dialog before its final NOTIFY was answered. The transferor has torn
    the dialog down and refuses the NOTIFY.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK
        caller -> agent BYE
        agent -> caller 200 OK
        agent -> caller 481 Call/Transaction Does Not Exist  CSeq: 102 NOTIFY

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
    if not transfer.accepted or transfer.leg is None or transfer.transferor is None:
        return
    for n in transfer.notifies:
        t = n.transaction
        if not n.final or t.succeeded or t.final is None:
            continue
        byes = [b for b in transfer.leg.requests("BYE", transfer.transferor.other) if b.order < t.final.order]
        if not byes or sender(transfer, byes[0]) is Party.TRANSFEROR:
            continue
        gap = elapsed(n.at, byes[0].at)
        yield Finding(
            "BYE was sent {when} the final NOTIFY, which was then answered {status}",
            when=Word(
                "before"
                if byes[0].order < t.order
                else f"{gap * 1000:.3f} ms after"
                if gap is not None
                else "right after"
            ),
            status=t.status,
            at=byes[0].at,
            because=[Because("the final NOTIFY", at=n.at), Because("its answer", at=t.final.frame)],
            fix="send BYE only after the final NOTIFY was answered",
        )
        return
