"""SIP messages out of a byte stream (RFC 3261, 18.3), with the place of each in what was fed."""

from __future__ import annotations

from sipdiag.sources.captures.start import CONTENT_LENGTH, CONTENT_TYPE, RESTART, START

_LINE = 64 << 10  # octets after which a start line without an end is given up
_HEADERS = 256 << 10  # and headers without an end
_KEPT = 512  # octets by which a message that is too large to be read is known


class Framer:
    """Splits one direction of a TCP connection into SIP messages.

    The messages are those of `sip.stream.StreamReader`. This one says where in the fed octets each begins, so that a
    message can be read again from the capture instead of being kept, and makes nothing else of what it sees.

    Keep-alive line ends between messages (RFC 5626, 3.5.1) are dropped; after octets that are no SIP it looks for the
    next start line.
    """

    __slots__ = ("_limit", "_need", "_pending", "_searched", "_started", "given_up", "skipped")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._pending = bytearray()
        self._started = False  # the pending octets begin with a start line
        self._searched = 0  # what is looked for (the end of the line, or of the headers) does not begin before it
        self._need = 0  # octets of the pending message, where its headers are complete
        self.skipped = 0  # octets that belonged to no message
        self.given_up: list[tuple[str, bytes]] = []  # why a message was too large to be read, and how it begins

    @property
    def pending(self) -> bytes:
        """The beginning of a message whose end has not been fed; empty where nothing is known to have begun."""
        return bytes(self._pending) if self._started else b""

    @property
    def rest(self) -> bytes:
        """All octets that are not yet part of a whole message, whatever they turn out to be."""
        return bytes(self._pending)

    def __len__(self) -> int:
        """Octets that are kept."""
        return len(self._pending)

    def drop(self) -> bytes:
        """Forget the pending octets, because some behind them are missing; returns `pending`."""
        pending = self.pending
        self._pending = bytearray()
        self._restart()
        return pending

    def _restart(self) -> None:
        self._started, self._searched, self._need = False, 0, 0

    def feed(self, data: bytes) -> list[tuple[bytes, int]]:
        """The messages that are complete with these octets, each with its offset in them.

        The offset is -1 where the message began before them.
        """
        known = len(self._pending)
        if not known:
            found, at = self._split(data, 0)
            if at < len(data):
                self._pending += memoryview(data)[at:]
            return found
        self._pending += data
        if self._need > len(self._pending):
            return []
        found, at = self._split(self._pending, known)
        del self._pending[:at]
        return found

    def _give_up(self, why: str, data: bytes | bytearray, at: int) -> None:
        self.given_up.append((why, bytes(data[at : at + _KEPT])))

    def _split(self, data: bytes | bytearray, known: int) -> tuple[list[tuple[bytes, int]], int]:
        found: list[tuple[bytes, int]] = []
        at = 0
        while at < len(data):
            if not self._started and data[at] in b"\r\n":
                at += 1
                continue
            size = self._size(data, at)
            if size is None:
                break
            if size > 0:
                found.append((bytes(data[at : at + size]), at - known if at >= known else -1))
                at += size
            else:
                self.skipped -= size
                at -= size
            self._restart()
        return found, at

    def _size(self, data: bytes | bytearray, at: int) -> int | None:
        """Octets of the message at `at`; negative for octets to be skipped; None while that is not yet known."""
        if not self._started:
            line = data.find(b"\n", at + self._searched)
            if line < 0 and len(data) - at < _LINE:
                self._searched = len(data) - at
                return None
            if START.match(data, at) is None:
                following = RESTART.search(data, max(line, at))
                return at - (following.start("line") if following else len(data))
            self._started, self._searched = True, 0
        end, blank = data.find(b"\r\n\r\n", at + self._searched), 4
        bare = data.find(b"\n\n", at + self._searched, end if end >= 0 else len(data))
        if bare >= 0:  # lines that end with LF alone
            end, blank = bare, 2
        if end < 0:
            self._searched = max(0, len(data) - at - 3)
            if len(data) - at <= _HEADERS:
                return None
            self._give_up(f"its header fields are larger than {_HEADERS >> 10} KiB", data, at)
            return at - len(data)
        body = -1
        named = data.find(b"\r\nContent-Length: ", at, end)
        if named >= 0:
            digits = data[named + 18 : data.find(b"\r", named + 18)]
            body = int(digits) if digits.isdigit() and len(digits) < 10 else -1
        if body < 0:
            length = CONTENT_LENGTH.search(data, at, end + 2)
            body = int(length[1]) if length is not None else -1
        if body >= 0:
            pass
        else:
            # Mandatory in a stream (RFC 3261, 20.14); where it is absent, a body ends with the next start line.
            typed = CONTENT_TYPE.search(data, at, end + 2) is not None
            following = RESTART.search(data, end + blank) if typed else None
            body = (following.start("line") if following else len(data)) - end - blank if typed else 0
        size = end + blank + body - at
        if size > self._limit:
            self._give_up(f"it is larger than {self._limit >> 10} KiB", data, at)
            return at - end - blank
        self._need = size
        return size if size <= len(data) - at else None
