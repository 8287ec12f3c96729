from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.connections import carried, later, repaired, tcp_failed, tls_failed
from sipdiag.facts.logged import logged_of_signalling
from sipdiag.facts.stated import LONGEST
from sipdiag.facts.transfer import Transfer
from sipdiag.facts.wording import CLOSED
from sipdiag.places import elapsed
from sipdiag.values import Address, Text, Word


@check(
    stage=Stage.EMITTED,
    severity=Severity.ERROR,
    owner=Owner.NETWORK,
    beats=("no-connection-for-transport", "tcp-connection-refused"),
    refs=("RFC 3261 18.2.2", "RFC 5626 3.5", "RFC 5923"),
    refuted_by="a SIP message of the call after the connection was closed",
)
def signalling_connection_closed(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The connection of the call was closed before the transfer

    The call was signalled over TCP or TLS, and that connection was closed while the call stood (an idle limit of a
    firewall or proxy is usual). It was not opened again, so no REFER could be sent.

    Bad:

        expect transfer
        transport tcp
        call
        +60s closed agent -> caller by=server
        +60s

    Good:

        expect transfer
        transport tcp
        call
        +60s caller -> agent BYE
        agent -> caller 200 OK
        closed agent -> caller by=server
    """
    leg = transfer.leg
    if transfer.sent or transfer.beyond or (leg is not None and not leg.confirmed):
        return
    every = transfer.around.connections
    for c in every if leg is not None else ():
        if leg is None or c.closed is None or not carried(leg, c):
            continue
        closed = c.closed
        if any(later(h.frame, closed) for h in leg.hops) or any(later(closed, b.at) for b in leg.byes):
            continue
        same = [o for o in every if {o.client.host, o.server.host} == {c.client.host, c.server.host} and o is not c]
        if any(not tcp_failed(o) and not tls_failed(o) and later(o.opened, closed) for o in same) or repaired(c, every):
            continue
        again = [o for o in same if later(o.opened, closed)]
        by = {True: c.client, False: c.server, None: None}[c.closed_by_client]
        idle = elapsed(c.last_data, closed)
        because = []
        if c.last_data is not None:
            words = "the last data on it" + (", {idle} s before it was closed" if idle is not None else "")
            because.append(Because(words, at=c.last_data, idle=round(idle, 1) if idle is not None else 0.0))
        because += [Because("a new connection failed", at=o.opened) for o in again[:1]]
        yield Finding(
            "the {transport} connection of the call between {one} and {other} was {how} by {by}, and not opened again",
            transport=Word("TLS" if c.tls is not None else "TCP"),
            one=Address(c.client.host),
            other=Address(c.server.host),
            how=Word("reset" if c.reset else "closed"),
            by=Address(by.host) if by is not None else Word("one side"),
            at=closed,
            because=because,
            fix="raise the idle limit on the way or send keep-alives (CRLF, OPTIONS), and let {one} and {other} reconnect",
        )
        return
    yield from _told(transfer)


def _told(transfer: Transfer) -> Iterator[Finding]:
    leg = transfer.leg
    if leg is not None and (set(leg.transports) == {"udp"} or leg.byes):
        return  # a BYE went through, so there was a connection
    said = logged_of_signalling(CLOSED, transfer)
    if said is not None:
        yield Finding(
            "the log says: {line}",
            line=Text(said.text[:LONGEST]),
            at=said.frame,
            because=[Because("the last message of the call", at=leg.last.frame)] if leg is not None else [],
            fix="raise the idle limit on the way or send keep-alives (CRLF, OPTIONS), and let the sender reconnect",
        )
