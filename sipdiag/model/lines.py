"""Trunks that are two descriptions of one line: the platform's number or gateway, and the carrier's own trunk."""

from __future__ import annotations

from collections.abc import Sequence

from sipdiag.facts.config import Trunk
from sipdiag.model.hostport import host_of


def along(some: Sequence[Trunk], trunks: Sequence[Trunk]) -> list[Trunk]:
    """These trunks, and every other that shares a host with one of them."""
    hosts = {h for t in some for h in _hosts(t)}
    return [*some, *(t for t in trunks if not any(t is s for s in some) and hosts & _hosts(t))]


def one_line(trunks: Sequence[Trunk]) -> bool:
    """Whether all of them belong together: a single trunk, or several that share a host with the first.

    Two trunks of one platform are two lines even where they lead to the same carrier.
    """
    if len(trunks) < 2:
        return len(trunks) == 1
    return len({t.platform for t in trunks}) == len(trunks) and len(along(trunks[:1], trunks)) == len(trunks)


def _hosts(trunk: Trunk) -> set[str]:
    return {h.lower() for part in trunk.each if part.address and (h := host_of(str(part.address)))}
