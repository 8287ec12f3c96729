"""A whole capture: its frames one after the other, then the streams and datagrams that several of them made up."""

from __future__ import annotations

import io

from sipdiag.redaction.captures.container import take_apart
from sipdiag.redaction.captures.packets import Packets
from sipdiag.redaction.redactor import Redactor
from sipdiag.sources.captures.limits import Limits
from sipdiag.sources.captures.opening import opened

MOST = 2 << 30  # octets of a capture that are held in memory


def redact_capture(data: bytes, redactor: Redactor) -> bytes:
    """The octets of a capture in pcap or pcapng, also compressed; the result is not.

    Raises:
        CaptureError: the octets are no capture.
    """
    container = take_apart(_unpacked(data), redactor.pseudonyms.shift)
    packets = Packets(redactor)
    for frame in container.frames:
        packets.frame(frame)
    packets.finish()
    return container.written()


def _unpacked(data: bytes) -> bytes:
    if data[:2] != b"\x1f\x8b" and data[:4] != b"\x28\xb5\x2f\xfd":
        return data
    stream, _ = opened(io.BytesIO(data), Limits(), lambda _: None)
    out, buffer = bytearray(), bytearray(1 << 20)
    while len(out) < MOST and (count := stream.readinto(memoryview(buffer))):
        out += buffer[:count]
    return bytes(out)
