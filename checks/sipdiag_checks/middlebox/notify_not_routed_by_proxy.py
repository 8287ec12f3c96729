"""A proxy cannot route the NOTIFY of the dialog."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Address, Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("notify-rejected-by-transferor", "notify-unanswered", "no-final-notify"),
    refs=("RFC 3261 16.12", "RFC 6665 4.2.2"),
    refuted_by="the NOTIFY is seen at the transferor",
)
def notify_not_routed_by_proxy(transfer: Transfer) -> Iterator[Finding]:
    """A proxy does not route the NOTIFY

    The NOTIFY of the transfer reaches a proxy of the dialog and goes no further: the proxy answers it itself (404,
    405, 481, 483) or drops it, so the transferor never sees it.

    Bad:

        call caller -> proxy -> agent
        agent -> proxy -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> proxy -> agent 202 Accepted
        caller -> proxy NOTIFY 200 OK
        proxy -> caller 404 Not here

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
    """
    if transfer.leg is None or transfer.transferor is None or not transfer.accepted:
        return
    home = transfer.transferor_host
    for n in transfer.notifies:
        t = n.transaction
        if t.succeeded or t.challenged or home is None or t.first.destination is None:
            continue
        places = {h.destination.host for h in t.hops if h.destination is not None}
        relayed = (
            transfer.decisive is not None
            and len({h.source.host for h in transfer.decisive.hops if h.source is not None}) > 1
        )
        if home in places or not relayed or n.message.get("Event") is None:
            continue
        if not t.refused and len(t.repeats) < 2:
            continue
        yield Finding(
            "NOTIFY reaches {proxy} and goes no further{status}",
            proxy=Address(t.first.destination.host),
            status=Word(f": it answers {t.status} itself" if t.refused else ", without an answer"),
            at=t.final.frame if t.final is not None else n.at,
            because=[Because("the NOTIFY", at=n.at)],
            fix="let the proxy route NOTIFY like any request of the dialog: loose routing before method lists, and Record-Route on the INVITE",
        )
        return
