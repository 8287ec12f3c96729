"""HEP version 3 (EEP, Homer's encapsulation): SIP that a capture agent sent to a collector."""

from __future__ import annotations

import struct

from sipdiag.sources.captures.scene import Scene
from sipdiag.sources.captures.start import START

# Chunk types of vendor 0 (https://github.com/sipcapture/HEP, draft-hep3)
_PROTOCOL, _SOURCE4, _DESTINATION4, _SOURCE6, _DESTINATION6 = 2, 3, 4, 5, 6
_SOURCE_PORT, _DESTINATION_PORT, _PAYLOAD, _COMPRESSED = 7, 8, 15, 16
_TRANSPORTS = {17: "udp", 6: "tcp", 132: "sctp"}


MAGIC = b"HEP3"


class HepStream:
    """Splits one direction of a TCP connection to a collector into HEP packets, whose length stands behind their name."""

    def __init__(self) -> None:
        self._pending = bytearray()  # less than one packet: 64 KiB

    def feed(self, data: bytes) -> list[bytes]:
        """The packets that are complete with these octets. What begins none is dropped, up to the next one."""
        self._pending += data
        found: list[bytes] = []
        at = 0
        while (begin := self._pending.find(MAGIC, at)) >= 0:
            size = max(int.from_bytes(self._pending[begin + 4 : begin + 6], "big"), 6)
            if begin + size > len(self._pending) or begin + 6 > len(self._pending):
                at = begin
                break
            found.append(bytes(self._pending[begin : begin + size]))
            at = begin + size
        else:
            at = max(at, len(self._pending) - len(MAGIC) + 1)
        del self._pending[:at]
        return found


def read_hep(scene: Scene, data: bytes, offset: int) -> None:
    """Hand on the SIP message of a HEP packet, between the endpoints that the packet tells.

    The message keeps the time of the frame at hand: the order of one capture is that of one clock.
    """
    chunks: dict[int, bytes] = {}
    place = -1
    at = 6
    while at + 6 <= len(data):
        vendor, kind, size = struct.unpack_from("!HHH", data, at)
        if size < 6:
            break
        if vendor == 0:
            chunks.setdefault(kind, data[at + 6 : at + size])
            if kind == _PAYLOAD and place < 0:
                place = at + 6
        at += size
    payload = chunks.get(_PAYLOAD, b"")
    start = START.match(payload)
    if start is None:
        if _COMPRESSED in chunks:
            scene.problem("HEP packets with compressed payload were not read")
        return
    source, destination = (
        chunks.get(_SOURCE4) or chunks.get(_SOURCE6),
        chunks.get(_DESTINATION4) or chunks.get(_DESTINATION6),
    )
    if source is None or destination is None or len(source) not in (4, 16) or len(destination) not in (4, 16):
        scene.problem("HEP packets without addresses were not read")
        return
    begin = start.start("line")
    scene.message(
        payload[begin:],
        offset + place + begin if offset >= 0 else -1,
        (source, _number(chunks, _SOURCE_PORT), destination, _number(chunks, _DESTINATION_PORT)),
        _TRANSPORTS.get(_number(chunks, _PROTOCOL), "udp"),
        False,
    )


def _number(chunks: dict[int, bytes], kind: int) -> int:
    return int.from_bytes(chunks.get(kind, b"")[:2], "big")
