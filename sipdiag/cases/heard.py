"""What the wire of one case tells: its messages in order, the legs and calls that they make, and what is around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass
from sipdiag.facts.surroundings import Surroundings

if TYPE_CHECKING:
    from sipdiag.facts.call import Call
    from sipdiag.facts.leg import Leg
    from sipdiag.facts.transaction import Hop
    from sipdiag.model.clocks import ClockOffset
    from sipdiag.raw import CallSketch, Packet, Wire


@dataclass(frozen=True, slots=True)
class Heard:
    """All of it; nothing where the case has no wire."""

    packets: tuple[Packet, ...] = ()
    legs: tuple[Leg, ...] = ()
    calls: tuple[Call, ...] = ()
    sketches: tuple[CallSketch, ...] = ()
    around: Surroundings = field(default_factory=Surroundings)
    clocks: tuple[ClockOffset, ...] = ()

    @property
    def begins(self) -> float | None:
        """The time of the first message; without any, that of the first connection."""
        connections = (c.opened for c in self.around.connections)
        for frames in ((p.frame for p in self.packets), connections):
            times = [f.time for f in frames if f.time is not None]
            if times:
                return min(times)
        return None


def hear(case: str, wires: Sequence[tuple[str, Wire]]) -> Heard:
    """Join the wires of a case, each given with the id of its input."""
    if not wires:
        return Heard()
    # What joins messages is imported here: configuration alone does without it.
    from sipdiag.model.calls import calls
    from sipdiag.model.clocks import Aligned, aligned
    from sipdiag.model.hops import exchanges, hops
    from sipdiag.model.legs import InputSpan, legs
    from sipdiag.model.losses import torn_as_lost

    told = aligned(wires) if len(wires) > 1 else Aligned(list(wires))
    named = [(i, torn_as_lost(w)) for i, w in told.wires]
    packets = _ordered([p for _, w in named for p in w.packets])
    spans = {i: InputSpan(w.last_time, w.lost, w.connections) for i, w in named}
    asked, alone = exchanges(hops(packets))
    found = legs(asked, spans, alone)
    return Heard(
        tuple(packets),
        tuple(found),
        tuple(calls(found, case, told.clocks)),
        tuple(s for _, w in named for s in w.sketches),
        _surroundings([w for _, w in named], alone),
        told.offsets,
    )


def _ordered(packets: list[Packet]) -> list[Packet]:
    """By time where several inputs have to be merged; those that do not tell the time of every message come last."""
    if len({p.frame.input for p in packets}) < 2:
        return packets
    untimed = {p.frame.input for p in packets if p.frame.time is None}
    timed = sorted((p for p in packets if p.frame.input not in untimed), key=lambda p: p.frame.time or 0.0)
    return timed + [p for p in packets if p.frame.input in untimed]


def _surroundings(wires: Iterable[Wire], answers: tuple[Hop, ...]) -> Surroundings:
    wires = list(wires)
    connections = tuple(c for w in wires for c in w.connections)
    return Surroundings(
        connections=connections,
        unreachables=tuple(u for w in wires for u in w.unreachables),
        media=tuple(m for w in wires for m in w.media),
        lost=tuple(x for w in wires for x in w.lost),
        log=tuple(x for w in wires for x in w.log),
        encrypted=tuple(
            c for c in connections if c.tls is not None and c.tls.established and not c.tls.decrypted and not c.messages
        ),
        answers=answers,
    )
