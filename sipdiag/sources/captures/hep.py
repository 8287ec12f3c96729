"""HEP version 3 (EEP, Homer's encapsulation): SIP that a capture agent sent to a collector."""

from __future__ import annotations

import struct

from sipdiag.sources.captures.scene import Scene
from sipdiag.sources.captures.start import START

# Chunk types of vendor 0 (https://github.com/sipcapture/HEP, draft-hep3)
_PROTOCOL, _SOURCE4, _DESTINATION4, _SOURCE6, _DESTINATION6 = 2, 3, 4, 5, 6
_SOURCE_PORT, _DESTINATION_PORT, _PAYLOAD, _COMPRESSED = 7, 8, 15, 16
_TRANSPORTS = {17: "udp", 6: "tcp", 132: "sctp"}


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
