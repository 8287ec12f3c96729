"""SCTP (RFC 9260): the headers of its chunks stay, SIP in them is redacted in place, all else in them is zeroed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from sipdiag.redaction.redactor import Redactor
from sipdiag.sources.captures.start import START

_COMMON, _CHUNK, _DATA_HEADER = 12, 4, 16  # octets
_CHECKSUM = slice(8, 12)
_DATA = 0
_CASTAGNOLI = 0x82F63B78  # RFC 9260, appendix A


def redact_sctp(
    data: bytearray, at: int, end: int, whole: bool, redactor: Redactor, message: Callable[[bytes], bytes]
) -> None:
    """Edit the packet `data[at:end]`. Its checksum is put right where it is `whole`, and removed where it was cut."""
    if end - at < _COMMON:
        data[at:end] = bytes(end - at)
        return
    packet = bytearray(data[at:end])
    for place in (0, 2):
        port = redactor.pseudonyms.port(int.from_bytes(packet[place : place + 2], "big"))
        packet[place : place + 2] = port.to_bytes(2, "big")
    computed = any(packet[_CHECKSUM])
    begin = _COMMON
    while begin + _CHUNK <= len(packet):
        size = int.from_bytes(packet[begin + 2 : begin + 4], "big")
        if size < _CHUNK:
            break
        header = _DATA_HEADER if packet[begin] == _DATA else _CHUNK
        inner, last = min(begin + header, len(packet)), min(begin + size, len(packet))
        if inner < last:
            packet[inner:last] = _content(bytes(packet[inner:last]), message)
        begin = last + -size % 4
        packet[last:begin] = bytes(len(packet[last:begin]))
    packet[begin:] = bytes(max(0, len(packet) - begin))
    packet[_CHECKSUM] = bytes(4)
    if computed and whole:
        packet[_CHECKSUM] = crc32c(packet).to_bytes(4, "little")
    data[at:end] = packet


def _content(content: bytes, message: Callable[[bytes], bytes]) -> bytes:
    start = START.match(content)
    if start is None:
        return bytes(len(content))
    begin = start.start("line")
    return content[:begin] + message(content[begin:])


def crc32c(data: bytes | bytearray) -> int:
    """The checksum of SCTP.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    table, value = _table(), 0xFFFFFFFF
    for octet in data:
        value = table[(value ^ octet) & 0xFF] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


@cache
def _table() -> tuple[int, ...]:
    rows = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (_CASTAGNOLI if n & 1 else 0)
        rows.append(n)
    return tuple(rows)
