"""Checksums of IP, UDP, TCP and ICMP (RFC 1071), and their correction where a packet was cut off (RFC 1624)."""

from __future__ import annotations

import struct

UDP, TCP, ICMP, ICMP6 = 17, 6, 1, 58
_PLACES = {UDP: 6, TCP: 16, ICMP: 2, ICMP6: 2}


def added(data: bytes | bytearray | memoryview) -> int:
    """The one's complement sum of 16-bit words."""
    padded = bytes(data) + b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def ipv4_header(data: bytearray, at: int, header: int) -> None:
    """Put the checksum of an IPv4 header right."""
    data[at + 10 : at + 12] = b"\0\0"
    data[at + 10 : at + 12] = (~added(data[at : at + header]) & 0xFFFF).to_bytes(2, "big")


def transport(protocol: int, segment: bytearray, addresses: bytes, before: bytes, whole: bool) -> None:
    """Put the checksum of a UDP, TCP or ICMP message right.

    `addresses` are source and destination as they are now, `before` what addresses and message were. Where the message
    is not `whole`, the old checksum is corrected by what has changed.
    """
    place = _PLACES.get(protocol)
    if place is None or len(segment) < place + 2:
        return
    old = bytes(segment[place : place + 2])
    if protocol == UDP and old == b"\0\0":  # not computed by its sender (RFC 768)
        return
    segment[place : place + 2] = b"\0\0"
    if whole:
        pseudo = b"" if protocol == ICMP else addresses + struct.pack(">II", len(segment), protocol)
        value = ~added(pseudo + bytes(segment)) & 0xFFFF
    else:
        begin = len(addresses)
        was = bytearray(before)
        was[begin + place : begin + place + 2] = b"\0\0"
        if protocol == ICMP:
            was = was[begin:]
        change = added((b"" if protocol == ICMP else addresses) + bytes(segment)) + (~added(was) & 0xFFFF)
        total = (~int.from_bytes(old, "big") & 0xFFFF) + change
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        value = ~total & 0xFFFF
    if protocol == UDP and value == 0:
        value = 0xFFFF
    segment[place : place + 2] = value.to_bytes(2, "big")
