"""Packets pasted as a dump of their octets: tcpdump -x, -X and -XX, tshark -x, Wireshark's hex dump, xxd, hexdump -C,
ngrep -x.

The octets are put together to packets again and read as a capture is, so that fragments and TCP streams are joined as
ever. What a paste does not tell stays unknown: without a clock above the packets, nothing has a time.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from sipdiag.places import Frame
from sipdiag.raw import Wire
from sipdiag.sources.captures import CaptureError, read_capture
from sipdiag.sources.dumped import has_rows
from sipdiag.sources.ngrep_rows import Printed, printed
from sipdiag.sources.traces.lines import decoded
from sipdiag.sources.traces.stamps import Stamp, dated, line_stamp, read_stamp

FORMAT = "hex-dump"

# A row: an offset, the octets in twos or fours, and a column of characters behind a gap or a bar.
ROW = re.compile(r"[ \t>|]{0,12}(?:0x)?(?P<offset>[0-9A-Fa-f]{4,8}):?[ \t]{1,4}(?P<octets>[0-9A-Fa-f]{2}.{0,160})$")
_COLUMN = re.compile(r"[ \t]{3,}|\|")
_GROUP = re.compile(r"(?:[0-9A-Fa-f]{2}){1,2}(?=[ \t]|$)")
_WIDEST = 16  # octets of a row
_LARGEST = 256 * 1024  # octets of a packet
_MOST = 100_000  # packets of one paste
_LATEST = 1 << 32  # seconds of the epoch that a capture can tell
_RAW_IP = 101  # LINKTYPE_RAW
_ETHERTYPES = (b"\x08\x00", b"\x86\xdd")

T = TypeVar("T")


def read_dump(data: bytes, input_id: str) -> Wire | None:
    """What the packets of a dump hold, each placed at the line its octets begin on; None where no SIP is in them."""
    text = decoded(data)
    dumped = (list(_packets(text)) or list(printed(text))) if has_rows(text) else []
    if not dumped:
        return None
    times = dated([packet.stamp for packet in dumped])
    known = all(time is not None and 0 <= time < _LATEST for time in times)
    capture = io.BytesIO()
    capture.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, _LARGEST, _RAW_IP))
    for packet, time in zip(dumped, times, strict=True):
        seconds = (time or 0.0) if known else 0.0
        head = struct.pack(
            "<IIII", int(seconds), round(seconds % 1 * 1e6) % 1_000_000, len(packet.octets), len(packet.octets)
        )
        capture.write(head + packet.octets)
    capture.seek(0)
    try:
        wire = read_capture(capture, input_id)
    except CaptureError:
        return None
    if not wire.packets:
        return None

    def placed(frame: Frame) -> Frame:
        line = dumped[frame.number - 1].line if frame.number and frame.number <= len(dumped) else None
        return Frame(frame.input, time=frame.time if known else None, line=line)

    wire = _with_frames(wire, placed)
    return wire if known else replace(wire, first_time=None, last_time=None)


def _packets(text: str) -> Iterator[Printed]:
    octets, begun, stamp, heading, count = bytearray(), 0, None, None, 0
    for number, line in enumerate(text.splitlines(), 1):
        row = ROW.match(line) if len(line) < 300 else None
        offset = int(row["offset"], 16) if row is not None else None
        if row is None or offset is None:
            if octets and line.strip():  # what heads the next packet
                yield Printed(begun, stamp, _ip_packet(bytes(octets)))
                octets, count = bytearray(), count + 1
            heading = _clock(line) or heading
        elif offset == 0:
            if octets:
                yield Printed(begun, stamp, _ip_packet(bytes(octets)))
                count += 1
            octets, begun, stamp, heading = bytearray(octets_of_row(row["octets"])), number, heading, None
        elif octets and offset == len(octets) and offset < _LARGEST:
            octets += octets_of_row(row["octets"])
        if count >= _MOST:
            return
    if octets:
        yield Printed(begun, stamp, _ip_packet(bytes(octets)))


def _clock(line: str) -> Stamp | None:
    return read_stamp(line[:200]) if "Time" in line[:60] else line_stamp(line)


def octets_of_row(columns: str) -> bytes:
    """The octets of a row, without the characters beside them.

    >>> octets_of_row("4500 0475  E..u"), octets_of_row("45 00 04 75 0a   E..u."), octets_of_row("5349 5020 6162            SIP ab")
    (b'E\\x00\\x04u', b'E\\x00\\x04u\\n', b'SIP ab')
    >>> octets_of_row("53 49 50 2f 32 2e 30 20  32 30 30 20  |SIP/2.0 200 |")
    b'SIP/2.0 200 '
    """
    found = bytearray()
    column = _COLUMN.split(columns, maxsplit=1)[0]
    at = 0
    while len(found) < _WIDEST and (group := _GROUP.match(column, at)) is not None:
        found += bytes.fromhex(group[0])
        gap = len(column) - len(column[group.end() :].lstrip(" \t")) - group.end()
        at = group.end() + gap
        if gap > 1 and len(found) != _WIDEST // 2:  # the middle of a row of hexdump -C; elsewhere its end
            break
    return bytes(found)


def _ip_packet(frame: bytes) -> bytes:
    """The IP packet in a frame of whatever link it was taken from: bare, Ethernet, Linux cooked, loopback; empty if none."""
    for at in (0, 14, 18, 16, 20, 4):
        kind = frame[at : at + 1]
        tagged = at < 14 or at == 20 or frame[at - 2 : at] in _ETHERTYPES
        cooked = at != 20 or frame[:2] in _ETHERTYPES
        if not (kind and tagged and cooked):
            continue
        if kind[0] >> 4 == 4 and kind[0] & 15 >= 5 and 20 <= int.from_bytes(frame[at + 2 : at + 4]) <= len(frame) - at:
            return frame[at : at + int.from_bytes(frame[at + 2 : at + 4])]
        if kind[0] >> 4 == 6 and int.from_bytes(frame[at + 4 : at + 6]) + 40 <= len(frame) - at:
            return frame[at : at + 40 + int.from_bytes(frame[at + 4 : at + 6])]
    return b""


def _with_frames(value: T, change: Any) -> T:
    """A value with every `Frame` in it changed."""
    changed: Any = value
    if isinstance(value, Frame):
        changed = change(value)
    elif isinstance(value, tuple):
        changed = tuple(_with_frames(part, change) for part in value)
    elif is_dataclass(value) and not isinstance(value, type):
        new = {f.name: _with_frames(getattr(value, f.name), change) for f in fields(value)}
        changed = replace(value, **new)
    result: T = changed
    return result
