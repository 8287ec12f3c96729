"""How far the clocks of several inputs are apart, told by the messages that two of them saw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean, median

from sipdiag.places import Frame
from sipdiag.raw import Wire

_AGREE = 1.0  # seconds by which half of the messages may lie off the estimate
_SLIGHT = 0.01  # seconds that the way of a message through the network takes, and that clocks are let differ


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """The clock of `input` is `seconds` ahead of that of `reference`, by `messages` that both saw."""

    input: str
    reference: str
    seconds: float
    messages: int


_Seen = dict[bytes, tuple[float, str]]  # octets of a message -> time of its first sighting, and who sent it


def clock_offsets(wires: Mapping[str, Wire]) -> list[ClockOffset]:
    """An offset for each input that shares messages with another one; it is told against the first it is tied to.

    Rotated files, and inputs of different calls, share none: their clocks are taken as they are. So are those of inputs
    whose shared messages do not agree.
    """
    seen = {name: _seen(wire) for name, wire in wires.items()}
    waiting = [name for name in seen if seen[name]]
    found: list[ClockOffset] = []
    while waiting:
        tied = [waiting.pop(0)]
        while True:
            pairs = [(len(seen[a].keys() & seen[b].keys()), a, b) for a in tied for b in waiting]
            shared, reference, name = max(pairs, key=lambda pair: pair[0], default=(0, "", ""))
            if not shared:
                break
            waiting.remove(name)
            tied.append(name)
            seconds = _offset(seen[reference], seen[name])
            if seconds is not None:
                found.append(ClockOffset(name, reference, seconds, shared))
    return found


def _seen(wire: Wire) -> _Seen:
    seen: _Seen = {}
    for packet in wire.packets:
        if packet.frame.time is not None:
            seen.setdefault(packet.data.rstrip(), (packet.frame.time, str(packet.source)))
    return seen


def _offset(reference: _Seen, other: _Seen) -> float | None:
    """The mean over both directions, in which the way through the network counts once with each sign."""
    ways: dict[str, list[float]] = defaultdict(list)
    for octets in reference.keys() & other.keys():
        ways[reference[octets][1]].append(other[octets][0] - reference[octets][0])
    seconds = mean(median(differences) for differences in ways.values())
    spread = median(abs(d - seconds) for differences in ways.values() for d in differences)
    return seconds if spread <= _AGREE else None


def aligned(wires: Sequence[tuple[str, Wire]]) -> tuple[list[tuple[str, Wire]], list[ClockOffset]]:
    """The same inputs with their times by one clock, and the offsets that were taken off.

    `input` of each offset is compared with the clock that the report tells times by.
    """
    ahead = {name: 0.0 for name, _ in wires}
    told: list[ClockOffset] = []
    first: dict[str, str] = {}
    for offset in clock_offsets(dict(wires)):
        seconds = ahead[offset.reference] + offset.seconds
        if abs(seconds) >= _SLIGHT:
            ahead[offset.input] = seconds
            reference = first.get(offset.reference, offset.reference)
            told.append(ClockOffset(offset.input, reference, seconds, offset.messages))
        first[offset.input] = first.get(offset.reference, offset.reference)
    return [(name, moved(wire, -ahead[name]) if ahead[name] else wire) for name, wire in wires], told


def moved(wire: Wire, seconds: float) -> Wire:
    """All that an input holds, so much later."""

    def frame(at: Frame) -> Frame:
        return at if at.time is None else replace(at, time=at.time + seconds)

    def maybe(at: Frame | None) -> Frame | None:
        return None if at is None else frame(at)

    return replace(
        wire,
        packets=tuple(replace(p, frame=frame(p.frame)) for p in wire.packets),
        connections=tuple(
            replace(
                c,
                opened=frame(c.opened),
                last_data=maybe(c.last_data),
                closed=maybe(c.closed),
                tls=None if c.tls is None else replace(c.tls, alert_frame=maybe(c.tls.alert_frame)),
            )
            for c in wire.connections
        ),
        unreachables=tuple(replace(u, frame=frame(u.frame)) for u in wire.unreachables),
        media=tuple(replace(m, first=frame(m.first), last=frame(m.last)) for m in wire.media),
        lost=tuple(replace(item, frame=frame(item.frame)) for item in wire.lost),
        log=tuple(replace(line, frame=frame(line.frame)) for line in wire.log),
        sketches=tuple(replace(s, first=frame(s.first), last=frame(s.last)) for s in wire.sketches),
        first_time=None if wire.first_time is None else wire.first_time + seconds,
        last_time=None if wire.last_time is None else wire.last_time + seconds,
    )
