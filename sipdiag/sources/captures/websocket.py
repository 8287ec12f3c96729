"""SIP over WebSocket (RFC 7118): messages out of frames (RFC 6455, 5.2)."""

from __future__ import annotations

from sipdiag.sources.captures.start import START


def frame_header(data: bytes | bytearray, at: int) -> tuple[int, int, int] | None:
    """Octets before the payload, of the payload, and place of the mask (0: none); None while that is not yet known."""
    if len(data) < at + 2:
        return None
    size, place = data[at + 1] & 0x7F, 2
    if size >= 126:
        width = 2 if size == 126 else 8
        if len(data) < at + 2 + width:
            return None
        size, place = int.from_bytes(data[at + 2 : at + 2 + width], "big"), 2 + width
    if data[at + 1] & 0x80:
        return (place + 4, size, place) if len(data) >= at + place + 4 else None
    return place, size, 0


def unmask(payload: bytes, mask: bytes) -> bytes:
    """Each octet XOR the octet of the mask in its turn (RFC 6455, 5.3), as one large number."""
    size = len(payload)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")


def looks_like_websocket(data: bytes) -> bool:
    """Whether a segment begins with a data frame that holds a SIP start line; also in the midst of a connection."""
    if data[0] & 0x0F not in (1, 2):
        return False
    header = frame_header(data, 0)
    if header is None:
        return False
    before, size, mask = header
    payload = data[before : min(before + size, before + 65536)]
    return START.match(unmask(payload, data[mask : mask + 4]) if mask else payload) is not None


class WebSocket:
    """One direction of a WebSocket connection."""

    __slots__ = ("_limit", "_message", "_pending", "_skip")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._pending = bytearray()
        self._message = bytearray()  # fragments of a message so far
        self._skip = 0  # octets of a frame that is too long to be kept

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are complete with these octets."""
        skipped = min(self._skip, len(data))
        self._skip -= skipped
        self._pending += memoryview(data)[skipped:]
        messages: list[bytes] = []
        at = 0
        while (header := frame_header(self._pending, at)) is not None:
            before, size, mask = header
            if size > self._limit:
                self._skip = max(0, before + size - (len(self._pending) - at))
                at = min(len(self._pending), at + before + size)
                self._message.clear()
                continue
            if len(self._pending) < at + before + size:
                break
            payload = bytes(self._pending[at + before : at + before + size])
            if mask:
                payload = unmask(payload, bytes(self._pending[at + mask : at + mask + 4]))
            first = self._pending[at]
            if not first & 0x08:  # control frames may stand between the fragments of a message
                if len(self._message) + size <= self._limit:
                    self._message += payload
                if first & 0x80:
                    messages.append(bytes(self._message))
                    self._message.clear()
            at += before + size
        del self._pending[:at]
        return messages
