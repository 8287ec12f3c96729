"""How far the clocks of several inputs are apart, told by the messages that two of them saw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import mean, median
from typing import TypeAlias

from sipdiag.cached import cached_property
from sipdiag.facts.leg import SESSION_HEADERS
from sipdiag.model.opposite import Sole, passed_on
from sipdiag.places import Frame
from sipdiag.raw import Wire
from sipdiag.sip.message import Message, parse_message

_AGREE = 1.0  # seconds by which half of the messages may lie off the estimate
_SLIGHT = 0.01  # seconds that the way of a message through the network takes, and that clocks are let differ


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """The clock of `input` is `seconds` ahead of that of `reference`, by `messages` that both saw."""

    input: str
    reference: str
    seconds: float
    messages: int


_FEWEST = 3  # messages that a box forwarded, by which two clocks are compared
_FEW = 12  # inputs of which the calls are compared too: those beside a box are few, and rotated ones many
_Key: TypeAlias = Hashable
_Seen: TypeAlias = dict[_Key, tuple[float, str]]  # a message -> time of its first sighting, and who sent it


@dataclass(frozen=True, slots=True)
class Aligned:
    """Inputs by one clock: those that were put there (`offsets`), and for each tied one the input whose clock it is."""

    wires: list[tuple[str, Wire]]
    offsets: tuple[ClockOffset, ...] = ()
    clocks: Mapping[str, str] = field(default_factory=dict)


def clock_offsets(wires: Mapping[str, Wire]) -> list[ClockOffset]:
    """An offset for each input that shares messages with another one; it is told against the first it is tied to.

    Where two inputs share no octets, they may stand on the two sides of a box: then the messages count that it
    forwarded, or else what it passed on as B2BUA. Rotated files, and inputs of different calls, share none: their clocks
    are taken as they are. So are those of inputs whose shared messages do not agree.
    """
    ties = _Ties(wires)
    waiting = [name for name in wires if ties.seen[name]]
    found: list[ClockOffset] = []
    while waiting:
        tied = [waiting.pop(0)]
        while True:
            (messages, seconds), reference, name = ties.strongest([(a, b) for a in tied for b in waiting])
            if not messages:
                break
            waiting.remove(name)
            tied.append(name)
            if seconds is not None:
                found.append(ClockOffset(name, reference, seconds, messages))
    return found


_Tie: TypeAlias = tuple[int, float | None]  # messages by which two inputs are tied; the offset, unless they disagree


class _Ties:
    """How two inputs are tied, in each of three ways; compared once."""

    def __init__(self, wires: Mapping[str, Wire]) -> None:
        self.seen = {name: _seen(wire) for name, wire in wires.items()}
        self._forwarded = {name: _Forwarded(wire) for name, wire in wires.items()}
        self._sole = {name: Sole(wire) for name, wire in wires.items()} if len(wires) <= _FEW else {}
        self._known: dict[tuple[object, str, str], _Tie] = {}

    def strongest(self, pairs: Sequence[tuple[str, str]]) -> tuple[_Tie, str, str]:
        """The first way that ties any of the pairs, and the pair that it ties best."""
        for way in (self._same, self._passed, self._opposite):
            for a, b in pairs:
                if (way, a, b) not in self._known:
                    self._known[way, a, b] = way(a, b)
            best = max(((self._known[way, a, b], a, b) for a, b in pairs), key=lambda t: t[0][0], default=_UNTIED)
            if best[0][0]:
                return best
        return _UNTIED

    def _same(self, a: str, b: str) -> _Tie:
        count = len(self.seen[a].keys() & self.seen[b].keys())
        return count, _offset(self.seen[a], self.seen[b]) if count else None

    def _passed(self, a: str, b: str) -> _Tie:
        return _beside(self._forwarded[a].seen, self._forwarded[b].seen)

    def _opposite(self, a: str, b: str) -> _Tie:
        passed = passed_on(self._sole[a], self._sole[b]) if self._sole else []
        one: _Seen = {n: (p.one, "there" if p.there else "back") for n, p in enumerate(passed)}
        other: _Seen = {n: (p.other, "") for n, p in enumerate(passed)}
        return len(passed), _offset(one, other) if passed else None


_UNTIED: tuple[_Tie, str, str] = (0, None), "", ""


def _seen(wire: Wire) -> _Seen:
    seen: _Seen = {}
    for packet in wire.packets:
        if packet.frame.time is not None:
            seen.setdefault(packet.data.rstrip(), (packet.frame.time, str(packet.source)))
    return seen


class _Forwarded:
    """What an input saw, by what a box leaves as it is when it passes a message on; read where somebody asks."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @cached_property
    def seen(self) -> _Seen:
        found: _Seen = {}
        sessions: dict[str, str] = {}  # Call-ID -> an id that both legs of a B2BUA share
        for packet in self._wire.packets:
            message = parse_message(packet.data)
            key = _passed_on(message, sessions)
            if key is not None and packet.frame.time is not None:
                found.setdefault(key, (packet.frame.time, str(packet.source)))
        return found


def _passed_on(message: Message, sessions: dict[str, str]) -> _Key | None:
    """What tells a message on both sides of a box; None for what each hop makes anew (RFC 3261 16.7, 17.1.1.3).

    A B2BUA keeps neither tags nor CSeq; where it keeps an id of the session, the first of each kind is taken for one.
    """
    cseq, status, call_id = message.cseq, message.status, message.call_id
    if cseq is None or not call_id or status == 100 or cseq.method in ("ACK", "CANCEL"):
        return None
    if message.method == "INVITE" and not message.to_tag:
        ids = (value.partition(";")[0].strip() for name in SESSION_HEADERS if (value := message.get(name)))
        sessions.setdefault(call_id, next((i for i in ids if i), ""))
    if sessions.get(call_id):
        return sessions[call_id], cseq.method, status
    return call_id, message.from_tag, message.to_tag, cseq, status


def _beside(reference: _Seen, other: _Seen) -> tuple[int, float | None]:
    """How many messages passed from one input to the other, and the offset: none unless they passed both ways."""
    shared = reference.keys() & other.keys()
    if len(shared) < _FEWEST or len({reference[key][1] for key in shared}) < 2:
        return 0, None
    return len(shared), _offset(reference, other)


def _offset(reference: _Seen, other: _Seen) -> float | None:
    """The mean over both directions, in which the way through the network counts once with each sign.

    Where it can be, it is such that no message arrives before it was sent.
    """
    ways: dict[str, list[float]] = defaultdict(list)
    for key in reference.keys() & other.keys():
        ways[reference[key][1]].append(other[key][0] - reference[key][0])
    seconds = mean(median(differences) for differences in ways.values())
    spread = median(abs(d - seconds) for differences in ways.values() for d in differences)
    if spread > _AGREE:
        return None
    there = [d for differences in ways.values() if median(differences) > seconds for d in differences]
    back = [d for differences in ways.values() if median(differences) < seconds for d in differences]
    if there and back and max(back) <= min(there):
        return min(max(seconds, max(back)), min(there))
    return seconds


def aligned(wires: Sequence[tuple[str, Wire]]) -> Aligned:
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
    return Aligned(
        [(name, moved(wire, -ahead[name]) if ahead[name] else wire) for name, wire in wires], tuple(told), first
    )


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
