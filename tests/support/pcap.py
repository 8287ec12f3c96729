"""Write messages as a capture: UDP datagrams or TCP segments over IPv4 and Ethernet."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from ipaddress import IPv4Address

from sipdiag.raw import Endpoint
from tests.support.sent import Sent


def pcap(messages: Iterable[Sent]) -> bytes:
    """A capture (libpcap, microseconds, Ethernet) of messages over IPv4: UDP datagrams, or TCP segments in sequence.

    TLS and WebSocket are not written; their messages go out as plain TCP. Checksums are right, handshakes are absent.
    """
    out = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)]
    sequence: dict[tuple[Endpoint, Endpoint], int] = {}
    for message in messages:
        ends = message.source, message.destination
        if message.transport == "udp":
            packet = _ip(message, 17, _udp(message))
        else:
            begin = sequence.setdefault(ends, 1_000)
            packet = _ip(message, 6, _tcp(message, begin, sequence.get(ends[::-1], 1_000)))
            sequence[ends] = begin + len(message.data)
        frame = bytes.fromhex("020000000002020000000001 0800") + packet
        seconds, microseconds = divmod(round(message.time * 1e6), 1_000_000)
        out += [struct.pack("<IIII", seconds, microseconds, len(frame), len(frame)), frame]
    return b"".join(out)


def _checksum(data: bytes) -> int:
    padded = data + b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _addresses(message: Sent) -> bytes:
    return IPv4Address(message.source.host).packed + IPv4Address(message.destination.host).packed


def _ip(message: Sent, protocol: int, payload: bytes) -> bytes:
    start = struct.pack(">BBHHHBB", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol)
    checksum = _checksum(start + b"\0\0" + _addresses(message))
    return start + struct.pack(">H", checksum) + _addresses(message) + payload


def _with_checksum(message: Sent, protocol: int, header: bytes, at: int) -> bytes:
    pseudo = _addresses(message) + struct.pack(">BBH", 0, protocol, len(header) + len(message.data))
    checksum = _checksum(pseudo + header + message.data) or 0xFFFF
    return header[:at] + struct.pack(">H", checksum) + header[at + 2 :] + message.data


def _udp(message: Sent) -> bytes:
    ports = message.source.port or 5060, message.destination.port or 5060
    return _with_checksum(message, 17, struct.pack(">HHHH", *ports, 8 + len(message.data), 0), 6)


def _tcp(message: Sent, sequence: int, acknowledged: int) -> bytes:
    ports = message.source.port or 5060, message.destination.port or 5060
    header = struct.pack(">HHIIBBHHH", *ports, sequence, acknowledged, 5 << 4, 0x18, 65_535, 0, 0)
    return _with_checksum(message, 6, header, 16)
