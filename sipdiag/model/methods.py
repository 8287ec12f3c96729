"""Recognise transfers that are made without a REFER."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sipdiag.facts.call import Call
from sipdiag.facts.exchanges import exchanges, in_force
from sipdiag.facts.hangups import soon_after
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.target_leg import TargetLeg
from sipdiag.facts.timers import TARGET_HUNG_UP
from sipdiag.facts.transaction import Hop
from sipdiag.model.begun import Begun
from sipdiag.patterns import pattern
from sipdiag.raw import LogLine

# Words with which applications log that a transfer is asked for. Settings, header names and file transfers are not it.
_ASKED = pattern(
    r"(?<![\w-])(?:\.refer\(|(?:send(?:ing)?|sent|issu\w+|start\w*|initiat\w+|attempt\w*|request\w*)\s+(?:sip\s+)?refer\b"
    r"|(?:blind|attended|warm|cold|call)[\s_-]*transfer\w*|transfer(?:ring|red|_to\w*|\s+(?:failed|requested|the\s+call|call|to))\b)",
    re.IGNORECASE,
)
_NOT_ASKED = pattern(
    r"transfer-encoding|content-transfer|file[\s_-]*transfer|allow_?transfer|disable-transfer"
    r"|\b(?:no|not|never|without)\s+(?:an?\s+|any\s+)?(?:\w+\s+)?transfer"
    r"|transfer\w*\b[^.;,\n]{0,30}(?:\b(?:is |are )?(?:disabled|not enabled|supported)\b|\brate\b|\bbytes\b|\b[KMG]B\b|\bkbps\b"
    r"|\bbucket\b)|supported:",
    re.IGNORECASE,
)
_CALLS_REFER = pattern(r"\w\.refer\(|\brefer\s*\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OtherMethod:
    """A second leg that a party of a call placed itself, instead of sending a REFER."""

    leg: Leg
    side: Side
    target: TargetLeg
    method: str  # second-leg, or reinvite where the media of both legs were then joined


def other_method(call: Call, legs: Begun) -> OtherMethod | None:
    """The leg that an end of a confirmed call placed to somebody else while the call stood, if there is one."""
    for leg in call.legs:
        if leg.answer is None:
            continue
        ends = {side: leg.place(side) for side in Side}
        if len(set(ends.values())) == 1:
            continue
        placed = [
            (other.invites[0].order, side, other)
            for side, place in ends.items()
            if place is not None and (other := _placed_from(place, leg, leg.answer, call, legs)) is not None
        ]
        if placed:
            _, side, other = min(placed, key=lambda found: found[0])
            method = "reinvite" if media_joined(leg, other, side) else "second-leg"
            return OtherMethod(leg, side, TargetLeg(other, ("placed by an end of the call while it stood",)), method)
    return None


def _placed_from(place: str, leg: Leg, answer: Hop, call: Call, legs: Begun) -> Leg | None:
    """The first leg outside the call that was placed from there, after a leg was answered and before its BYE."""
    last = leg.byes[0].order if leg.byes else None
    for other in legs.placed_from(place, answer.order):
        if last is not None and other.invites[0].order > last:
            break
        if other not in call.legs:
            return other
    return None


def held_by(leg: Leg, side: Side) -> bool:
    """Whether a side put the call on hold: a later offer of its own with held audio, or a held answer to an open offer."""
    own = (t for t in leg.reinvites if leg.side_of(t) is side and not t.refused and t.message.sdp is not None)
    audio = (t.message.sdp.audio for t in own if t.message.sdp is not None)
    if any(m is not None and m.active and m.held for m in audio):
        return True
    return any(e.limited_by(side) and (m := e.media(side)) is not None and m.held for e in exchanges(leg)[1:])


def hands_over(found: OtherMethod) -> bool:
    """Whether a second leg took the call over, as far as it can be told from consulting, music on hold and asking back.

    The media of the two were joined; or who placed it had held the call, and ended the one leg with the other: when
    the far end of either hangs up, the rest of a call that was handed over ends too, unless the input ends before.
    """
    if found.method == "reinvite":
        return True
    second = found.target.leg
    if not found.target.answered or not held_by(found.leg, found.side):
        return False
    far = [(b, second, Side.CALLER) for b in found.leg.byes if found.leg.side_of(b) is not found.side]
    far += [(b, found.leg, found.side) for b in second.requests("BYE", Side.CALLEE)]
    every = (*found.leg.byes, *second.byes)
    if not far or min(every, key=lambda b: b.order) is not (end := min(far, key=lambda x: x[0].order))[0]:
        return False
    bye, rest, placer = end
    if rest.byes:
        own = rest.requests("BYE", placer)
        return bool(own) and own[0] is rest.byes[0] and soon_after(bye.at, own[0])
    until = rest.coverage.until
    return until is None or bye.at.time is None or until - bye.at.time <= TARGET_HUNG_UP


def media_joined(leg: Leg, other: Leg, side: Side) -> bool:
    """Whether a side gave the first call, for good, the media address of the party that it called second.

    Music on hold is joined the same way, and the call is taken back with media of its own (RFC 7088, 2.3).
    """
    answer = other.answer
    if answer is None or answer.message.sdp is None:
        return False
    theirs = {m.place for m in answer.message.sdp.media if m.port}
    given = [h.message.sdp for h in in_force(leg, side) if h.order > answer.order and h.message.sdp is not None]
    return bool(given) and any(m.place in theirs for m in given[-1].media)


def asked_for(lines: Sequence[LogLine]) -> tuple[LogLine, ...]:
    """The log lines that tell of a transfer being asked for."""
    return tuple(line for line in lines if speaks_of_transfer(line.text))


def speaks_of_transfer(text: str) -> bool:
    """
    >>> speaks_of_transfer("session.refer(consult)"), speaks_of_transfer("Transfer-Encoding: chunked")
    (True, False)
    >>> speaks_of_transfer("attended transfer requested"), speaks_of_transfer("allow_transfer=yes")
    (True, False)
    """
    line = text[:2000]
    return bool(_ASKED.search(line) or _CALLS_REFER.search(line)) and not _NOT_ASKED.search(line)
