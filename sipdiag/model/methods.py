"""Recognise transfers that are made without a REFER."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sipdiag.facts.call import Call
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.transaction import Hop
from sipdiag.facts.transfer import TargetLeg
from sipdiag.raw import LogLine

# Words with which applications log that a transfer is asked for. Settings, header names and file transfers are not it.
_ASKED = re.compile(
    r"(?<![\w-])(?:\.refer\(|(?:send(?:ing)?|sent|issu\w+|start\w*|initiat\w+|attempt\w*|request\w*)\s+(?:sip\s+)?refer\b"
    r"|(?:blind|attended|warm|cold|call)[\s_-]*transfer\w*|transfer(?:ring|red|_to\w*|\s+(?:failed|requested|the\s+call|call|to))\b)",
    re.IGNORECASE,
)
_NOT_ASKED = re.compile(
    r"transfer-encoding|content-transfer|file[\s_-]*transfer|allow_?transfer|disable-transfer", re.IGNORECASE
)
_CALLS_REFER = re.compile(r"\w\.refer\(|\brefer\s*\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OtherMethod:
    """A second leg that a party of a call placed itself, instead of sending a REFER."""

    leg: Leg
    side: Side
    target: TargetLeg
    method: str  # second-leg, or reinvite where the media of both legs were then joined


def other_method(call: Call, legs: Sequence[Leg]) -> OtherMethod | None:
    """The leg that an end of a confirmed call placed to somebody else while the call stood, if there is one."""
    for leg in call.legs:
        if leg.answer is None:
            continue
        for other in legs:
            if other in call.legs or not other.invites or other.invites[0].order < leg.answer.order:
                continue
            if leg.byes and other.invites[0].order > leg.byes[0].order:
                continue
            side = _placed_by(leg, other.invites[0].first)
            if side is not None:
                method = "reinvite" if media_joined(leg, other, side) else "second-leg"
                return OtherMethod(
                    leg, side, TargetLeg(other, ("placed by an end of the call while it stood",)), method
                )
    return None


def _placed_by(leg: Leg, invite: Hop) -> Side | None:
    if invite.origin is None:
        return None
    for side in Side:
        place = leg.place(side)
        if place == invite.origin:
            return side if leg.place(side.other) != place else None
    return None


def held_by(leg: Leg, side: Side) -> bool:
    """Whether a side put the call on hold: a re-INVITE of its own that offers no more than to send."""
    return any(
        m.direction in ("sendonly", "inactive")
        for t in leg.reinvites
        if leg.side_of(t) is side and t.message.sdp is not None
        for m in t.message.sdp.media
    )


def media_joined(leg: Leg, other: Leg, side: Side) -> bool:
    """Whether a side gave the first call the media address of the party that it called second."""
    answer = other.answer
    if answer is None or answer.message.sdp is None:
        return False
    theirs = {(m.address, m.port) for m in answer.message.sdp.media if m.port}
    for t in leg.reinvites:
        media = t.message.sdp.media if t.message.sdp is not None else ()
        later = leg.side_of(t) is side and t.order > answer.order
        if later and any((m.address, m.port) in theirs for m in media):
            return True
    return False


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
