from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.connections import after_answer, repaired, tcp_failed
from sipdiag.facts.logged import logged
from sipdiag.facts.stated import LONGEST
from sipdiag.facts.transfer import Transfer
from sipdiag.facts.wording import NO_CONNECTION
from sipdiag.values import Address, Text


@check(
    stage=Stage.EMITTED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    refs=("RFC 3261 18.1.1", "RFC 5923 5"),
    refuted_by="a REFER of the transferring side",
)
def no_connection_for_transport(transfer: Transfer) -> Iterator[Finding | CannotTell]:
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
    if transfer.sent or (leg is not None and not leg.confirmed):
        return
    fix = "send in-dialog requests over the connection that the call already has (RFC 5923), or to an address that listens"
    every = transfer.around.connections
    for c in after_answer(leg, every) if leg is not None else ():
        if tcp_failed(c) and not repaired(c, every):  # one that answers and fails in TLS is tls-handshake-failed
            yield Finding(
                "{client} could not open a connection to {server} while the call stood",
                client=Address(c.client.host),
                server=Address(str(c.server)),
                at=c.opened,
                because=[Because("the call was answered", at=leg.answer.frame)] if leg and leg.answer else [],
                fix=fix,
            )
            return
    yield from _told(transfer, fix)


def _told(transfer: Transfer, fix: str) -> Iterator[Finding]:
    leg = transfer.leg
    if leg is not None and set(leg.transports) == {"udp"}:
        return
    said = logged(NO_CONNECTION, transfer)
    if said is None:
        return
    yield Finding(
        "the log says: {line}",
        line=Text(said.text[:LONGEST]),
        at=said.frame,
        because=[Because("the transfer was asked for", at=line.frame) for line in transfer.log[:1]],
        fix=fix,
    )
