"""What says that one leg is the other side of a B2BUA that received another: how much agrees, and in which words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sipdiag.cached import cached_property
from sipdiag.facts.leg import SESSION_HEADERS, Leg
from sipdiag.facts.timers import B2BUA_LEG
from sipdiag.model.pace import Pace, in_step, out_of_step, pace_of
from sipdiag.model.same import same_number_or_user
from sipdiag.places import elapsed
from sipdiag.sip.header import NameAddr
from sipdiag.sip.message import Message

# Users that stand for whoever hides a number (RFC 3323, 4.1.1.3), or that systems write where they know none.
_NOBODY = frozenset(("anonymous", "restricted", "unknown", "unavailable", "private", "asterisk", "invalid", "s"))
_MARK = 10  # characters that a value of a header has at least which is an id and no setting
_FEWEST = {2: 2, 1: 3}  # things that agree -> what a B2BUA with two addresses must have passed on at once


class Opening:
    """How a leg began, as far as it tells which other leg it belongs to; read once, where somebody asks."""

    def __init__(self, leg: Leg) -> None:
        self.leg = leg

    @property
    def invite(self) -> Message | None:
        return self.leg.invites[0].message if self.leg.invites else None

    @cached_property
    def marks(self) -> dict[str, str]:
        """The ids that headers of an own making hold, by which a vendor tells a call on every leg of it."""
        headers = self.invite.headers if self.invite is not None else ()
        found = {h.name: h.value.strip() for h in headers if h.name[:2].lower() == "x-"}
        return {n: v for n, v in found.items() if len(v) >= _MARK and any(c.isdigit() for c in v)}

    @cached_property
    def pace(self) -> Pace:
        return pace_of(self.leg)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much of two legs agrees. `signals` are in words, the strongest first; `named` where an id of the one says it.

    `rank` compares likenesses of one leg: the greater is the likelier. `placed` tells that the B2BUA has one address, and
    `decided` that it passed the answer to the second leg on to the first.
    """

    signals: tuple[str, ...]
    rank: tuple[int, ...] = ()
    named: bool = False
    placed: bool = False
    decided: bool = False


def likeness(one: Opening, other: Opening, common: Collection[str], *, one_clock: bool) -> Likeness | None:
    """What says that the second is the other leg of a B2BUA that received the first; None where not enough does.

    An id that both share suffices. Else three things must agree: the time, the place that got the one INVITE and sent
    the other, and the numbers or the media. A box with an address on each side shows no common place: then the second
    leg must be answered inside the first, what happened on it be passed on at once, and the more so the less else agrees.
    `common` are the marks that more than two legs have, and that tell nothing; `one_clock` whether the times of both
    can be compared to parts of a second.
    """
    first, second, a, b = one.leg, other.leg, one.invite, other.invite
    if a is None or b is None:
        return None
    if named := _named(one, other):
        return Likeness((named,), named=True)
    gap = elapsed(first.invites[0].at, second.invites[0].at)
    if (gap is not None and not 0 <= gap <= B2BUA_LEG) or not _pending(first, second):
        return None
    place = _same_place(first, second)
    where = place or _inside(first, second)
    if not where:
        return None
    ids = [f"same {n}" for n, v in one.marks.items() if v == other.marks.get(n) and v not in common]
    ids += ["same SDP"] if _same_media(a, b) else []
    numbers = numbers_in_common(one, other)
    agree = min(len(numbers) + len(ids), 2)
    steps = in_step(one.pace, other.pace) if one_clock else ()
    odd = not one_clock or out_of_step(one.pace, other.pace)
    if not agree:
        return None
    if not place and (agree < 2 if gap is None else odd or len(steps) < _FEWEST[agree]):
        return None
    words = [where, *numbers, *ids]
    words += [f"{_listed(later)} passed on at once"] if (later := [s for s in steps if s != "INVITE"]) else []
    words += [f"{gap:.3f} s later"] if gap is not None else []
    rank = (len(ids), len(numbers), bool(place), bool(steps) and not odd, len(steps))
    return Likeness(tuple(words), rank, placed=bool(place), decided=not odd)


def numbers_in_common(one: Opening, other: Opening) -> list[str]:
    """Which of the caller and the destination are the same in the INVITEs of two legs, in words."""
    a, b = one.invite, other.invite
    if a is None or b is None:
        return []
    words = ["same From"] if _same_party(a.from_, b.from_) else []
    return words + (["same destination"] if _same_destination(a, b) else [])


def first_value(text: str) -> str:
    """The id in a header of a session; nothing where it is all zeros (RFC 7989, 5)."""
    value = text.split(";")[0].strip().lower()
    return "" if not value.strip("0") else value


def _named(one: Opening, other: Opening) -> str:
    """The header in which one leg holds the Call-ID of the other, or both the id of their session."""
    first, second = one.leg, other.leg
    for name, value in (*second.session_ids.items(), *other.marks.items()):
        if value.strip() == first.call_id:
            return f"{name} names the first leg's Call-ID"
    for name, value in (*first.session_ids.items(), *one.marks.items()):
        if value.strip() == second.call_id:
            return f"{name} names the second leg's Call-ID"
    for name in SESSION_HEADERS:
        mine, theirs = first.session_ids.get(name), second.session_ids.get(name)
        if mine and theirs and first_value(mine) and first_value(mine) == first_value(theirs):
            return f"same {name}"
    return ""


def _pending(first: Leg, second: Leg) -> bool:
    """Whether the first leg was still being set up when the second was placed."""
    final = first.invite.final if first.invite is not None else None
    return final is None or second.invites[0].order < final.order


def _same_place(first: Leg, second: Leg) -> str:
    got, sent = first.invites[0].hops[-1], second.invites[0].first
    if got.destination is not None and sent.source is not None:
        return f"{got.destination.host} got the first INVITE and sent the second" if got.goal == sent.origin else ""
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


def _same_destination(a: Message, b: Message) -> bool:
    if _same_party(a.to, b.to):
        return True
    return a.uri is not None and b.uri is not None and bool(a.uri.user) and a.uri.user == b.uri.user


def _same_party(a: NameAddr | None, b: NameAddr | None) -> bool:
    hidden = a is None or a.uri is None or (a.uri.user or "").lower() in _NOBODY
    return not hidden and same_number_or_user(a, b)


def _same_media(a: Message, b: Message) -> bool:
    one, other = a.sdp, b.sdp
    return one is not None and other is not None and one.origin is not None and one.origin == other.origin


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
