"""Two inputs on the two sides of a B2BUA that share no id: the calls that went through it tell their clocks apart."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TypeAlias

from sipdiag.cached import cached_property
from sipdiag.facts.leg import Leg
from sipdiag.facts.timers import B2BUA_PASSING
from sipdiag.model.beyond import Opening, numbers_in_common
from sipdiag.model.calls import calls
from sipdiag.model.hops import hops, transactions
from sipdiag.model.legs import legs
from sipdiag.model.same import user_keys
from sipdiag.raw import Wire

_MOST = 100  # calls that may be the other side of one: bounds the work on inputs of many calls
_FEWEST = {2: 3, 1: 4}  # numbers that agree -> things that must have happened on both sides
_LONG = {2: 1.0, 1: 5.0}  # numbers that agree -> seconds that these must span to be no coincidence, if clocks differ
_PART = 0.1  # of that span by which the two sides may differ
_End: TypeAlias = tuple[str, str, int]
_SLIP = 0.001  # seconds by which clocks that count coarsely may err


@dataclass(frozen=True, slots=True)
class Passed:
    """One thing that happened on both sides, by the clock of each; `there` tells that it went from the one to the other."""

    one: float
    other: float
    there: bool


class Sole:
    """The calls of an input of which it holds one leg each; read where somebody asks."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @cached_property
    def openings(self) -> tuple[Opening, ...]:
        found = calls(legs(transactions(hops(self._wire.packets)), {}), "")
        alone = (Opening(c.main) for c in found if len(c.legs) == 1 and not c.doubts)
        return tuple(o for o in alone if len(o.pace) >= min(_FEWEST.values()))

    def like(self, opening: Opening) -> list[Opening]:
        """The calls with the same caller and destination as one, answered as late; without any, those with either."""
        near = [{n for key in keys for n in self._by_end.get(key, ())} for keys in _ends(opening, around=1)]
        found = near[0] & near[1] or near[0] | near[1]
        return [self.openings[n] for n in sorted(found)] if len(found) <= _MOST else []

    @cached_property
    def _by_end(self) -> dict[_End, list[int]]:
        found: dict[_End, list[int]] = defaultdict(list)
        for n, opening in enumerate(self.openings):
            for key in {key for keys in _ends(opening) for key in keys}:
                found[key].append(n)
        return found


def passed_on(one: Sole, other: Sole) -> list[Passed]:
    """What the B2BUA between two inputs passed on, of all calls that put their clocks as far apart as most do.

    Nothing where other calls put them as far apart in another way: where many alike follow each other, each fits the next.
    """
    pairs = [p for first in one.openings for p in _counterparts(first, other)]
    offsets = sorted(_apart(pair) for pair in pairs)
    if not offsets:
        return []
    counts = [(bisect_right(offsets, least + B2BUA_PASSING) - n, least) for n, least in enumerate(offsets)]
    most, least = max(counts)
    rivals = [o for o in offsets if not least <= o <= least + B2BUA_PASSING]
    rival = max((bisect_right(rivals, o + B2BUA_PASSING) - n for n, o in enumerate(rivals)), default=0)
    if 2 * rival > most or (rival and most == 1):
        return []
    return [p for pair in pairs if least <= _apart(pair) <= least + B2BUA_PASSING for p in pair]


def _counterparts(first: Opening, other: Sole) -> Iterator[tuple[Passed, ...]]:
    for second in other.like(first):
        numbers = len(numbers_in_common(first, second))
        if not numbers or not _opposite(first.leg, second.leg):
            continue
        both = [w for w in first.pace if w in second.pace and first.pace[w].by_caller is second.pace[w].by_caller]
        pair = _ways(first, second, both)
        span = max(p.one for p in pair) - min(p.one for p in pair) if pair else 0.0
        differences = [p.other - p.one for p in pair]
        if len(pair) < _FEWEST[numbers]:
            continue
        agree = abs(_apart(pair)) <= B2BUA_PASSING  # as they stand
        if not agree and span < _LONG[numbers]:
            continue
        if max(differences) - min(differences) <= (B2BUA_PASSING if agree else min(B2BUA_PASSING, _PART * span)):
            yield pair


def _ways(first: Opening, second: Opening, both: Iterable[str]) -> tuple[Passed, ...]:
    """What happened on both, with the way that each went; nothing where one would have arrived before it was sent."""
    steps = [(first.pace[what], second.pace[what]) for what in both]
    by_caller = [b.time - a.time for a, b in steps if a.by_caller]
    by_callee = [b.time - a.time for a, b in steps if not a.by_caller]
    if not by_caller or not by_callee:
        return ()
    forth = min(by_caller) >= max(by_callee) - _SLIP  # the first leg is the one that the B2BUA received
    if not forth and min(by_callee) < max(by_caller) - _SLIP:
        return ()
    return tuple(Passed(a.time, b.time, a.by_caller is forth) for a, b in steps)


def _apart(pair: Sequence[Passed]) -> float:
    return fmean(fmean(p.other - p.one for p in pair if p.there is way) for way in {p.there for p in pair})


def _opposite(first: Leg, second: Leg) -> bool:
    """Whether two legs have at most the box in common, as the sides of it have; those of one link have both ends."""
    a, b = first.invites[0], second.invites[0]
    ends, others = {a.first.origin, a.hops[-1].goal}, {b.first.origin, b.hops[-1].goal}
    shared = (ends & others) - {None}
    return len(ends) == len(others) == 2 and (
        not shared or shared == {a.hops[-1].goal} == {b.first.origin} or shared == {a.first.origin} == {b.hops[-1].goal}
    )


def _ends(opening: Opening, around: int = 0) -> tuple[set[_End], set[_End]]:
    """What the caller, and the destination, of a call are looked up by: each with how late it was answered or refused."""
    invite, pace = opening.invite, opening.pace
    final = pace.get("answer") or pace.get("refusal")
    if invite is None or final is None:
        return set(), set()
    caller, called = (end.uri if end is not None else None for end in (invite.from_, invite.to))
    after = round((final.time - pace["INVITE"].time) / B2BUA_PASSING)
    late = range(after - around, after + around + 1)
    return (
        {("from", key, n) for key in user_keys(caller) for n in late},
        {("to", key, n) for uri in (called, invite.uri) for key in user_keys(uri) for n in late},
    )
