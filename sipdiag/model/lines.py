"""Trunks that are two descriptions of one line: the platform's number or gateway, and the carrier's own trunk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sipdiag.facts.profile import within
from sipdiag.model.hostport import host_of
from sipdiag.platforms.profiles import profile

if TYPE_CHECKING:
    from sipdiag.facts.config import Trunk


def along(some: Sequence[Trunk], trunks: Sequence[Trunk]) -> list[Trunk]:
    """These trunks, and every other that is the far side of one of them."""
    others = (t for t in trunks if not any(t is s for s in some))
    return [*some, *(t for t in others if any(_meet(s, t) for s in some))]


def one_line(trunks: Sequence[Trunk]) -> bool:
    """Whether all of them belong together: a single trunk, or the two sides of one.

    Two trunks of one platform are two lines even where they lead to the same carrier.
    """
    if len(trunks) < 2:
        return len(trunks) == 1
    if len({t.platform for t in trunks}) < len(trunks):
        return False
    return len(along(trunks[:1], trunks)) == len(trunks)


def _meet(one: Trunk, other: Trunk) -> bool:
    """Whether they share a host, or one leads to the system that the other belongs to."""
    return bool(_hosts(one) & _hosts(other)) or _leads_to(one, other) or _leads_to(other, one)


def _leads_to(one: Trunk, other: Trunk) -> bool:
    """Whether one's addresses are of the other's system, and that gives its trunks no names of their own."""
    system = profile(other.platform)
    if system is None or one.platform == other.platform or any(within(h, system.hosts) for h in _hosts(other)):
        return False
    return any(within(h, system.hosts) for h in _hosts(one))


def _hosts(trunk: Trunk) -> set[str]:
    return {h.lower() for part in trunk.each if part.address and (h := host_of(str(part.address)))}
