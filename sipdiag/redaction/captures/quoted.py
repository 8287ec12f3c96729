"""ICMP: errors keep what they quote, redacted as the packet itself was; all other messages are emptied."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import TypeAlias

from sipdiag.redaction.captures import checksums
from sipdiag.redaction.redactor import Redactor
from sipdiag.sources.captures.start import START

# Source, port, destination, port -> what was sent there over UDP, before and after.
Sent: TypeAlias = dict[tuple[bytes, int, bytes, int], list[tuple[bytes, bytes]]]
_UDP, _TCP = 17, 6


def redact_icmp(
    six: bool, data: bytearray, at: int, end: int, redactor: Redactor, sent: Sent, message: Callable[[bytes], bytes]
) -> None:
    """Edit the ICMP message `data[at:end]`; its checksum is put right by the caller."""
    if end - at < 8 or data[at] not in ((1, 2, 3) if six else (3, 11)):
        data[min(at + 4, end) : end] = bytes(max(0, end - at - 4))
        return
    inner = at + 8
    if end - inner >= 20 and data[inner] >> 4 == 4:
        header, protocol, size = min((data[inner] & 15) * 4, end - inner), data[inner + 9], 4
        begin = inner + 12
        later = int.from_bytes(data[inner + 6 : inner + 8], "big") & 0x1FFF
    elif end - inner >= 40 and data[inner] >> 4 == 6:
        header, protocol, size, begin, later = 40, data[inner + 6], 16, inner + 8, 0
    else:
        data[inner:end] = bytes(end - inner)
        return
    source, destination = bytes(data[begin : begin + size]), bytes(data[begin + size : begin + 2 * size])
    data[begin : begin + size] = redactor.pseudonyms.packed(source)
    data[begin + size : begin + 2 * size] = redactor.pseudonyms.packed(destination)
    if size == 4:
        data[inner + 20 : inner + header] = bytes(max(0, header - 20))
        checksums.ipv4_header(data, inner, header)
    place = inner + header
    if later or protocol not in (_UDP, _TCP) or end - place < 8:
        data[place:end] = bytes(max(0, end - place))
        return
    sport, dport = struct.unpack_from("!HH", data, place)
    struct.pack_into("!HH", data, place, redactor.pseudonyms.port(sport), redactor.pseudonyms.port(dport))
    if protocol == _UDP:
        data[place + 6 : place + 8] = b"\0\0"
        payload = place + 8
    else:
        payload = min(end, place + ((data[place + 12] >> 4) * 4 if end - place > 12 else 20))
        if end - place >= 18:
            data[place + 16 : place + 18] = b"\0\0"
        data[place + 20 : payload] = bytes(max(0, payload - place - 20))
    quoted = bytes(data[payload:end])
    done = next(
        (
            new[: len(quoted)]
            for old, new in reversed(sent.get((source, sport, destination, dport), []))
            if old.startswith(quoted)
        ),
        None,
    )
    if done is None:
        start = START.match(quoted)
        done = quoted[: start.start("line")] + message(quoted[start.start("line") :]) if start else bytes(len(quoted))
    data[payload:end] = done
