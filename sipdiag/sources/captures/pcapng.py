"""The pcapng capture file format (draft-ietf-opsawg-pcapng): sections, interfaces, packets, secrets."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from sipdiag.sources.captures.frames import RawFrame, Report
from sipdiag.sources.captures.limits import CaptureError, Limits
from sipdiag.sources.captures.skip import Skipper
from sipdiag.sources.captures.window import Window

SECTION = 0x0A0D0D0A
_INTERFACE, _PACKET, _SIMPLE, _ENHANCED, _SECRETS = 1, 2, 3, 6, 10
# Blocks that are no packets, to which Wireshark gives frame numbers nevertheless: systemd journal entries and the
# system calls of Sysdig (wiretap/pcapng.c, the blocks that are not "internal").
_NUMBERED = frozenset({9, 0x204, 0x208, 0x210, 0x216, 0x217, 0x221, 0x222, 0x223, 0x224})
_TLS_KEY_LOG = 0x544C534B
_END_OF_OPTIONS, _IF_NAME, _IF_RESOLUTION, _IF_OFFSET = 0, 2, 9, 14


@dataclass(frozen=True, slots=True)
class _Interface:
    link: int
    snap: int
    ticks_per_second: float
    offset: int
    name: str | None


def is_pcapng(start: bytes) -> bool:
    """Whether a file that begins with these octets is a pcapng capture."""
    return start[:4] == b"\n\r\r\n"


def pcapng_frames(
    window: Window, limits: Limits, report: Report, skipper: Skipper, secrets: list[bytes]
) -> Iterator[RawFrame]:
    """The frames of a pcapng file in their order; TLS key logs found inside are appended to `secrets`.

    Raises CaptureError where the first section header is not readable.
    """
    order, number = "", 0
    interfaces: list[_Interface] = []
    words = struct.Struct("<II").unpack_from
    packet = struct.Struct("<IIIII").unpack_from
    while window.fill(12):
        data, at = window.data, window.at
        if data[at : at + 4] == b"\n\r\r\n":
            order = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}.get(window.take(at + 8, 4), "")
            if not order:
                if not number:
                    raise CaptureError("the section header of the pcapng file is damaged")
                report(f"a section header after frame {number} is damaged; what follows it was not read")
                return
            interfaces = []
            words, packet = struct.Struct(order + "II").unpack_from, struct.Struct(order + "IIIII").unpack_from
            skipper.restart(re.escape(struct.pack(order + "I", _ENHANCED)))
        kind, size = words(data, at)
        if size < 12 or size & 3 or size > limits.frame:
            report(f"a block after frame {number} claims {size} octets; what follows it was not read")
            return
        if not window.fill(size):
            break
        data, at, base = window.data, window.at, window.base
        window.at = at + size
        body = size - 12
        if kind == _ENHANCED and body >= 20:
            which, high, low, captured, full = packet(data, at + 8)
            start, room = at + 28, body - 20
        elif kind == _PACKET and body >= 20:
            which, high, low, captured, full = packet(data, at + 8)
            which, start, room = struct.unpack_from(order + "H", data, at + 8)[0], at + 28, body - 20
        elif kind == _SIMPLE and body >= 4:
            which, high, low, start, room = 0, 0, 0, at + 12, body - 4
            full = words(data, at + 8)[0]
            captured = min(full, room, (interfaces[0].snap if interfaces else 0) or full)
        else:
            if kind == _INTERFACE and body >= 8:
                interfaces.append(_interface(order, window.take(at + 8, body)))
            elif kind == _SECRETS and body >= 8:
                what, length = words(data, at + 8)
                if what == _TLS_KEY_LOG:
                    secrets.append(window.take(at + 16, min(length, body - 8)))
            number += kind in _NUMBERED
            continue
        number += 1
        if which >= len(interfaces) or captured > room:
            report(
                f"frame {number} is damaged: " + ("its interface is not described" if captured <= room else "too long")
            )
            continue
        face = interfaces[which]
        when = 0.0 if kind == _SIMPLE else (high << 32 | low) / face.ticks_per_second + face.offset
        yield number, when, face.link, window.take(start, captured), full, base + start, face.name
        if skipper.kind is None:
            pass
        elif kind != _ENHANCED:
            skipper.kind = None
        else:
            interface, total, length = (re.escape(struct.pack(order + "I", n)) for n in (which, size, captured))
            skipper.learn(
                b".{4}" + interface + b".{16}" + skipper.kind, total + b".{12}" + length + b".{%d}" % (size - 24)
            )
        if skipper.ready:
            window.at, number = skipper.skip(data, window.at, window.end, number)
    if not order:
        raise CaptureError("the capture is cut off in its section header")
    if window.end > window.at:
        report(f"the capture is cut off after frame {number}")


def _interface(order: str, body: bytes) -> _Interface:
    """An Interface Description Block; options that are not understood keep their defaults."""
    link, _, snap = struct.unpack_from(order + "HHI", body)
    ticks, offset, name = 1e6, 0, None
    at = 8
    while at + 4 <= len(body):
        code, size = struct.unpack_from(order + "HH", body, at)
        value = body[at + 4 : at + 4 + size]
        at += 4 + (size + 3 & ~3)
        if code == _END_OF_OPTIONS:
            break
        if code == _IF_NAME:
            name = value.decode("utf-8", "replace").rstrip("\0") or None
        elif code == _IF_RESOLUTION and value:
            # The most significant bit tells a negative power of 2 from one of 10.
            ticks = float(2 ** (value[0] & 0x7F)) if value[0] & 0x80 else 10.0 ** value[0]
        elif code == _IF_OFFSET and len(value) == 8:
            offset = struct.unpack(order + "q", value)[0]
    return _Interface(link, snap, ticks, offset, name)
