"""HEP version 3: the SIP message and the addresses inside; what else an agent tells of itself is zeroed."""

from __future__ import annotations

import struct
from collections.abc import Callable

from sipdiag.redaction.redactor import Redactor
from sipdiag.sources.captures.hep import MAGIC
from sipdiag.sources.captures.start import START

# Chunk types of vendor 0 (https://github.com/sipcapture/HEP): family, protocol, ports, times, kind of payload.
_KEPT = frozenset({1, 2, 7, 8, 9, 10, 11})
_ADDRESSES = frozenset({3, 4, 5, 6})
_PORTS = frozenset({7, 8})
_PAYLOAD = 15
_HEADER = 6  # octets: the name, and the length of all
_SECONDS = 9  # since 1970


def redact_hep_stream(octets: bytes, redactor: Redactor, message: Callable[[bytes], bytes]) -> bytes:
    """One direction of a TCP connection to a collector, from the beginning of a packet; what is between packets goes."""
    out = bytearray(len(octets))
    at = 0
    while (begin := octets.find(MAGIC, at)) >= 0:
        end = begin + max(int.from_bytes(octets[begin + 4 : begin + 6], "big"), _HEADER)
        at = min(end, len(octets))
        out[begin:at] = redact_hep(octets[begin:at], redactor, message)
    return bytes(out)


def redact_hep(body: bytes, redactor: Redactor, message: Callable[[bytes], bytes]) -> bytes:
    """One packet, its chunks of the lengths that they had; what lies behind the last whole one is zeroed."""
    out = bytearray(body)
    at = _HEADER
    while at + 6 <= len(body):
        vendor, kind, size = struct.unpack_from("!HHH", body, at)
        if size < 6:
            break
        content = body[at + 6 : at + size]
        start = START.match(content) if kind == _PAYLOAD else None
        done = bytes(len(content))
        if vendor == 0 and kind in _KEPT:
            done = content
            if kind == _SECONDS and len(content) == 4:
                seconds = int.from_bytes(content, "big") + redactor.pseudonyms.shift
                done = (seconds & 0xFFFFFFFF).to_bytes(4, "big")
            elif kind in _PORTS and len(content) == 2:
                done = redactor.pseudonyms.port(int.from_bytes(content, "big")).to_bytes(2, "big")
        elif vendor == 0 and kind in _ADDRESSES:
            done = redactor.pseudonyms.packed(content)
        elif vendor == 0 and start is not None:
            begin = start.start("line")
            done = content[:begin] + message(content[begin:])
        out[at + 6 : at + 6 + len(content)] = done
        at += size
    out[min(at, len(out)) :] = bytes(max(0, len(out) - at))
    return bytes(out)
