"""What is being read, and where its findings go: shared by the layers of the reader."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sipdiag.places import Frame
from sipdiag.raw import Begun, Connection, Endpoint, Lost, Unreachable
from sipdiag.sources.captures.addresses import Ends, endpoint
from sipdiag.sources.captures.index import MessageIndex
from sipdiag.sources.captures.limits import Limits


@dataclass(slots=True)
class Scene:
    """The frame at hand (number, time, offset of its first octet in the input), and what was found so far."""

    input_id: str
    limits: Limits
    index: MessageIndex
    number: int = 0
    time: float = 0.0
    link: int = 0
    offset: int = -1
    interface: str | None = None
    buffered: int = 0  # octets of segments and fragments that wait for missing ones
    unreachables: list[Unreachable] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    problems: Counter[str] = field(default_factory=Counter)
    awaited: dict[tuple[Endpoint, Endpoint], Begun] = field(default_factory=dict)  # what the captures before cut in two
    resumed: list[Begun] = field(default_factory=list)
    begun: list[Begun] = field(default_factory=list)

    def frame(self) -> Frame:
        """The frame at hand."""
        return Frame(self.input_id, self.number, self.time)

    def problem(self, line: str) -> None:
        """Note once what could not be read; repetitions are counted."""
        if line in self.problems or len(self.problems) < 200:
            self.problems[line] += 1

    def said(self) -> tuple[str, ...]:
        """The problems, with how often each was met."""
        return tuple(line if count == 1 else f"{line} ({count} times)" for line, count in self.problems.items())

    def message(self, data: bytes, offset: int, ends: Ends, transport: str, cut: bool) -> None:
        """A SIP message that the frame at hand completes."""
        self.index.add(data, offset, self.number, self.time, (*ends, transport, self.interface), cut)

    def loss(self, why: str, ends: Ends, start: bytes, frame: Frame | None = None) -> None:
        """Octets that should have been there."""
        if len(self.lost) < self.limits.events:
            source, sport, destination, dport = ends
            self.lost.append(
                Lost(frame or self.frame(), why, endpoint(source, sport), endpoint(destination, dport), start[:512])
            )
        else:
            self.problem(f"more than {self.limits.events} losses; the rest is not listed")
