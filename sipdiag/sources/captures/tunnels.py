"""IP packets inside other packets."""

from __future__ import annotations

from sipdiag.sources.captures.links import IPV4, IPV6, Found, ethernet, ethertype, raw_ip

DEPTH = 8  # tunnels inside each other
_NOTHING: Found = (0, 0)
_GRE, _IPV4_IN_IP, _IPV6_IN_IP = 47, 4, 41
_ERSPAN, _ERSPAN3 = 0x88BE, 0x22EB
_GTP, _VXLAN, _GENEVE, _TZSP = 2152, 4789, 6081, 37008
PORTS = frozenset({_GTP, _VXLAN, _GENEVE, _TZSP})  # of UDP, by which a tunnel is known


def in_ip(protocol: int, data: bytes, at: int) -> Found:
    """The IP packet inside an IP payload: IP-in-IP (RFC 2003, 4213), GRE (RFC 2784, 2890), ERSPAN."""
    if protocol == _IPV4_IN_IP:
        return IPV4, at
    if protocol == _IPV6_IN_IP:
        return IPV6, at
    return _gre(data, at) if protocol == _GRE else _NOTHING


def _gre(data: bytes, at: int) -> Found:
    if len(data) < at + 4:
        return _NOTHING
    flags, kind = data[at], int.from_bytes(data[at + 2 : at + 4], "big")
    version = data[at + 1] & 7
    sequence = bool(flags & 0x10)
    # checksum, key, sequence number; version 1 (PPTP, RFC 2637) may add an acknowledgment number
    inner = (
        at + 4 + 4 * (bool(flags & 0x80) + bool(flags & 0x20) + sequence + (version == 1 and bool(data[at + 1] & 0x80)))
    )
    if kind == _ERSPAN:
        return ethernet(data, inner + 8 if sequence else inner)  # type II has a header, type I has none
    if kind == _ERSPAN3:
        optional = len(data) > inner + 11 and data[inner + 11] & 1
        return ethernet(data, inner + (20 if optional else 12))
    return ethertype(kind, data, inner)


def in_udp(port: int, data: bytes, at: int) -> Found:
    """The IP packet inside a UDP payload to this port: VXLAN (RFC 7348), Geneve (RFC 8926), GTP-U (3GPP TS 29.281), TZSP."""
    if len(data) < at + 8:
        return _NOTHING
    if port == _VXLAN and data[at] & 0x08:
        return ethernet(data, at + 8)
    if port == _GENEVE and not data[at] >> 6:
        return ethertype(int.from_bytes(data[at + 2 : at + 4], "big"), data, at + 8 + 4 * (data[at] & 0x3F))
    if port == _GTP and data[at] >> 5 == 1 and data[at + 1] == 255:
        return _gtp(data, at)
    if port == _TZSP and data[at] == 1 and data[at + 2 : at + 4] == b"\0\1":
        return _tzsp(data, at + 4)
    return _NOTHING


def _gtp(data: bytes, at: int) -> Found:
    flags, at = data[at], at + 8
    if flags & 7:
        following = data[at + 3] if len(data) > at + 3 and flags & 4 else 0
        at += 4
        while following and len(data) > at and data[at]:
            size = 4 * data[at]
            following = data[at + size - 1] if len(data) >= at + size else 0
            at += size
    return raw_ip(data, at)


def _tzsp(data: bytes, at: int) -> Found:
    while at + 1 < len(data) and data[at] != 1:
        at += 1 if data[at] == 0 else 2 + data[at + 1]
    return ethernet(data, at + 1)
