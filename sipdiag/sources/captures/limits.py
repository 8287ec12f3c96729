"""How much of a hostile capture is kept, and the one error that reading a capture raises."""

from __future__ import annotations

from dataclasses import dataclass


class CaptureError(Exception):
    """The input is no capture, or nothing of it can be read; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one capture; what goes beyond them is dropped and told in `Wire.problems`. Sizes are in octets."""

    frame: int = 16 << 20  # one record of the file
    flow_buffer: int = 1 << 20  # TCP segments of one direction that wait for a missing one
    total_buffer: int = 64 << 20  # all waiting segments and fragments together
    flows: int = 100_000  # TCP connections followed at the same time
    connections: int = 20_000  # TCP connections reported
    datagrams: int = 4_096  # IP datagrams whose fragments are incomplete at the same time
    messages: int = 4_000_000  # SIP messages indexed
    calls: int = 200_000  # Call-IDs told apart
    all_below: int = 8_000  # messages, or messages of calls, up to which all are handed on (see `read_capture`)
    spool: int = 4 << 30  # messages kept in a temporary file, because they cannot be read again from the input
    expansion: int = 300  # octets out of a compressed input for each octet in
    events: int = 10_000  # ICMP errors, losses and media flows reported, of each kind
