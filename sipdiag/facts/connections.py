"""Connections below SIP: which failed, which carried a call, which were opened again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sipdiag.facts.config import Trunk
from sipdiag.facts.leg import Leg
from sipdiag.facts.profile import Profile, within
from sipdiag.facts.transfer import Transfer
from sipdiag.places import Frame
from sipdiag.raw import Connection


def later(one: Frame, other: Frame) -> bool:
    """Whether the first frame came after the second: by time, else by number within one input."""
    if one.time is not None and other.time is not None:
        return one.time > other.time
    return one.input == other.input and (one.number or 0) > (other.number or 0)


def tcp_failed(connection: Connection) -> bool:
    """Whether a TCP connection never came to carry anything: refused, never answered, or reset before the first byte."""
    if connection.state == "refused":
        return True
    if connection.state == "unanswered":
        return connection.syn_copies > 1
    empty = connection.messages == 0 and connection.last_data is None and connection.tls is None
    return connection.state == "established" and connection.reset and empty


def tls_failed(connection: Connection) -> bool:
    """Whether a TLS handshake began and did not end."""
    tls = connection.tls
    if tls is None or tls.established or connection.state not in ("established", "midstream"):
        return False
    return tls.alert is not None or (connection.closed is not None and tls.client_flights > 0)


def repaired(failed: Connection, connections: Iterable[Connection]) -> bool:
    """Whether the same two hosts had a connection to the same port later that worked."""
    return any(
        c is not failed
        and (c.client.host, c.server) == (failed.client.host, failed.server)
        and not tcp_failed(c)
        and not tls_failed(c)
        and c.state == "established"
        and later(c.opened, failed.opened)
        for c in connections
    )


def carried(leg: Leg, connection: Connection) -> bool:
    """Whether messages of a leg ran over a connection."""
    ends = {connection.client, connection.server}
    return connection.messages > 0 and any({h.source, h.destination} == ends for h in leg.hops)


def names(leg: Leg) -> set[str]:
    """Every host that a leg's messages went between or name in Contact, Route, Record-Route, Via or Request-URI."""
    found: set[str] = set()
    for hop in leg.hops:
        found |= {e.host for e in (hop.source, hop.destination) if e is not None}
        m = hop.message
        uris = [a.uri for a in (*m.contacts, *m.routes, *m.record_routes)] + [m.uri]
        found |= {u.host_key for u in uris if u is not None and u.host}
        found |= {v.host.lower() for v in m.vias}
    return found


def named_peer(connection: Connection, transfer: Transfer, trunk: Trunk | None, profile: Profile | None) -> bool:
    """Whether the server of a connection is a signalling peer by name: of the call, of the trunk, or of a profile."""
    known = {n for leg in (transfer.leg, *transfer.other_legs) if leg is not None for n in names(leg)}
    if trunk is not None:
        known |= {_bare_host(str(t.address)) for t in trunk.each if t.address}
    sni = (connection.tls.server_name or "").lower() if connection.tls is not None else ""
    if connection.server.host in known or (sni and sni in known):
        return True
    return bool(sni) and profile is not None and within(sni, profile.hosts)


def _bare_host(address: str) -> str:
    text = (
        address.strip().strip("<>").lower().removeprefix("sips:").removeprefix("sip:").split(";")[0].rpartition("@")[2]
    )
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def after_answer(leg: Leg, connections: Iterable[Connection]) -> Iterator[Connection]:
    """The connections between hosts of a leg that were opened after its call was answered."""
    answer = leg.answer
    if answer is None:
        return
    hosts = {e.host for h in leg.hops for e in (h.source, h.destination) if e is not None}
    for c in connections:
        if {c.client.host, c.server.host} <= hosts and later(c.opened, answer.frame):
            yield c
