"""The legs of a case by the beginning, Call-ID and parties of each, so that a transfer need not look at all of them."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge

from sipdiag.facts.leg import Leg
from sipdiag.facts.transaction import Hop
from sipdiag.model.same import user_keys
from sipdiag.sip.uri import Uri


class Begun:
    """Legs with an INVITE, in the order of their first ones; others are found by their Call-ID alone."""

    def __init__(self, legs: Sequence[Leg]) -> None:
        self._legs = sorted((leg for leg in legs if leg.invites), key=lambda leg: leg.invites[0].order)
        self._orders = [leg.invites[0].order for leg in self._legs]
        self._earliest = _earliest([leg.invites[0].at.time for leg in self._legs])
        self._by_call_id: dict[str, list[Leg]] = defaultdict(list)
        self._by_user: dict[str, list[int]] = defaultdict(list)
        self._by_place: dict[str, list[int]] = defaultdict(list)
        for leg in legs:
            self._by_call_id[leg.call_id].append(leg)
        for n, leg in enumerate(self._legs):
            opening = [t.message for t in {id(t): t for t in (leg.invite, leg.invites[0]) if t is not None}.values()]
            ends = [end for message in opening for end in (message.from_, message.to) if end is not None]
            for key in {key for end in ends for key in user_keys(end.uri)}:
                self._by_user[key].append(n)
            self._by_place[_place(leg.invites[0].first)].append(n)

    def after(self, order: int, until: float | None) -> Iterator[Leg]:
        """Legs that began after a message and not later than a time (epoch seconds); those without time all count."""
        for n in range(bisect_left(self._orders, order), len(self._legs)):
            if until is not None and self._earliest[n] > until:
                return
            time = self._legs[n].invites[0].at.time
            if until is None or time is None or time <= until:
                yield self._legs[n]

    def before(self, order: int, uris: Iterable[Uri | None], hop: Hop) -> Iterator[Leg]:
        """Legs that began before a message and have a party of these, or began where another message was sent from.

        The latest come first.
        """
        end = bisect_left(self._orders, order)
        lists = [self._by_user.get(key, []) for uri in uris for key in user_keys(uri)]
        lists.append(self._by_place.get(_place(hop), []))
        last = -1
        for n in merge(*(reversed(numbers[: bisect_left(numbers, end)]) for numbers in lists), reverse=True):
            if n != last:
                yield self._legs[n]
            last = n

    def with_call_id(self, call_id: str) -> Sequence[Leg]:
        """Legs of a Call-ID."""
        return self._by_call_id.get(call_id, ())

    def with_user(self, uri: Uri) -> list[Leg]:
        """Legs of which an end may be the user or number of a URI, the latest first."""
        found = {n for key in user_keys(uri) for n in self._by_user.get(key, ())}
        return [self._legs[n] for n in sorted(found, reverse=True)]


def _place(hop: Hop) -> str:
    """Where a message was sent from, as far as an input tells."""
    return f"host {hop.source.host}" if hop.source is not None else f"writer of {hop.frame.input}"


def _earliest(times: Sequence[float | None]) -> list[float]:
    """For each place, the earliest time there or further on; what has no time could be any.

    >>> _earliest([1.0, 3.0, 2.0]), _earliest([5.0, None, 7.0])
    ([1.0, 2.0, 2.0], [-inf, -inf, 7.0])
    """
    least, found = float("inf"), []
    for time in reversed(times):
        least = min(least, float("-inf") if time is None else time)
        found.append(least)
    return found[::-1]
