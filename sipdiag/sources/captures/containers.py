"""The frames of a capture, whichever of the two containers holds them: classic pcap or pcapng."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.sources.captures.frames import RawFrame, Report
from sipdiag.sources.captures.limits import CaptureError, Limits
from sipdiag.sources.captures.pcap import is_pcap, pcap_frames
from sipdiag.sources.captures.pcapng import is_pcapng, pcapng_frames
from sipdiag.sources.captures.skip import Skipper
from sipdiag.sources.captures.window import Window

# Formats that others can turn into one of ours (wiretap/file_access.c).
_FOREIGN = {
    b"snoop\0\0\0": "a snoop capture",
    b"GMBU": "a Microsoft Network Monitor capture",
    b"RTSS": "a Microsoft Network Monitor capture",
    b"XCP\0": "a NetXray capture",
    b"TRSN": "a Sniffer capture",
}


def frames_in(
    window: Window, limits: Limits, report: Report, skipper: Skipper, secrets: list[bytes]
) -> Iterator[RawFrame]:
    """The frames in their order, from the beginning of a file; TLS key logs found in it are appended to `secrets`.

    Raises CaptureError at once where it is neither container, and says what else it is where that is known.
    """
    window.fill(16)
    start = window.take(0, min(16, window.end))
    if is_pcap(start):
        return pcap_frames(window, limits, report, skipper)
    if is_pcapng(start):
        return pcapng_frames(window, limits, report, skipper, secrets)
    raise CaptureError(_not_a_capture(start))


def _not_a_capture(start: bytes) -> str:
    if not start:
        return "the file is empty"
    for magic, name in _FOREIGN.items():
        if start.startswith(magic):
            return f"{name}; turn it into pcapng with: editcap IN OUT.pcapng"
    return f"no capture: it begins with {start[:8]!r}"
