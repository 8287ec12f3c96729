"""Captures (pcap, pcapng) -> `Wire`: SIP found by its start line on any port, under any link and tunnel."""

from sipdiag.sources.captures.limits import CaptureError, Limits
from sipdiag.sources.captures.reader import read_capture

__all__ = ["CaptureError", "Limits", "read_capture"]
