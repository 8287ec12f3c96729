"""RTP as an audio call sends it: a packet each 20 ms, to stand in a capture beside SIP."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from sipdiag.raw import Endpoint
from tests.support.sent import Sent

_EVERY = 0.02  # seconds
_PAYLOAD = bytes(160)  # 20 ms of PCMU


def talk(source: Endpoint, destination: Endpoint, begin: float, end: float, ssrc: int = 1) -> Iterator[Sent]:
    """The packets of one direction, from one time to another (RFC 3550 5.1: version 2, payload type 0)."""
    for n in range(round((end - begin) / _EVERY)):
        header = struct.pack(">BBHII", 0x80, 0, n & 0xFFFF, n * len(_PAYLOAD), ssrc)
        yield Sent(begin + n * _EVERY, source, destination, "udp", header + _PAYLOAD)
