"""Trunks that are two descriptions of one line: the platform's number or gateway, and the carrier's own trunk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from sipdiag.facts.profile import within
from sipdiag.model.hostport import host_of
from sipdiag.platforms.profiles import profile

if TYPE_CHECKING:
    from sipdiag.facts.config import Trunk


_PORT = 5060  # RFC 3261 19.1.2


def along(some: Sequence[Trunk], trunks: Sequence[Trunk]) -> list[Trunk]:
    """These trunks, and every other that is the far side of one of them."""
    known = {id(s) for s in some}
    ours = [_Line(s, _hosts(s)) for s in some]
    others = [_Line(t, _hosts(t)) for t in trunks if id(t) not in known] if ours else []
    return [*some, *(o.trunk for o in others if any(_meet(s, o) for s in ours))]


def one_line(trunks: Sequence[Trunk]) -> bool:
    """Whether all of them belong together: a single trunk, or the two sides of one.

    Two trunks of one platform are two lines even where they lead to the same carrier.
    """
    if len(trunks) < 2:
        return len(trunks) == 1
    if len({t.platform for t in trunks}) < len(trunks):
        return False
    return len(along(trunks[:1], trunks)) == len(trunks)


class _Line(NamedTuple):
    """A trunk, and the hosts of its addresses."""

    trunk: Trunk
    hosts: set[str]


def _meet(one: _Line, other: _Line) -> bool:
    """Whether they share a host, or one leads to the system that the other belongs to."""
    if not one.hosts.isdisjoint(other.hosts) or _calls(one, other) or _calls(other, one):
        return True
    return _leads_to(one, other) or _leads_to(other, one)


def _calls(one: _Line, other: _Line) -> bool:
    """Whether one's address is the very host and port at which the other takes calls."""
    host, port = str(other.trunk.listens), other.trunk.port.value or _PORT
    return bool(host) and any(
        host_of(str(part.address)) == host and (part.port.value or _PORT) == port
        for part in one.trunk.each
        if part.address
    )


def _leads_to(one: _Line, other: _Line) -> bool:
    """Whether one's addresses are of the other's system, and that gives its trunks no names of their own."""
    if not one.hosts or one.trunk.platform == other.trunk.platform:
        return False
    system = profile(other.trunk.platform)
    if system is None or any(within(h, system.hosts) for h in other.hosts):
        return False
    return any(within(h, system.hosts) for h in one.hosts)


def _hosts(trunk: Trunk) -> set[str]:
    return {h.lower() for part in trunk.each if part.address and (h := host_of(str(part.address)))}
