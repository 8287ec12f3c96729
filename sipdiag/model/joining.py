"""Which leg is the other side of which, at a B2BUA: looked up by what both have, and decided only where one fits best."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from sipdiag.facts.call import Doubt, Join
from sipdiag.facts.leg import Leg
from sipdiag.facts.timers import B2BUA_LEG
from sipdiag.model.beyond import Likeness, Opening, first_value, likeness
from sipdiag.model.outside import Referring, refer_signals
from sipdiag.model.same import user_keys

_MOST = 200  # legs with one thing in common that are looked back at: bounds the work on captures of many calls
_Key: TypeAlias = tuple[str, str]
_Link: TypeAlias = tuple[str | None, str | None]


@dataclass(slots=True)
class Joining:
    """The join of each second leg by its `id`, and the doubts about those for which several first legs are as likely."""

    joins: dict[int, Join] = field(default_factory=dict)
    doubts: dict[int, Doubt] = field(default_factory=dict)

    def take(self, first: Leg, second: Leg, signals: tuple[str, ...]) -> None:
        self.joins[id(second)] = Join(first, second, signals)
        self.doubts.pop(id(second), None)

    def root(self, leg: Leg) -> Leg:
        """The first leg of the call that a leg belongs to."""
        while (join := self.joins.get(id(leg))) is not None:
            leg = join.first
        return leg


@dataclass(frozen=True, slots=True)
class _Choice:
    first: Leg
    second: Leg
    like: Likeness


def joining(legs: Sequence[Leg], clocks: Mapping[str, str]) -> Joining:
    """Join the legs of a case, given in the order in which they began.

    Legs are joined where an id says so, or where no other leg fits as well; a wrong join would be worse than none.
    `clocks` names for each input the one by whose clock it is told; others are compared with it roughly.
    """
    found, openings = Joining(), [Opening(leg) for leg in legs]
    known = _Known(openings)
    likely: list[list[_Choice]] = []
    for n, opening in enumerate(openings):
        firsts = (openings[m] for m in known.before(n))
        best = _best(_choices(opening, firsts, known.common, clocks))
        if best and best[0].like.named:
            found.take(best[0].first, opening.leg, best[0].like.signals)
        elif best:
            likely.append(best)
    sole = _one_way([best[0] for best in likely if len(best) == 1])
    for claims in _by_first(sole).values():
        for choice in _undisputed(claims, found):
            found.take(choice.first, choice.second, choice.like.signals)
    for best in (best for best in likely if len(best) > 1):
        if len({id(found.root(c.first)) for c in best}) == 1:
            found.take(best[0].first, best[0].second, best[0].like.signals)
        else:
            found.doubts[id(best[0].second)] = Doubt(best[0].second, tuple(c.first for c in best))
    _by_refers(legs, known, found)
    return found


def _choices(
    second: Opening, firsts: Iterable[Opening], common: set[str], clocks: Mapping[str, str]
) -> Iterator[_Choice]:
    clock = _clock(second.leg, clocks)
    for first in firsts:
        like = likeness(first, second, common, one_clock=_clock(first.leg, clocks) == clock)
        if like is not None:
            yield _Choice(first.leg, second.leg, like)


def _clock(leg: Leg, clocks: Mapping[str, str]) -> str:
    name = leg.first.frame.input
    return clocks.get(name, name)


def _best(choices: Iterable[_Choice]) -> list[_Choice]:
    """The first that an id names; else all that nothing tells apart from the likeliest."""
    found: list[_Choice] = []
    for choice in choices:
        if choice.like.named:
            return [choice]
        if not found or choice.like.rank > found[0].like.rank:
            found = [choice]
        elif choice.like.rank == found[0].like.rank:
            found.append(choice)
    return found


def _one_way(choices: Sequence[_Choice]) -> list[_Choice]:
    """Those that a box with two addresses explains: calls go through it from one link to another, not back as well.

    Of many calls alike, one on the far link may seem to be followed by the next on the near one.
    """
    ways = Counter(_way(c) for c in choices if not c.like.placed)
    return [c for c in choices if c.like.placed or ways[_way(c)] > 2 * ways[_way(c)[::-1]]]


def _way(choice: _Choice) -> tuple[_Link, _Link]:
    first, second = (leg.invites[0] for leg in (choice.first, choice.second))
    return (first.first.origin, first.hops[-1].goal), (second.first.origin, second.hops[-1].goal)


def _by_first(choices: Iterable[_Choice]) -> dict[int, list[_Choice]]:
    found: dict[int, list[_Choice]] = defaultdict(list)
    for choice in choices:
        found[id(choice.first)].append(choice)
    return found


def _undisputed(claims: list[_Choice], found: Joining) -> list[_Choice]:
    """Those that can all be true: a call is answered for one of its second legs only, the likeliest if there is one."""
    answered = [c for c in claims if c.like.decided and c.second.answer is not None]
    if len(answered) < 2:
        return claims
    top = max(c.like.rank for c in answered)
    likeliest = [c for c in answered if c.like.rank == top]
    for c in answered:
        found.doubts[id(c.second)] = Doubt(c.second, (c.first,))
    return [c for c in claims if c not in answered or likeliest == [c]]


def _by_refers(legs: Sequence[Leg], known: _Known, found: Joining) -> None:
    """Join the legs that a REFER shows to be of one call, where it shows it of one call only."""
    referring = Referring(_MOST)
    for n, leg in enumerate(legs):
        if not leg.refers:
            continue
        if id(leg) not in found.joins:
            doubt = found.doubts.get(id(leg))
            others = doubt.others if doubt is not None else (*referring.before(leg), *known.parties(n))
            ties = [(o, words) for o in others if (words := refer_signals(o, leg))]
            if len({id(found.root(o)) for o, _ in ties}) == 1:
                found.take(ties[0][0], leg, ties[0][1])
            elif ties:
                found.doubts[id(leg)] = Doubt(leg, tuple(o for o, _ in ties))
        referring.add(leg)


class _Known:
    """The legs by what another leg of the same call may have in common with them."""

    def __init__(self, openings: Sequence[Opening]) -> None:
        self._openings = openings
        self._by_key: dict[_Key, list[int]] = defaultdict(list)
        self._keys = [list(_keys(o)) for o in openings]
        for n, keys in enumerate(self._keys):
            for key in keys:
                self._by_key[key].append(n)
        times = Counter(v for o in openings for v in set(o.marks.values()))
        self.common = {value for value, count in times.items() if count > 2}

    def before(self, n: int) -> list[int]:
        """The earlier legs that may be the first one for a leg, the latest first."""
        begun = self._openings[n].leg.started
        found: set[int] = set()
        for key in self._keys[n]:
            for m in self._earlier(key, n):
                before = self._openings[m].leg.started
                if key[0] != "id" and begun is not None and before is not None and begun - before > B2BUA_LEG:
                    break
                found.add(m)
        return sorted(found, reverse=True)

    def parties(self, n: int) -> list[Leg]:
        """The earlier legs which the first REFER of a leg, sent outside any dialog, may mean; the latest first."""
        refer = self._openings[n].leg.refers[0]
        if refer.to_tag:
            return []
        named = refer.message.get("Target-Dialog") or ""
        ends = [end.uri for end in (refer.message.from_, refer.message.to) if end is not None]
        keys = [("id", named.partition(";")[0].strip()), *(("user", k) for uri in ends for k in user_keys(uri))]
        found = {m for key in keys for m in self._earlier(key, n)}
        return [self._openings[m].leg for m in sorted(found, reverse=True)]

    def _earlier(self, key: _Key, n: int) -> Iterator[int]:
        legs = self._by_key.get(key, [])
        end = bisect_left(legs, n)
        return reversed(legs[max(0, end - _MOST) : end])


def _keys(opening: Opening) -> set[_Key]:
    leg, invite = opening.leg, opening.invite
    ids = {leg.call_id, *(v.strip() for v in leg.session_ids.values()), *map(first_value, leg.session_ids.values())}
    keys = {("id", value) for value in (*ids, *opening.marks.values()) if value}
    if invite is not None:
        uris = (*(end.uri for end in (invite.from_, invite.to) if end is not None), invite.uri)
        keys |= {("user", key) for uri in uris for key in user_keys(uri)}
        if invite.sdp is not None and invite.sdp.origin is not None:
            keys.add(("media", str(invite.sdp.origin)))
    return keys
