"""TCP: the octets of each direction are put in order, redacted as a whole, and given back to the segments they came in.

So a message keeps its length over any number of segments, and a retransmission stays the same octets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import field

from sipdiag.dataclass import dataclass
from sipdiag.redaction.captures.hep import redact_hep_stream
from sipdiag.redaction.captures.tls import redact_tls
from sipdiag.redaction.captures.websockets import redact_websocket
from sipdiag.redaction.redactor import Redactor
from sipdiag.sources.captures.framing import Framer
from sipdiag.sources.captures.hep import MAGIC
from sipdiag.sources.captures.start import RESTART, START
from sipdiag.sources.captures.tls import looks_like_tls
from sipdiag.sources.captures.websocket import looks_like_websocket

_LIMIT = 1 << 20  # octets of one message, as the reader has it
_BEGINNING = re.compile(rb"[\r\n]*+[A-Z]{1,20}(?:[ /][^\n]*)?\Z")


@dataclass(slots=True)
class Segment:
    """Payload `data[begin:end]` of a frame; `at` is its place in the stream."""

    data: bytearray
    begin: int
    end: int
    at: int


@dataclass(slots=True)
class Stream:
    """One direction of a connection, since its SYN."""

    first: int | None = None
    segments: list[Segment] = field(default_factory=list)

    def add(self, data: bytearray, begin: int, end: int, sequence: int) -> None:
        if self.first is None:
            self.first = sequence
        ahead = ((sequence - self.first + 0x80000000) & 0xFFFFFFFF) - 0x80000000
        if self.segments:  # more than 2 GiB into the stream: count from the last segment
            last = self.segments[-1].at
            ahead = last + (((sequence - self.first - last + 0x80000000) & 0xFFFFFFFF) - 0x80000000)
        self.segments.append(Segment(data, begin, end, ahead))

    def redact(self, redactor: Redactor, message: Callable[[bytes], bytes]) -> None:
        """Redact the payloads of all segments in place."""
        for run in _runs(self.segments):
            octets = bytearray()
            start = run[0].at
            for s in run:
                octets += s.data[s.begin : s.end][max(0, start + len(octets) - s.at) :]
            done = _redacted(bytes(octets), [s.at - start for s in run], redactor, message)
            for s in run:
                s.data[s.begin : s.end] = done[s.at - start : s.at - start + s.end - s.begin]


def _runs(segments: Sequence[Segment]) -> list[list[Segment]]:
    """Segments that follow each other without a gap."""
    runs: list[list[Segment]] = []
    end = 0
    for segment in sorted(segments, key=lambda s: s.at):
        if not runs or segment.at > end:
            runs.append([])
            end = segment.at
        runs[-1].append(segment)
        end = max(end, segment.at + segment.end - segment.begin)
    return runs


def _redacted(octets: bytes, starts: Sequence[int], redactor: Redactor, message: Callable[[bytes], bytes]) -> bytes:
    """What a run of octets is, is told by the first segment that looks like something; what stands before it goes."""
    for n, begin in enumerate(starts):
        piece = octets[begin : starts[n + 1]] if n + 1 < len(starts) else octets[begin:]
        if not piece:
            continue
        rest = octets[begin:]
        if looks_like_tls(piece):
            return bytes(begin) + redact_tls(rest, redactor)
        if piece.startswith(MAGIC):
            return bytes(begin) + redact_hep_stream(rest, redactor, message)
        if piece[0] & 0x70 == 0 and looks_like_websocket(piece):
            return bytes(begin) + redact_websocket(rest, message)
        if START.match(piece) or _BEGINNING.match(piece):
            return bytes(begin) + _sip(rest, message)
        found = RESTART.search(piece) if b"SIP/2.0" in piece else None
        if found is not None:
            at = begin + found.start("line")
            return _quiet(octets[:at]) + _sip(
                octets[at:], message
            )  # the end of the line before it shows a reader where it begins
    return _quiet(octets)


def _sip(octets: bytes, message: Callable[[bytes], bytes]) -> bytes:
    out = bytearray(_quiet(octets))
    framer = Framer(_LIMIT)
    for found, at in framer.feed(octets):
        out[at : at + len(found)] = message(found)
    pending = framer.drop()
    if pending:
        out[len(out) - len(pending) :] = message(pending)
    return bytes(out)


def _quiet(octets: bytes) -> bytes:
    """Nothing but the line ends that keep a connection alive (RFC 5626 3.5.1)."""
    return bytes(c if c in b"\r\n" else 0 for c in octets)
