from __future__ import annotations

import re
from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.connections import after_answer, repaired, tcp_failed, tls_failed
from sipdiag.facts.record import CallRecord
from sipdiag.facts.stated import first_saying
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Address, Word

# "no existing connection for", "cannot originate a TCP connection", "could not open a socket", "transport<TCP> not found"
_SAID = re.compile(
    r"\b(?:no|not|cannot|can't|could not|couldn't|unable to|failed to|refus\w+ to|without)\b[^\n]{0,40}"
    r"\b(?:find|found|get|open|reuse|create|establish|originate|connect|send|available|existing|usable|matching)?\b"
    r"[^\n]{0,30}\b(?:connection|transport|flow|socket|stream)s?\b"
    r"|\b(?:connection|transport|flow|socket|stream)s?\b[^\n]{0,30}\b(?:not found|missing|unavailable|not available"
    r"|does not exist|not supported|is none)\b",
    re.IGNORECASE,
)


@check(
    stage=Stage.EMITTED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    refs=("RFC 3261 18.1.1", "RFC 5923 5"),
    refuted_by="a REFER of the transferring side",
)
def no_connection_for_transport(transfer: Transfer, records: tuple[CallRecord, ...]) -> Iterator[Finding | CannotTell]:
    """The transferring side has no connection for the REFER

    The call is signalled over TCP, TLS or WebSocket, and its sender can neither reuse the connection of the call nor
    open one to the address in Contact or Route: often a port that only the client's own connection had.

    Bad:

        expect transfer
        transport tcp
        caller contact sip:+15550100123@198.51.100.10:49152;transport=tcp
        call
        tcp agent -> caller:49152 refused
        +5s caller -> agent BYE
        agent -> caller 200 OK

    Good:

        expect transfer
        transport tcp
        call
        +5s caller -> agent BYE
        agent -> caller 200 OK
    """
    leg = transfer.leg
    if transfer.attempts or (leg is not None and not leg.confirmed):
        return
    fix = "send in-dialog requests over the connection that the call already has (RFC 5923), or to an address that listens"
    every = transfer.around.connections
    for c in after_answer(leg, every) if leg is not None else ():
        if (tcp_failed(c) or tls_failed(c)) and not repaired(c, every):
            yield Finding(
                "{client} could not open a connection to {server} while the call stood",
                client=Address(c.client.host),
                server=Address(str(c.server)),
                at=c.opened,
                because=[Because("the call was answered", at=leg.answer.frame)] if leg and leg.answer else [],
                fix=fix,
            )
            return
    yield from _told(transfer, records, fix)


def _told(transfer: Transfer, records: tuple[CallRecord, ...], fix: str) -> Iterator[Finding]:
    leg = transfer.leg
    if leg is not None and set(leg.transports) == {"udp"}:
        return
    said = first_saying(_SAID, transfer, records)
    if said is None:
        return
    yield Finding(
        "the {by} says: {words}",
        by=Word(said.by),
        words=said.text,
        at=said.at,
        because=[Because("the transfer was asked for", at=line.frame) for line in transfer.log[:1]],
        fix=fix,
    )
