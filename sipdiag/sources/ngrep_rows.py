"""What `ngrep -x` prints: a line with both ends above each packet, and rows of its payload's octets, without offsets.

    U 2024/05/14 10:22:31.149511 192.0.2.10:5060 -> 198.51.100.20:5060 #3
      52 45 46 45 52 20 73 69    70 3a 32 30 30 32 40 31    REFER sip:2002@1

The layers below the payload are made again, so that segments of TCP are joined as those of a capture.
"""

from __future__ import annotations

import ipaddress
import re
import struct
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from sipdiag.raw import Endpoint
from sipdiag.sources.traces.formats.ngrep import FORMAT
from sipdiag.sources.traces.frame import FrameLine
from sipdiag.sources.traces.stamps import Stamp

_EIGHT = r"[0-9A-Fa-f]{2}(?: [0-9A-Fa-f]{2}){0,7}"
_ROW = re.compile(rf"[ \t>|]{{1,12}}(?P<left>{_EIGHT})(?: {{2,5}}(?P<right>{_EIGHT}))?(?: {{3,60}}.{{0,16}} *)?$")
_TCP_HEADER, _UDP_HEADER = struct.Struct("!HHIIBBHHH"), struct.Struct("!HHHH")
_LARGEST = 60_000  # octets of a payload


class Printed(NamedTuple):
    """One packet: the line its octets begin on, its time, and the IP packet that is made of it; empty if it is none."""

    line: int
    stamp: Stamp | None
    octets: bytes


def printed(text: str) -> Iterator[Printed]:
    """The packets of a text, in its order."""
    sequences: defaultdict[tuple[str, str], int] = defaultdict(int)
    frame: FrameLine | None = None
    payload, begun = bytearray(), 0
    for number, line in enumerate(text.splitlines(), 1):
        row = _ROW.match(line) if frame is not None and len(line) < 120 else None
        if row is not None and len(payload) < _LARGEST:
            begun = begun or number
            payload += bytes.fromhex(row["left"])
            if row["right"] and row["left"].count(" ") == 7:
                payload += bytes.fromhex(row["right"])
            continue
        told = FORMAT.read(line) if "->" in line and len(line) < 200 else None
        if frame is not None and payload:
            yield Printed(begun, frame.stamp, _packet(frame, bytes(payload), sequences))
            payload, begun, frame = bytearray(), 0, None
        frame = told or frame
    if frame is not None and payload:
        yield Printed(begun, frame.stamp, _packet(frame, bytes(payload), sequences))


def _packet(frame: FrameLine, payload: bytes, sequences: defaultdict[tuple[str, str], int]) -> bytes:
    source, destination = frame.source, frame.destination
    if source is None or destination is None or source.port is None or destination.port is None:
        return b""
    if frame.transport == "tcp":
        ends = str(source), str(destination)
        header = _TCP_HEADER.pack(source.port, destination.port, sequences[ends] & 0xFFFFFFFF, 0, 0x50, 0x18, 0, 0, 0)
        sequences[ends] += len(payload)
        return _ip(6, source, destination, header + payload)
    header = _UDP_HEADER.pack(source.port, destination.port, 8 + len(payload), 0)
    return _ip(17, source, destination, header + payload)


def _ip(protocol: int, source: Endpoint, destination: Endpoint, data: bytes) -> bytes:
    try:
        one, other = ipaddress.ip_address(source.host), ipaddress.ip_address(destination.host)
    except ValueError:
        return b""
    if one.version != other.version or len(data) > 65_000:
        return b""
    ends = one.packed + other.packed
    if one.version == 6:
        return struct.pack("!IHBB", 6 << 28, len(data), protocol, 64) + ends + data
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(data), 0, 0, 64, protocol, 0) + ends + data
