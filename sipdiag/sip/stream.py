"""SIP messages out of a byte stream: TCP, TLS, and whatever else keeps no boundaries (RFC 3261 18.3)."""

from __future__ import annotations

import re
from typing import Literal

from sipdiag.dataclass import dataclass
from sipdiag.sip.start import (
    MOST_LINE,
    VERSION,
    find_start,
    is_header_line,
    is_request_line,
    is_start,
    start_in_line,
)

__all__ = ["Piece", "StreamReader", "find_start", "is_start"]

MOST_HEAD = 256 * 1024  # bytes of start line and header fields
MOST_BODY = 4 * 1024 * 1024  # bytes of a body; a larger Content-Length is taken for a broken one
_SAMPLE = 64

_BLANK = re.compile(rb"[\r\n]*+")
_LENGTH = re.compile(rb"^(?:content-length|l)[ \t]*:[ \t]*(?:\r?\n[ \t]+)?([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_TYPE = re.compile(rb"^(?:content-type|c)[ \t]*:\s*([^\s;]+)", re.IGNORECASE | re.MULTILINE)
# Bodies that may hold messages themselves.
_NESTING = (b"message/", b"multipart/", b"application/http", b"application/sip")


@dataclass(frozen=True, slots=True)
class Piece:
    """A range of the stream: a message, or bytes between messages that are none.

    `start` and `end` count bytes from the stream's beginning. `cut` tells that a message's end is missing. Of skipped
    bytes `data` keeps the first 64. `why` says what was wrong with the framing.
    """

    start: int
    end: int
    data: bytes
    kind: Literal["message", "skipped"] = "message"
    cut: bool = False
    why: str = ""


class StreamReader:
    r"""Reads the bytes of one direction of a connection as they come.

    Work is linear in the bytes fed, however they are divided, and the buffer is bounded. Empty lines between messages
    (keep-alives, RFC 5626 3.5.1) make no piece. With `midstream`, the first bytes may be the middle of a message: then
    a start line counts only where a header field follows it.

    >>> reader = StreamReader()
    >>> reader.feed(b"OPTIONS sip:a@b SIP/2.0\r\nl: 2\r\n\r\nh")
    []
    >>> [(p.start, p.end, p.kind) for p in reader.feed(b"i\r\n\r\n\x01\x02")], [p.kind for p in reader.close()]
    ([(0, 35, 'message')], ['skipped'])
    """

    def __init__(self, start: int = 0, *, midstream: bool = False) -> None:
        self._buffer = bytearray()
        self._offset = start  # of the buffer's first byte in the stream
        self._scan = 0  # what was searched already, in the buffer
        self._in_head = False  # the buffer begins with a start line
        self._body_at: int | None = None  # where the body starts, once the head is whole
        self._length: int | None = None  # of the body; None where nothing tells
        self._type = b""
        self._why = ""
        self._newline_came = False  # with the bytes fed last: a body is searched line by line, and again only then
        self._waits = False  # while skipping: for the ends of a line that may be a start line, and of the one below it
        self._skipped_from = start if midstream else None  # offset in the stream where skipping began
        self._sample = b""
        self._pieces: list[Piece] = []

    def feed(self, data: bytes) -> list[Piece]:
        """Take the next bytes of the stream and give the pieces that they complete."""
        self._buffer += data
        self._newline_came = b"\n" in data
        while self._step():
            pass
        return self._take()

    def close(self) -> list[Piece]:
        """The stream has ended: give what is left, an unfinished message marked as cut."""
        self._end()
        return self._take()

    def lose(self, count: int) -> list[Piece]:
        """`count` bytes of the stream were not captured: give what is left before them, and go on behind them."""
        self._end()
        self._offset += count
        self._skip()
        return self._take()

    # One step: True where something was consumed, or understood, and another step may follow.

    def _step(self) -> bool:
        if self._body_at is not None:
            return self._body(ended=False)
        if self._in_head:
            return self._head()
        if self._skipped_from is not None:
            return self._resync()
        return self._start()

    def _start(self) -> bool:
        buffer = self._buffer
        blank = _BLANK.match(buffer)
        self._drop(blank.end() if blank else 0)
        end = buffer.find(b"\n", self._scan, MOST_LINE)
        if end < 0:
            self._scan = len(buffer)
            if self._scan < MOST_LINE:
                return False
            self._skip()
            return True
        if is_start(buffer[: end + 1]):
            self._in_head = True
            self._scan = end
        else:
            self._skip()
        return True

    def _head(self) -> bool:
        buffer = self._buffer
        # The empty line, LF alone included; two bytes are looked at again where it may stand across two feeds.
        at = self._scan
        while (at := buffer.find(b"\n", at)) >= 0:
            follows = buffer[at + 1 : at + 3]
            if follows[:1] == b"\n" or follows == b"\r\n":
                self._measure(at + (2 if follows[:1] == b"\n" else 3))
                return True
            if not follows or follows == b"\r":
                break
            at += 1
        self._scan = at if at >= 0 else len(buffer)
        if len(buffer) > MOST_HEAD:
            self._why = "header fields without end"
            self._emit(len(buffer), cut=True)
            self._skip()
            return True
        return False

    def _measure(self, body_at: int) -> None:
        head = bytes(self._buffer[:body_at])
        self._in_head, self._body_at, self._scan = False, body_at, body_at
        self._newline_came = True  # what the buffer holds behind the head has not been searched yet
        kind = _TYPE.search(head)
        self._type = kind[1].lower() if kind else b""
        lengths = {v.strip() for v in _LENGTH.findall(head)}
        first = lengths.pop() if len(lengths) == 1 else b""
        if re.fullmatch(rb"[0-9]{1,9}", first) and int(first) <= MOST_BODY:
            self._length = int(first)
            return
        if not lengths and not first:
            self._why = "no Content-Length"
        else:
            self._why = f"Content-Length is {first[:20].decode('latin-1')}" if first else "two Content-Lengths"
        # A message that must have a length and has none: it ends where the next one begins. Without Content-Type there
        # is nothing to look for.
        self._length = None if self._type or first or lengths else 0

    def _body(self, *, ended: bool) -> bool:
        buffer, body_at = self._buffer, self._body_at or 0
        if self._length is not None:
            end = body_at + self._length
            if len(buffer) < end and not ended:
                return False
            stop = min(end, len(buffer))
            nested = self._type.startswith(_NESTING)
            overrun = -1 if nested or stop == body_at else find_start(bytes(buffer[:stop]), body_at)
            if overrun >= 0:
                self._why = f"Content-Length {self._length} reaches into the next message"
                stop = overrun
            self._emit(stop, cut=stop < end and overrun < 0)
            return True
        return self._unmeasured(ended=ended)

    def _unmeasured(self, *, ended: bool) -> bool:
        buffer = self._buffer
        while self._newline_came and (newline := buffer.find(b"\n", self._scan)) >= 0:
            # A start line counts when the line after it has come whole and is a header field.
            after = buffer.find(b"\n", newline + 1)
            if after < 0:
                break
            line = buffer[self._scan : newline]
            found = start_in_line(line) if VERSION in line else -1
            if self._scan == self._body_at and self._type.startswith(_NESTING):
                found = -1  # a sipfrag's own status line
            if found >= 0 and is_header_line(buffer[newline + 1 : after]):
                self._emit(self._scan + found)
                return True
            self._scan = newline + 1
        if ended or len(buffer) > MOST_BODY:
            self._emit(len(buffer))
            return True
        return False

    def _resync(self) -> bool:
        """Skip to the next start line that a header field follows."""
        buffer = self._buffer
        if self._waits and not self._newline_came and len(buffer) <= 2 * MOST_LINE:
            return False
        self._waits = False
        hit = buffer.find(VERSION, self._scan)
        if hit < 0:
            # All but the line that has not ended may go.
            keep = buffer.rfind(b"\n", self._scan) + 1
            if keep == 0 and len(buffer) > MOST_LINE:
                keep = len(buffer) - len(VERSION)
            self._scan = max(len(buffer) - len(VERSION), keep)
            self._drop(keep)
            return False
        line_start = max(buffer.rfind(b"\n", 0, hit) + 1, hit - MOST_LINE)
        newline = buffer.find(b"\n", hit)
        after = buffer.find(b"\n", newline + 1) if newline >= 0 else -1
        if after < 0:
            self._drop(line_start)
            self._scan = hit - line_start
            if len(self._buffer) <= 2 * MOST_LINE:
                self._waits = True
                return False
            self._drop(len(self._buffer) - MOST_LINE)  # as much as may still turn out to be a start line
            return True
        found = start_in_line(buffer[line_start:newline])
        if found < 0 or not is_header_line(buffer[newline + 1 : after]):
            self._drop(newline + 1)
            return True
        self._drop(line_start + found)
        self._report_skipped("not SIP")
        self._in_head = True
        return True

    def _skip(self) -> None:
        if self._skipped_from is None:
            self._skipped_from = self._offset
        self._scan, self._waits = 0, False

    def _report_skipped(self, why: str) -> None:
        if self._skipped_from is not None and self._offset > self._skipped_from:
            self._pieces.append(Piece(self._skipped_from, self._offset, self._sample, "skipped", why=why))
        self._skipped_from, self._sample = None, b""

    def _emit(self, end: int, *, cut: bool = False) -> None:
        data = bytes(self._buffer[:end])
        self._pieces.append(Piece(self._offset, self._offset + end, data, cut=cut, why=self._why))
        self._drop(end)
        self._in_head, self._body_at, self._length, self._type, self._why = False, None, None, b"", ""

    def _drop(self, count: int) -> None:
        if count:
            if self._skipped_from is not None and len(self._sample) < _SAMPLE:
                self._sample += self._buffer[: min(count, _SAMPLE - len(self._sample))]
            del self._buffer[:count]
            self._offset += count
            self._scan = max(0, self._scan - count)

    def _end(self) -> None:
        while self._body_at is not None and self._body(ended=True):
            while self._step():
                pass
        if self._in_head or (self._skipped_from is None and is_start_prefix(self._buffer)):
            self._cut()
        elif self._buffer:
            self._skip()
            found = find_start(bytes(self._buffer))
            self._drop(found if found >= 0 else len(self._buffer))
            self._report_skipped("not SIP")
            if found >= 0:
                self._cut()
        self._report_skipped("not SIP")
        self._scan = 0

    def _cut(self) -> None:
        self._why = "the stream ends before the message does"
        self._emit(len(self._buffer), cut=True)

    def _take(self) -> list[Piece]:
        pieces, self._pieces = self._pieces, []
        return pieces


def is_start_prefix(data: bytes | bytearray) -> bool:
    """Whether a line that has not ended is a whole start line already."""
    return b"\n" not in data and (is_request_line(data) or is_start(data))
