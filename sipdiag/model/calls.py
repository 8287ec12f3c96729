"""Join legs into calls by stated signals only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sipdiag.facts.call import Call, Join
from sipdiag.facts.leg import SESSION_HEADERS, Leg
from sipdiag.facts.timers import B2BUA_LEG
from sipdiag.model.legs import is_call
from sipdiag.model.outside import refer_signals
from sipdiag.model.same import same_number_or_user
from sipdiag.places import elapsed
from sipdiag.sip.message import Message

_OPEN_CALLS = 200  # calls looked back at for the first leg of a B2BUA: bounds the work on captures of many calls


def calls(legs: Iterable[Leg], case: str) -> list[Call]:
    """Group legs into calls, in the order in which they began."""
    groups: list[list[Leg]] = []
    joins: list[list[Join]] = []
    for leg in (leg for leg in legs if is_call(leg)):
        home, join = _home(leg, groups)
        if join is None:
            groups.append([leg])
            joins.append([])
        else:
            groups[home].append(leg)
            joins[home].append(join)
    return [Call(f"c{n}", case, tuple(g), tuple(j)) for n, (g, j) in enumerate(zip(groups, joins, strict=True), 1)]


def _home(leg: Leg, groups: Sequence[list[Leg]]) -> tuple[int, Join | None]:
    """The group that a leg belongs to. The newest are tried first, and no more of them than can overlap in time."""
    begun, told = leg.started, bool(leg.session_ids)
    for n in range(len(groups) - 1, max(-1, len(groups) - 1 - _OPEN_CALLS), -1):
        for other in groups[n]:
            # Nearly all began too far apart: seen here, because each leg is compared with hundreds.
            apart = begun is not None and (before := other.started) is not None and not 0 <= begun - before <= B2BUA_LEG
            signals = () if apart and not told and not other.session_ids else b2bua_signals(other, leg)
            if not signals and leg.refers:
                signals = refer_signals(other, leg)
            if signals:
                return n, Join(other, leg, signals)
    return -1, None


def b2bua_signals(first: Leg, second: Leg) -> tuple[str, ...]:
    """What says that `second` is the other leg of a B2BUA that received `first`; empty where not enough does.

    An id that both share suffices. Else three things must agree: the time, the place that got the one INVITE and sent
    the other, and the numbers or the media. A box with an address on each side shows no common place: then both numbers
    must agree, and the second leg be answered inside the first.
    """
    if first.invite is None or second.invite is None:
        return ()
    a, b = first.invites[0].message, second.invites[0].message
    shared = _shared_id(first, second)
    if shared:
        return (shared,)
    gap = elapsed(first.invites[0].at, second.invites[0].at)
    if gap is not None and not 0 <= gap <= B2BUA_LEG:
        return ()
    answer = first.answer
    if answer is not None and second.invites[0].order > answer.order:
        return ()
    place = _same_place(first, second)
    words = [place or _inside(first, second)]
    if not words[0]:
        return ()
    if same_number_or_user(a.from_, b.from_):
        words.append("same From")
    if same_number_or_user(a.to, b.to) or _same_request_user(a, b):
        words.append("same destination")
    if not place and len(words) < 3:
        return ()
    if _same_media(a, b):
        words.append("same SDP")
    if len(words) == 1:
        return ()
    if gap is not None:
        words.append(f"{gap:.3f} s later")
    return tuple(words)


def _shared_id(first: Leg, second: Leg) -> str:
    if not first.session_ids and not second.session_ids:
        return ""
    for name in SESSION_HEADERS:
        one, other = first.session_ids.get(name), second.session_ids.get(name)
        if other and first.call_id == other.strip():
            return f"{name} names the first leg's Call-ID"
        if one and second.call_id == one.strip():
            return f"{name} names the second leg's Call-ID"
        if one and other and _first_value(one) and _first_value(one) == _first_value(other):
            return f"same {name}"
    return ""


def _first_value(text: str) -> str:
    value = text.split(";")[0].strip().lower()
    return "" if not value.strip("0") else value


def _same_place(first: Leg, second: Leg) -> str:
    got, sent = first.invites[0].hops[-1], second.invites[0].first
    if got.destination is not None and sent.source is not None:
        return (
            f"{got.destination.host} got the first INVITE and sent the second"
            if got.destination.host == sent.source.host
            else ""
        )
    if got.sent is False and sent.sent is True and got.frame.input == sent.frame.input:
        return "the writer of the log got the first INVITE and sent the second"
    return ""


def _inside(first: Leg, second: Leg) -> str:
    """What says that a box with two addresses placed the second leg for the first: it was answered inside it."""
    outer, inner = first.invites[0], second.invites[0]
    ends = {outer.first.origin, outer.hops[-1].goal, inner.first.origin, inner.hops[-1].goal}
    if first.answer is None or second.answer is None or None in ends or len(ends) < 4:
        return ""
    nested = outer.order < inner.order and second.answer.order < first.answer.order
    return "the second leg was answered inside the first" if nested else ""


def _same_request_user(a: Message, b: Message) -> bool:
    return a.uri is not None and b.uri is not None and bool(a.uri.user) and a.uri.user == b.uri.user


def _same_media(a: Message, b: Message) -> bool:
    one, other = a.sdp, b.sdp
    if one is None or other is None:
        return False
    return one.origin is not None and one.origin == other.origin
