"""REFERs that show that two legs belong to one call: sent outside the dialog that they mean, or passed on by a B2BUA."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict

from sipdiag.facts.call import Call
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.timers import B2BUA_LEG
from sipdiag.facts.transaction import Transaction
from sipdiag.model.same import same_number_or_user, same_target
from sipdiag.places import elapsed


def refer_signals(first: Leg, second: Leg) -> tuple[str, ...]:
    """What a REFER says of two legs being one call; empty where it says nothing."""
    if not second.refers:
        return ()
    refer = second.refers[0]
    words = ("" if refer.to_tag else _means(refer, first)) or _passed_on(first, second)
    return (words,) if words else ()


class Referring:
    """The legs with a REFER that came before the one at hand, the latest `most` of them, by where it came from and went."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._legs: list[Leg] = []
        self._by_end: dict[tuple[str, str | None], list[int]] = defaultdict(list)

    def add(self, leg: Leg) -> None:
        for end in {end for refer in leg.refers for end in _ends(refer)}:
            self._by_end[end].append(len(self._legs))
        self._legs.append(leg)

    def before(self, leg: Leg) -> list[Leg]:
        """Those that `refer_signals` may tie to a leg, the latest first: a REFER outside any dialog may mean each."""
        least = max(0, len(self._legs) - self._most)
        if not leg.refers[0].to_tag:
            return self._legs[least:][::-1]
        # One was sent from where the other went.
        wanted = {("to", place) if way == "from" else ("from", place) for r in leg.refers for way, place in _ends(r)}
        lists = (self._by_end.get(end, ()) for end in wanted if end[1] is not None)
        near = {n for found in lists for n in found[bisect_left(found, least) :]}
        return [self._legs[n] for n in sorted(near, reverse=True)]


def _ends(refer: Transaction) -> tuple[tuple[str, str | None], ...]:
    return ("from", refer.first.origin), ("to", refer.hops[-1].goal)


def _means(refer: Transaction, leg: Leg) -> str:
    """What ties a REFER outside any dialog to an answered call: its Target-Dialog (RFC 4538), else both its parties."""
    if refer.to_tag or leg.answer is None or leg.call_id == refer.call_id:
        return ""
    named = refer.message.get("Target-Dialog")
    if named is not None:
        return "Target-Dialog names it" if named.partition(";")[0].strip() == leg.call_id else ""
    if leg.answer.order > refer.order or any(bye.order < refer.order for bye in leg.byes):
        return ""
    one, other = (leg.uri_of(side) for side in Side)
    sender, receiver = refer.message.from_, refer.message.to
    ways = ((one, other), (other, one))
    if any(same_number_or_user(a, sender) and same_number_or_user(b, receiver) for a, b in ways):
        return "a REFER outside its dialog between its two parties while it stood"
    return ""


def _passed_on(first: Leg, second: Leg) -> str:
    """What shows a B2BUA between two legs: it got a REFER on the one, and sent one to the same target on the other."""
    if not first.refers or _far(first.refer_times, second.refer_times):
        return ""
    for one in first.refers:
        for other in second.refers:
            early, late = (one, other) if one.order <= other.order else (other, one)
            gap = elapsed(early.at, late.at)
            if gap is not None and gap > B2BUA_LEG:
                continue
            got, sent = early.hops[-1].goal, late.first.origin
            if got is not None and got == sent and same_target(early.message.refer_to, late.message.refer_to):
                return "a REFER that came in on the one was sent on the other"
    return ""


def _far(one: tuple[float, float] | None, other: tuple[float, float] | None) -> bool:
    """Whether all that was sent in one span was sent long before or after the other: most pairs of legs need no look."""
    if one is None or other is None:
        return False
    return other[0] - one[1] > B2BUA_LEG or one[0] - other[1] > B2BUA_LEG


def moved_leg(refer: Transaction, call: Call) -> Leg | None:
    """The leg of a call that a REFER outside its dialog means; None where it was sent inside one."""
    return next((leg for leg in call.legs if _means(refer, leg)), None)
