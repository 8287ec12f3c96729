"""Capture files taken apart and put together again: frames with their times and link types, and nothing else.

Comments, names of interfaces and hosts, capture filters, statistics, TLS secrets and blocks of other programs are left
out; what Wireshark numbers though it is no packet stays as an empty block, so that frame numbers stay.
"""

from __future__ import annotations

import re
import struct
from dataclasses import field

from sipdiag.dataclass import dataclass
from sipdiag.sources.captures.limits import CaptureError

_PCAP = {
    b"\xd4\xc3\xb2\xa1": ("<", 16), b"\xa1\xb2\xc3\xd4": (">", 16), b"\x4d\x3c\xb2\xa1": ("<", 16),
    b"\xa1\xb2\x3c\x4d": (">", 16), b"\x34\xcd\xb2\xa1": ("<", 24), b"\xa1\xb2\xcd\x34": (">", 24),
}  # fmt: skip
_SECTION, _INTERFACE, _PACKET, _SIMPLE, _ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6
_NUMBERED = frozenset({9, 0x204, 0x208, 0x210, 0x216, 0x217, 0x221, 0x222, 0x223, 0x224})  # as sources.captures.pcapng
_RESOLUTION, _OFFSET = 9, 14  # the options of an interface that times depend on


@dataclass(slots=True)
class Captured:
    """A frame: its number, its link type and its octets, which may be edited."""

    number: int
    link: int
    data: bytearray


@dataclass(slots=True)
class Container:
    """A capture file as pieces: octets that stay as they are, and frames with what follows them in their record."""

    frames: list[Captured] = field(default_factory=list)
    _pieces: list[bytes | tuple[Captured, bytes]] = field(default_factory=list)

    def add(self, piece: bytes) -> None:
        self._pieces.append(piece)

    def frame(self, before: bytes, frame: Captured, after: bytes) -> None:
        self._pieces += (before, (frame, after))
        self.frames.append(frame)

    def written(self) -> bytes:
        """The file, with the frames as they are now."""
        return b"".join(p if isinstance(p, bytes) else bytes(p[0].data) + p[1] for p in self._pieces)


def take_apart(data: bytes, shift: int = 0) -> Container:
    """`shift` is in seconds, and moves the time of every frame.

    Raises CaptureError where the octets are neither pcap nor pcapng.
    """
    if data[:4] in _PCAP and len(data) >= 24:
        return _pcap(data, shift)
    if data[:4] == b"\n\r\r\n":
        return _pcapng(data, shift)
    raise CaptureError("no capture in pcap or pcapng")


def _pcap(data: bytes, shift: int) -> Container:
    order, header = _PCAP[data[:4]]
    link = struct.unpack_from(order + "I", data, 20)[0] & 0x03FFFFFF
    container = Container()
    container.add(data[:8] + bytes(8) + data[16:24])
    at, number = 24, 0
    while at + header <= len(data):
        number += 1
        size = struct.unpack_from(order + "I", data, at + 8)[0]
        own = bytearray(data[at + header : at + header + size])
        time = struct.pack(order + "I", (struct.unpack_from(order + "I", data, at)[0] + shift) & 0xFFFFFFFF)
        container.frame(time + data[at + 4 : at + 16] + bytes(header - 16), Captured(number, link, own), b"")
        at += header + size
    container.add(bytes(max(0, len(data) - at)))  # a header that was cut off
    return container


def _pcapng(data: bytes, shift: int) -> Container:
    container = Container()
    order, number, at = "<", 0, 0
    links: list[int] = []
    ticks: list[int] = []  # a second, by interface
    while at + 12 <= len(data):
        if data[at : at + 4] == b"\n\r\r\n":
            order = ">" if data[at + 8 : at + 12] == b"\x1a\x2b\x3c\x4d" else "<"
            links, ticks = [], []
        kind, size = struct.unpack_from(order + "II", data, at)
        if size < 12 or size & 3:
            break
        body = data[at + 8 : at + size - 4] if at + size <= len(data) else data[at + 8 :]
        whole = at + size <= len(data)
        at += size
        if kind == _SECTION:
            container.add(_block(order, kind, body[:8] + b"\xff" * 8))
        elif kind == _INTERFACE and len(body) >= 8:
            links.append(struct.unpack_from(order + "H", body)[0])
            ticks.append(_ticks(order, body[8:]))
            container.add(_block(order, kind, body[:2] + b"\0\0" + body[4:8] + _options(order, body[8:])))
        elif kind in (_ENHANCED, _PACKET, _SIMPLE):
            if not whole:
                break
            number += 1
            fixed = 4 if kind == _SIMPLE else 20
            which = 0 if kind == _SIMPLE else struct.unpack_from(order + ("H" if kind == _PACKET else "I"), body)[0]
            room = len(body) - fixed
            captured = room if kind == _SIMPLE else struct.unpack_from(order + "I", body, 12)[0]
            if kind == _SIMPLE:
                captured = min(room, struct.unpack_from(order + "I", body)[0])
            captured = max(0, min(captured, room))
            own = bytearray(body[fixed : fixed + captured])
            rest = bytes(-captured % 4)
            total = 12 + fixed + captured + len(rest)
            if kind == _SIMPLE:  # its length is that of its block: what pads it is counted
                rest = bytes(room - captured)
                total = 12 + len(body)
            link = links[which] if which < len(links) else -1
            head = body[:fixed]
            if kind != _SIMPLE and which < len(ticks):
                high, low = struct.unpack_from(order + "II", head, 4)
                time = (high << 32 | low) + shift * ticks[which]
                head = head[:4] + struct.pack(order + "II", time >> 32 & 0xFFFFFFFF, time & 0xFFFFFFFF) + head[12:]
            before = struct.pack(order + "II", kind, total) + head
            container.frame(before, Captured(number, link, own), rest + struct.pack(order + "I", total))
        elif kind in _NUMBERED:
            number += 1
            container.add(_block(order, kind, bytes(len(body))))
    return container


def _block(order: str, kind: int, body: bytes) -> bytes:
    size = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + size + body + size


def _ticks(order: str, options: bytes) -> int:
    """How many units of an interface's times make a second: its option if_tsresol, else a million."""
    found = re.search(
        re.escape(struct.pack(order + "HH", _RESOLUTION, 1)) + b"(.)", _options(order, options), re.DOTALL
    )
    if found is None:
        return 1_000_000
    power = found[1][0]
    return 1 << (power & 0x7F) if power & 0x80 else int(10 ** min(power, 18))


def _options(order: str, options: bytes) -> bytes:
    kept, at = b"", 0
    while at + 4 <= len(options):
        code, size = struct.unpack_from(order + "HH", options, at)
        padded = size + 3 & ~3
        if code == 0:
            break
        if code in (_RESOLUTION, _OFFSET):
            kept += options[at : at + 4 + padded]
        at += 4 + padded
    return kept + bytes(4) if kept else b""
