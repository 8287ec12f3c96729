"""Join legs into calls by stated signals only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sipdiag.facts.call import Call, Doubt, Join
from sipdiag.facts.leg import Leg
from sipdiag.model.joining import joining
from sipdiag.model.legs import is_call


def calls(legs: Iterable[Leg], case: str, clocks: Mapping[str, str] | None = None) -> list[Call]:
    """Group legs into calls, in the order in which they began. `clocks` is as in `joining`."""
    members = [leg for leg in legs if is_call(leg)]
    found = joining(members, clocks or {})
    groups: dict[int, tuple[list[Leg], list[Join], list[Doubt]]] = {}
    for leg in members:
        group, joins, doubts = groups.setdefault(id(found.root(leg)), ([], [], []))
        group.append(leg)
        if id(leg) in found.joins:
            joins.append(found.joins[id(leg)])
        if id(leg) in found.doubts:
            doubts.append(found.doubts[id(leg)])
    return [
        Call(f"c{n}", case, tuple(group), tuple(joins), tuple(doubts))
        for n, (group, joins, doubts) in enumerate(groups.values(), 1)
    ]
