"""The classic capture file format (draft-ietf-opsawg-pcap), with its common variants."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from sipdiag.sources.captures.frames import RawFrame, Report
from sipdiag.sources.captures.limits import CaptureError, Limits
from sipdiag.sources.captures.skip import Skipper
from sipdiag.sources.captures.window import Window

# magic -> byte order, ticks per second, octets of a record header.
# a1b2cd34 is the "modified" format of some old Linux distributions: 8 octets more in each record header.
_KINDS = {
    b"\xd4\xc3\xb2\xa1": ("<", 1e6, 16),
    b"\xa1\xb2\xc3\xd4": (">", 1e6, 16),
    b"\x4d\x3c\xb2\xa1": ("<", 1e9, 16),
    b"\xa1\xb2\x3c\x4d": (">", 1e9, 16),
    b"\x34\xcd\xb2\xa1": ("<", 1e6, 24),
    b"\xa1\xb2\xcd\x34": (">", 1e6, 24),
}


def is_pcap(start: bytes) -> bool:
    """Whether a file that begins with these octets is a classic capture."""
    return start[:4] in _KINDS


def pcap_frames(window: Window, limits: Limits, report: Report, skipper: Skipper) -> Iterator[RawFrame]:
    """The frames of a classic capture file in their order.

    Raises CaptureError where the file header is cut off.
    """
    if not window.fill(24):
        raise CaptureError("the capture is cut off in its file header")
    order, ticks_per_second, header = _KINDS[window.take(window.at, 4)]
    # The upper bits tell whether frames end with their checksum (FCS), which lies behind the IP datagram.
    link = struct.unpack_from(order + "I", window.data, window.at + 20)[0] & 0x03FFFFFF
    window.at += 24
    unpack = struct.Struct(order + "IIII").unpack_from
    # Octets 8 to 11 of a record header are the length, which the skipper takes literally.
    skipper.restart(b".{8}")
    before_frame = b".{%d}" % (header - 8)
    lengths: dict[int, bytes] = {}
    number = 0
    while window.fill(header):
        seconds, ticks, size, full = unpack(window.data, window.at)
        if size > limits.frame:
            report(f"frame {number + 1} claims {size} octets; what follows it was not read")
            return
        if not window.fill(header + size):
            break
        # The records that are whole in the window, without looking for more input in between.
        data, at, end, base, take = window.data, window.at, window.end, window.base, window.take
        while True:
            start = at + header
            number += 1
            at = start + size
            yield number, seconds + ticks / ticks_per_second, link, take(start, size), full, base + start, None
            if skipper.kind is not None:
                length = lengths.get(size)
                if length is None:
                    length = re.escape(struct.pack(order + "I", size)) + b".{%d}" % (header - 12 + size)
                    lengths[size] = length
                skipper.learn(before_frame + skipper.kind, length)
            if skipper.ready:
                at, number = skipper.skip(data, at, end, number)
            if end - at < header:
                break
            seconds, ticks, size, full = unpack(data, at)
            if size > end - at - header:
                break
        window.at = at
    if window.end > window.at:
        report(f"the capture is cut off in frame {number + 1}")
