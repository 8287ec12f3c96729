"""The Event header is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=(
        "notify-auth-challenge",
        "notify-event-id-mismatch",
        "bye-before-final-notify",
        "notify-not-routed-by-proxy",
        "notify-rejected-by-transferor",
        "no-final-notify",
    ),
    refs=("RFC 6665 8.2.1", "RFC 3515 2.4.4"),
    refuted_by="a 2xx to the NOTIFY",
)
def notify_missing_event_header(transfer: Transfer) -> Iterator[Finding]:
    """The NOTIFY has no Event header

    A NOTIFY must carry `Event: refer`. Without it the transferor cannot tell what is reported, and refuses it (489,
    400, 481).

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK  -Event
        agent -> caller 489 Bad Event

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
    """
    for n in transfer.notifies:
        last = n.transaction.hops[-1]
        if last.message.get("Event") is not None or not n.transaction.refused:
            continue
        sent = next(
            (x for x in (n, *transfer.relayed_notifies) if x.status == n.status and x.message.get("Event") is not None),
            None,
        )
        yield Finding(
            "NOTIFY {how} Event header and is answered {status}",
            how=Word("loses its" if sent is not None else "has no"),
            status=n.transaction.status,
            at=last.frame,
            because=[Because("the NOTIFY as it was sent", at=sent.at)] if sent is not None else [],
            fix="send Event: refer in every NOTIFY of a REFER, and let no box on the way remove it",
        )
        return
