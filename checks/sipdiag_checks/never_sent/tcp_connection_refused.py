from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Expectation, Trunk
from sipdiag.facts.connections import named_peer, repaired, tcp_failed
from sipdiag.facts.logged import disproved, logged_of_signalling
from sipdiag.facts.profile import Profile
from sipdiag.facts.stated import LONGEST
from sipdiag.facts.transfer import Transfer
from sipdiag.facts.wording import REFUSED
from sipdiag.raw import SIP_PORTS
from sipdiag.values import Address, Text


@check(
    stage=Stage.EMITTED,
    severity=Severity.ERROR,
    owner=Owner.NETWORK,
    beats=("no-connection-for-transport",),
    refs=("RFC 3261 18.1.1", "RFC 9293 3.5"),
    refuted_by="a TCP connection between the same hosts that carries SIP",
)
def tcp_connection_refused(
    transfer: Transfer,
    trunk: Trunk | None,
    profile: Profile | None,
    expectation: Expectation,
) -> Iterator[Finding | CannotTell]:
    """The TCP connection for SIP was refused or never answered

    Nothing listens on that port, or a firewall is in the way: over TCP or TLS no SIP message, and so no REFER, can be
    sent to that peer.

    Bad:

        expect transfer
        tcp agent -> carrier:5060 refused

    Good:

        expect transfer
        tcp agent -> carrier:5060 established
    """
    if transfer.sent:
        return
    said = logged_of_signalling(REFUSED, transfer)
    if said is not None and not disproved(said, transfer):
        yield Finding(
            "the log says: {line}",
            line=Text(said.text[:LONGEST]),
            at=said.frame,
            fix="let the peer listen there and open the port in firewalls, or use the transport that it serves",
        )
        return
    if transfer.leg is not None and transfer.leg.confirmed:
        return
    every = transfer.around.connections
    failures = [c for c in every if tcp_failed(c) and not repaired(c, every)]
    named = [c for c in failures if named_peer(c, transfer, trunk, profile)]
    chosen = named or [c for c in failures if c.server.port in SIP_PORTS]
    if not chosen:
        return
    first = chosen[0]
    sure = bool(named) or (len({c.server for c in chosen}) == 1 and expectation.transfer)
    how = {"refused": "refused", "unanswered": "never answered"}.get(first.state, "reset before anything was sent")
    more = [c for c in chosen[1:] if c.server == first.server]
    yield Finding(
        "TCP connection from {client} to {server} was {how}",
        client=Address(first.client.host),
        server=Address(str(first.server)),
        how=Text(how),
        at=first.opened,
        because=[Because("tried again in vain", at=more[-1].opened)] if more else [],
        fix="let {server} listen there and open the port in firewalls, or use the transport that it serves (UDP, TLS)",
        severity=None if sure else Severity.WARNING,
    )
