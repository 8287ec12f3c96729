"""Write frames as pcapng (draft-ietf-opsawg-pcapng): their octets as they are, with comments.

scapy's writer takes comments only with packets that it has dissected, and one link type per file; here several link
types stand side by side, and a frame that nobody can dissect is written like any other.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from sipdiag.dataclass import dataclass

_SECTION, _INTERFACE, _ENHANCED = 0x0A0D0D0A, 1, 6
_COMMENT, _RESOLUTION = 1, 9
_APPLICATION = 4  # of the section header
_NANOSECONDS = 9
_LONGEST_COMMENT = 0xFFFF


@dataclass(frozen=True, slots=True)
class Written:
    """A frame to be written. `time` is in epoch seconds, `link` a LINKTYPE value, `full` the octets on the wire."""

    data: bytes
    time: float
    link: int
    full: int
    comments: tuple[str, ...] = ()


def pcapng(frames: Iterable[Written], application: str) -> bytes:
    """One section, with an interface for each link type, in the order in which they come."""
    parts = [_block(_SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1), [(_APPLICATION, application.encode())])]
    interfaces: dict[int, int] = {}
    for frame in frames:
        if frame.link not in interfaces:
            interfaces[frame.link] = len(interfaces)
            parts.append(
                _block(_INTERFACE, struct.pack("<HHI", frame.link, 0, 0), [(_RESOLUTION, bytes([_NANOSECONDS]))])
            )
        ticks = max(0, round(frame.time * 1e9))
        head = struct.pack(
            "<IIIII", interfaces[frame.link], ticks >> 32 & 0xFFFFFFFF, ticks & 0xFFFFFFFF, len(frame.data), frame.full
        )
        comments = [(_COMMENT, c.encode("utf-8", "replace")[:_LONGEST_COMMENT]) for c in frame.comments]
        parts.append(_block(_ENHANCED, head + _padded(frame.data), comments))
    return b"".join(parts)


def _block(kind: int, body: bytes, options: Sequence[tuple[int, bytes]]) -> bytes:
    told = b"".join(struct.pack("<HH", code, len(value)) + _padded(value) for code, value in options)
    if told:
        told += struct.pack("<HH", 0, 0)
    size = 12 + len(body) + len(told)
    return struct.pack("<II", kind, size) + body + told + struct.pack("<I", size)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
