"""The pace of a leg: when it was placed, rang, was answered and ended. A B2BUA passes each of these on at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.timers import B2BUA_PASSING
from sipdiag.places import Frame

_SLIP = 0.01  # seconds by which what was passed on may seem to come first, where two clocks were compared


@dataclass(frozen=True, slots=True)
class Step:
    """One of these events: its time in epoch seconds, and whether the end that placed the leg caused it."""

    time: float
    by_caller: bool


Pace: TypeAlias = Mapping[str, Step]  # what happened -> when it was seen first


def pace_of(leg: Leg) -> Pace:
    """What happened on a leg; nothing where the INVITE that decided it was not seen, or its time is not known."""
    invite = leg.invite
    if invite is None or invite.at.time is None:
        return {}
    found: dict[str, Step] = {}

    def add(what: str, at: Frame | None, *, by_caller: bool) -> None:
        if at is not None and at.time is not None:
            found[what] = Step(at.time, by_caller)

    add("INVITE", invite.at, by_caller=True)
    ringing = (r.frame for r in invite.provisionals if (r.status or 0) > 100)
    add("ringing", next(ringing, None), by_caller=False)
    if invite.final is not None and not invite.challenged:
        add("answer" if invite.succeeded else "refusal", invite.final.frame, by_caller=False)
    for method in ("CANCEL", "BYE"):
        first = next(iter(leg.requests(method)), None)
        side = leg.side_of(first) if first is not None else None
        if first is not None and side is not None:
            add(method, first.at, by_caller=side is Side.CALLER)
    return found


def in_step(first: Pace, second: Pace) -> tuple[str, ...]:
    """What was passed on from either leg to the other, by one clock: `second` is the one that the B2BUA placed."""
    late = {what: delay(first, second, what) for what in first}
    return tuple(what for what, by in late.items() if by is not None and -_SLIP <= by <= B2BUA_PASSING)


def out_of_step(first: Pace, second: Pace) -> bool:
    """Whether the two were decided in ways that no B2BUA passes on: one answered and not the other, or long apart."""
    decided = [{"answer", "refusal"} & step.keys() for step in (first, second)]
    return decided[0] != decided[1] or not decided[0] <= set(in_step(first, second))


def delay(first: Pace, second: Pace, what: str) -> float | None:
    """How many seconds after it was seen on the leg where it began something was seen on the other.

    None where only one of them has it, or the two were caused by different ends.
    """
    one, other = first.get(what), second.get(what)
    if one is None or other is None or one.by_caller is not other.by_caller:
        return None
    return other.time - one.time if one.by_caller else one.time - other.time
