"""SIP over WebSocket (RFC 7118): messages redacted in their frames, masked as they were."""

from __future__ import annotations

from collections.abc import Callable

from sipdiag.sources.captures.start import START
from sipdiag.sources.captures.websocket import frame_header, unmask


def redact_websocket(octets: bytes, message: Callable[[bytes], bytes]) -> bytes:
    """The same frames with redacted SIP in them; any other payload is zeroed."""
    out = bytearray(octets)
    at = 0
    pieces: list[tuple[int, int, bytes]] = []  # begin, end and mask of the frames of one message
    while (header := frame_header(octets, at)) is not None:
        before, size, place = header
        begin, end = at + before, min(at + before + size, len(octets))
        mask = octets[at + place : at + place + 4] if place else b""
        if octets[at] & 0x08:
            _write(out, [(begin, end, mask)], bytes(end - begin))
        else:
            pieces.append((begin, end, mask))
            if octets[at] & 0x80:
                _message(octets, out, pieces, message)
                pieces = []
        at += before + size
    if pieces:
        _message(octets, out, pieces, message)
    out[min(at, len(out)) :] = bytes(max(0, len(out) - at))
    return bytes(out)


def _message(
    octets: bytes, out: bytearray, pieces: list[tuple[int, int, bytes]], message: Callable[[bytes], bytes]
) -> None:
    plain = b"".join(unmask(octets[b:e], m) if m else octets[b:e] for b, e, m in pieces)
    quiet = not plain.strip(b"\r\n")
    _write(out, pieces, message(plain) if START.match(plain) else plain if quiet else bytes(len(plain)))


def _write(out: bytearray, pieces: list[tuple[int, int, bytes]], plain: bytes) -> None:
    at = 0
    for begin, end, mask in pieces:
        part = plain[at : at + end - begin]
        out[begin:end] = unmask(part, mask) if mask and part else part
        at += end - begin
