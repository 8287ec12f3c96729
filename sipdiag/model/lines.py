"""Trunks that are two descriptions of one line: the platform's number or gateway, and the carrier's own trunk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sipdiag.facts.config import Trunk
from sipdiag.facts.profile import Profile, within
from sipdiag.model.hostport import host_of


def along(some: Sequence[Trunk], trunks: Sequence[Trunk], profiles: Mapping[str, Profile]) -> list[Trunk]:
    """These trunks, and every other that is the far side of one of them."""
    others = (t for t in trunks if not any(t is s for s in some))
    return [*some, *(t for t in others if any(_meet(s, t, profiles) for s in some))]


def one_line(trunks: Sequence[Trunk], profiles: Mapping[str, Profile]) -> bool:
    """Whether all of them belong together: a single trunk, or the two sides of one.

    Two trunks of one platform are two lines even where they lead to the same carrier.
    """
    if len(trunks) < 2:
        return len(trunks) == 1
    if len({t.platform for t in trunks}) < len(trunks):
        return False
    return len(along(trunks[:1], trunks, profiles)) == len(trunks)


def _meet(one: Trunk, other: Trunk, profiles: Mapping[str, Profile]) -> bool:
    """Whether they share a host, or one leads to the system that the other belongs to."""
    return bool(_hosts(one) & _hosts(other)) or _leads_to(one, other, profiles) or _leads_to(other, one, profiles)


def _leads_to(one: Trunk, other: Trunk, profiles: Mapping[str, Profile]) -> bool:
    system = profiles.get(other.platform)
    if system is None or one.platform == other.platform:
        return False
    return any(within(host, system.hosts) for host in _hosts(one))


def _hosts(trunk: Trunk) -> set[str]:
    return {h.lower() for part in trunk.each if part.address and (h := host_of(str(part.address)))}
