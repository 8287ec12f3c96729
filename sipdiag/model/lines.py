"""Trunks that are descriptions of one line: the platform's number, the trunk it runs over, and the carrier's own trunk."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sipdiag.facts.profile import within
from sipdiag.model.hostport import host_of
from sipdiag.platforms.profiles import profile

if TYPE_CHECKING:
    from sipdiag.facts.config import Trunk


_PORT = 5060  # RFC 3261 19.1.2


class Lines:
    """The trunks of a case, and which of them are two sides of one line."""

    def __init__(self, trunks: Sequence[Trunk]) -> None:
        self._line = {id(t): _side(t) for t in trunks}

    def along(self, some: Sequence[Trunk], trunks: Sequence[Trunk]) -> list[Trunk]:
        """These trunks, those they run over, and every other of `trunks` that is the far side of one of them."""
        some = [*some, *_under(some, trunks)]
        ours = [self._line[id(s)] for s in some]
        known = {id(s) for s in some} if ours else ()
        others = [self._line[id(t)] for t in trunks if id(t) not in known] if ours else []
        return [*some, *(o.trunk for o in others if any(_meet(s, o) for s in ours))]

    def one(self, trunks: Sequence[Trunk]) -> bool:
        """Whether all of them belong together: a single trunk, or the two sides of one.

        Two trunks of one platform are two lines even where they lead to the same carrier, unless one runs over the other.
        """
        if len(trunks) < 2:
            return len(trunks) == 1
        named = {id(t) for t in _under(trunks, trunks)}
        tops = [t for t in trunks if id(t) not in named]
        if not tops or len({t.platform for t in tops}) < len(tops):
            return False
        return len(self.along(tops[:1], trunks)) == len(trunks)


def _under(some: Sequence[Trunk], trunks: Sequence[Trunk]) -> list[Trunk]:
    """The trunks over which numbers among `some` run, by the ids that these give of them."""
    named = {(t.platform, str(t.over)) for t in some if t.over}
    known = {id(t) for t in some} if some is not trunks else set()
    return [t for t in trunks if id(t) not in known and not t.over and (t.platform, t.id) in named] if named else []


class _Side(NamedTuple):
    """A trunk with the hosts of its addresses, the hosts and ports that it calls, and the one at which it takes calls."""

    trunk: Trunk
    hosts: frozenset[str]
    calls: frozenset[tuple[str, int]]
    listens: tuple[str, int]


def _side(trunk: Trunk) -> _Side:
    parts = [(host_of(str(part.address)), part.port.value or _PORT) for part in trunk.each if part.address]
    hosts = frozenset(host.lower() for host, _ in parts if host)
    return _Side(
        trunk, hosts, frozenset((h, p) for h, p in parts if h), (str(trunk.listens), trunk.port.value or _PORT)
    )


def _meet(one: _Side, other: _Side) -> bool:
    """Whether they share a host, or one calls the very host and port, or the system, that the other belongs to."""
    if not one.hosts.isdisjoint(other.hosts) or other.listens in one.calls or one.listens in other.calls:
        return True
    return one.trunk.platform != other.trunk.platform and (_leads_to(one, other) or _leads_to(other, one))


def _leads_to(one: _Side, other: _Side) -> bool:
    """Whether one's addresses are of the other's system, and that gives its trunks no names of their own."""
    platform = other.trunk.platform
    return _are_of(one.hosts, platform) and not _are_of(other.hosts, platform)


@lru_cache(4096)
def _are_of(hosts: frozenset[str], platform: str) -> bool:
    """Whether one of these is a system's own."""
    system = profile(platform)
    return system is not None and any(within(h, system.hosts) for h in hosts)
