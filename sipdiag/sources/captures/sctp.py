"""SIP over SCTP (RFC 4168): the user messages in the DATA chunks of a packet (RFC 9260, 3.3.1)."""

from __future__ import annotations

from sipdiag.sources.captures.scene import Scene
from sipdiag.sources.captures.start import START

_COMMON, _DATA_HEADER = 12, 16  # octets
_DATA, _WHOLE = 0, 3  # type of the chunk; flags of its beginning and its end


def read_sctp(scene: Scene, data: bytes, at: int, stop: int, offset: int, source: bytes, destination: bytes) -> None:
    """Hand on the messages of a packet. One that is divided over several chunks is only said to be there."""
    sport, dport = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
    end = min(stop, len(data))
    at += _COMMON
    while at + 4 <= end:
        kind, flags, size = data[at], data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if size < 4:
            return
        start = START.match(data, at + _DATA_HEADER, min(at + size, end)) if kind == _DATA else None
        if start is not None and flags & _WHOLE != _WHOLE:
            scene.problem("SIP messages that are divided over several SCTP chunks were not read; try --reader tshark")
        elif start is not None:
            begin = start.start("line")
            place = offset + begin if offset >= 0 else -1
            message = data[begin : min(at + size, end)]
            scene.message(message, place, (source, sport, destination, dport), "sctp", at + size > end)
        at += size + -size % 4
