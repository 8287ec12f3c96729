from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.refusal import refusal
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Word


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("refer-rejected",),
    refs=("RFC 6665 8.3.2", "RFC 3515 2.4.6"),
    refuted_by="a 2xx to the REFER",
)
def event_package_unsupported(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The receiver does not know the event package of a REFER

    A REFER creates a subscription to the event package "refer". A receiver that does not know it answers 489.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 489 Bad Event

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
    """
    said = refusal(transfer, (489,))
    if said is None:
        return
    because = [Because("the REFER that was refused", at=said.refer.at)]
    known = said.message.allow_events
    if known is not None:
        because.append(Because("it knows {events}", at=said.at, events=Word(", ".join(sorted(known)) or "none")))
    yield Finding(
        "REFER answered {status} {reason} by {by}: it does not know the event package refer",
        status=said.status,
        reason=said.reason,
        by=said.by,
        at=said.at,
        because=because,
        fix="ask whoever runs {by} to support REFER with its event package (RFC 3515), or send Refer-Sub: false",
    )
