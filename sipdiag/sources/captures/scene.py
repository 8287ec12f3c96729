"""What is being read, and where its findings go: shared by the layers of the reader."""

from __future__ import annotations

import socket
from collections import Counter
from dataclasses import dataclass, field

from sipdiag.places import Frame
from sipdiag.raw import Connection, Endpoint, Lost, Unreachable
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
    offset: int = -1
    interface: str | None = None
    buffered: int = 0  # octets of segments and fragments that wait for missing ones
    unreachables: list[Unreachable] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    problems: Counter[str] = field(default_factory=Counter)
    _endpoints: dict[tuple[bytes, int], Endpoint] = field(default_factory=dict)

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

    def endpoint(self, address: bytes, port: int) -> Endpoint:
        """An address of 4 or 16 octets, and a port."""
        known = self._endpoints.get((address, port))
        if known is None:
            known = Endpoint(host(address), port)
            if len(self._endpoints) < 100_000:
                self._endpoints[address, port] = known
        return known

    def message(self, data: bytes, offset: int, source: Endpoint, destination: Endpoint, transport: str, cut: bool) -> None:
        """A SIP message that the frame at hand completes."""
        self.index.add(data, offset, self.number, self.time, (source, destination, transport, self.interface), cut)

    def loss(self, why: str, source: Endpoint, destination: Endpoint, start: bytes, frame: Frame | None = None) -> None:
        """Octets that should have been there."""
        if len(self.lost) < self.limits.events:
            self.lost.append(Lost(frame or self.frame(), why, source, destination, start[:512]))
        else:
            self.problem(f"more than {self.limits.events} losses; the rest is not listed")


def host(address: bytes) -> str:
    """The text form of 4 or 16 octets of an address."""
    return socket.inet_ntop(socket.AF_INET if len(address) == 4 else socket.AF_INET6, address)
