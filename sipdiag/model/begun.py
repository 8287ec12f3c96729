"""The legs of a case by the beginning, Call-ID and parties of each, so that a transfer need not look at all of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from typing import TypeAlias

from sipdiag.facts.leg import Leg
from sipdiag.facts.transaction import Hop
from sipdiag.model.same import user_keys
from sipdiag.sip.message import Message
from sipdiag.sip.refer import ReferTo
from sipdiag.sip.uri import Uri

# What an INVITE has in common with the REFER that it is a consequence of: a kind, and a value.
Sign: TypeAlias = tuple[str, str]


class Begun:
    """Legs with an INVITE, in the order of their first ones; others are found by their Call-ID alone."""

    def __init__(self, legs: Sequence[Leg]) -> None:
        self._legs = sorted((leg for leg in legs if leg.invites), key=lambda leg: leg.invites[0].order)
        self._orders = [leg.invites[0].order for leg in self._legs]
        self._earliest = _earliest([leg.invites[0].at.time for leg in self._legs])
        self._by_call_id: dict[str, list[Leg]] = defaultdict(list)
        self._by_user: dict[str, list[int]] = defaultdict(list)
        self._by_place: dict[str, list[int]] = defaultdict(list)
        self._by_origin: dict[str | None, list[int]] = defaultdict(list)
        self._by_sign: dict[Sign, list[int]] = defaultdict(list)
        for leg in legs:
            self._by_call_id[leg.call_id].append(leg)
        for n, leg in enumerate(self._legs):
            opening = [t.message for t in {id(t): t for t in (leg.invite, leg.invites[0]) if t is not None}.values()]
            ends = [end for message in opening for end in (message.from_, message.to) if end is not None]
            for key in {key for end in ends for key in user_keys(end.uri)}:
                self._by_user[key].append(n)
            self._by_place[_place(leg.invites[0].first)].append(n)
            self._by_origin[leg.invites[0].first.origin].append(n)
            for sign in _signs_of(leg.invites[0].message):
                self._by_sign[sign].append(n)

    def after(self, order: int, until: float | None, signs: Iterable[Sign] | None = None) -> Iterator[Leg]:
        """Legs that began after a message and not later than a time (epoch seconds); those without time all count.

        With `signs` only those whose first INVITE has one of them.
        """
        start = bisect_left(self._orders, order)
        stop = len(self._legs) if until is None else bisect_right(self._earliest, until)
        numbers: Iterable[int] = range(start, stop)
        if signs is not None:
            lists = [self._by_sign.get(sign, []) for sign in set(signs)]
            numbers = sorted(
                {n for found in lists for n in found[bisect_left(found, start) : bisect_left(found, stop)]}
            )
        for n in numbers:
            time = self._legs[n].invites[0].at.time
            if until is None or time is None or time <= until:
                yield self._legs[n]

    def sent_after(self, order: int, until: float | None, hop: Hop) -> Iterator[Leg]:
        """As `after`, of those whose first INVITE was sent from where another message was sent from."""
        numbers = self._by_place.get(_place(hop), [])
        for i in range(bisect_left(numbers, bisect_left(self._orders, order)), len(numbers)):
            if until is not None and self._earliest[numbers[i]] > until:
                return
            time = self._legs[numbers[i]].invites[0].at.time
            if until is None or time is None or time <= until:
                yield self._legs[numbers[i]]

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

    def placed_from(self, origin: str, order: int) -> Iterator[Leg]:
        """Legs whose first INVITE was sent from a place (`Hop.origin`) after a message, in their order."""
        numbers = self._by_origin.get(origin, [])
        for i in range(bisect_left(numbers, bisect_left(self._orders, order)), len(numbers)):
            yield self._legs[numbers[i]]

    def with_call_id(self, call_id: str) -> Sequence[Leg]:
        """Legs of a Call-ID."""
        return self._by_call_id.get(call_id, ())

    def with_user(self, uri: Uri) -> list[Leg]:
        """Legs of which an end may be the user or number of a URI, the latest first."""
        found = {n for key in user_keys(uri) for n in self._by_user.get(key, ())}
        return [self._legs[n] for n in sorted(found, reverse=True)]


def _signs_of(invite: Message) -> set[Sign]:
    """What `signs_wanted` looks for, of an INVITE."""
    signs: set[Sign] = set()
    if invite.replaces is not None:
        signs.add(("replaces", invite.replaces.call_id))
    if invite.referred_by is not None:
        signs.add(("referred-by", ""))
    uri = invite.uri
    if uri is not None:
        dialled = user_keys(uri) | user_keys(invite.to.uri if invite.to is not None else None)
        signs |= {("user", key) for key in dialled}
        signs |= {("bare", part) for part in (uri.user, uri.host) if part}
        if not uri.user and uri.host:
            signs.add(("host", uri.host.lower()))
    return signs


def signs_wanted(refer_to: ReferTo) -> set[Sign]:
    """What the INVITE that a Refer-To asks for has at least one of."""
    signs: set[Sign] = {("referred-by", "")}
    if refer_to.replaces is not None:
        signs.add(("replaces", refer_to.replaces.call_id))
    uri = refer_to.uri
    if uri is None:
        signs.add(("bare", refer_to.uri_text.strip().strip("<>")))
    else:
        signs |= {("user", key) for key in user_keys(uri)}
        if not uri.user and uri.host:
            signs.add(("host", uri.host.lower()))
    return signs


def _place(hop: Hop) -> str:
    """Where a message was sent from, as far as an input tells."""
    return f"host {hop.origin}" if hop.source is not None else f"writer of {hop.frame.input}"


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
