"""NOTIFY and REFER are not matched by the Event id."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("bye-before-final-notify", "notify-not-routed-by-proxy", "notify-rejected-by-transferor"),
    refs=("RFC 3515 2.4.6",),
    refuted_by="a 2xx to the final NOTIFY",
)
def notify_event_id_mismatch(transfer: Transfer) -> Iterator[Finding]:
    """The Event id of the NOTIFY fits no REFER

    `Event: refer;id=` must be the CSeq of the REFER (or be absent for the first one). Here it is another number,
    and the transferor refused the NOTIFY.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK  Event: refer;id=93809823
        agent -> caller 481 Subscription does not exist

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
    if transfer.leg is None or not transfer.attempts:
        return
    known = {str(a.cseq) for a in transfer.attempts}
    for n in transfer.notifies:
        event = n.message.event
        if event is None or event.id is None or event.id in known or not n.transaction.refused:
            continue
        yield Finding(
            "NOTIFY carries Event: refer;id={id}, and the REFER has CSeq {cseq}; it was answered {status}",
            id=Text(event.id),
            cseq=transfer.attempts[-1].cseq,
            status=n.transaction.status,
            at=n.at,
            because=[Because("the REFER", at=transfer.attempts[-1].at)],
            owner=Owner.CARRIER,
            fix="use the CSeq of the REFER as id in Event, or leave the id out for the first REFER of a dialog",
        )
        return
