"""From the first octet of a frame to the first octet of its IP packet."""

from __future__ import annotations

from collections.abc import Callable

# What lies at the offset: an EtherType, of which only these two are IP; 0 for nothing that can hold SIP.
IPV4, IPV6 = 0x0800, 0x86DD
Found = tuple[int, int]
_NOTHING: Found = (0, 0)

VLAN = frozenset({0x8100, 0x88A8, 0x9100, 0x9200, 0x9300})
_MPLS = frozenset({0x8847, 0x8848})
_PPPOE_SESSION = 0x8864
_TRANSPARENT_ETHERNET = 0x6558
_PPP_IN_GRE = 0x880B
_LAYERS = 16  # tags and labels on top of each other; more is an attack


def ethernet(frame: bytes, at: int = 0) -> Found:
    """IEEE 802.3 with an EtherType, or with 802.2 LLC and SNAP."""
    kind = int.from_bytes(frame[at + 12 : at + 14], "big")
    if kind in (IPV4, IPV6):
        return kind, at + 14
    if kind < 0x600 and frame[at + 14 : at + 17] == b"\xaa\xaa\x03":
        return ethertype(int.from_bytes(frame[at + 20 : at + 22], "big"), frame, at + 22)
    return ethertype(kind, frame, at + 14)


def ethertype(kind: int, frame: bytes, at: int) -> Found:
    """Peel VLAN tags (802.1Q, 802.1ad), MPLS labels (RFC 3032) and PPPoE (RFC 2516) off."""
    for _ in range(_LAYERS):
        if kind in (IPV4, IPV6):
            return kind, at
        if kind in VLAN:
            kind, at = int.from_bytes(frame[at + 2 : at + 4], "big"), at + 4
            if kind < 0x600 and frame[at : at + 3] == b"\xaa\xaa\x03":
                kind, at = int.from_bytes(frame[at + 6 : at + 8], "big"), at + 8
        elif kind in _MPLS:
            bottom = len(frame) > at + 2 and frame[at + 2] & 1
            at += 4
            if bottom:
                kind, at = _under_mpls(frame, at)
        elif kind == _PPPOE_SESSION:
            return ppp(frame, at + 6)
        elif kind == _PPP_IN_GRE:
            return ppp(frame, at)
        elif kind == _TRANSPARENT_ETHERNET:
            kind, at = int.from_bytes(frame[at + 12 : at + 14], "big"), at + 14
        else:
            return _NOTHING
    return _NOTHING


def _under_mpls(frame: bytes, at: int) -> Found:
    """MPLS does not tell what it carries: the first nibble does, 0 being the control word of a pseudowire (RFC 4385)."""
    nibble = frame[at] >> 4 if at < len(frame) else 15
    if nibble in (4, 6):
        return (IPV4 if nibble == 4 else IPV6), at
    return (_TRANSPARENT_ETHERNET, at + 4) if nibble == 0 else _NOTHING


def ppp(frame: bytes, at: int = 0) -> Found:
    """PPP (RFC 1661), with or without its HDLC address and compressed protocol field."""
    if frame[at : at + 2] == b"\xff\x03":
        at += 2
    if at >= len(frame):
        return _NOTHING
    size = 1 if frame[at] & 1 else 2
    protocol = int.from_bytes(frame[at : at + size], "big")
    at += size
    if protocol == 0x21:
        return IPV4, at
    if protocol == 0x57:
        return IPV6, at
    return ethertype(0x8847, frame, at) if protocol == 0x281 else _NOTHING


def raw_ip(frame: bytes, at: int = 0) -> Found:
    """No link layer at all: the version of the IP header decides."""
    version = frame[at] >> 4 if at < len(frame) else 0
    return (IPV4, at) if version == 4 else (IPV6, at) if version == 6 else _NOTHING


def loopback(frame: bytes) -> Found:
    """BSD loopback: a protocol family in some machine's byte order, of which only IPv6 has differing numbers."""
    return raw_ip(frame, 4)


def cooked(frame: bytes) -> Found:
    """Linux cooked capture, version 1."""
    return ethertype(int.from_bytes(frame[14:16], "big"), frame, 16)


def cooked2(frame: bytes) -> Found:
    """Linux cooked capture, version 2."""
    return ethertype(int.from_bytes(frame[0:2], "big"), frame, 20)


def cisco_hdlc(frame: bytes) -> Found:
    """Cisco HDLC: address, control, EtherType."""
    return ethertype(int.from_bytes(frame[2:4], "big"), frame, 4)


def pppoe(frame: bytes) -> Found:
    """A PPPoE session packet without its Ethernet header."""
    return ppp(frame, 6)


# https://www.tcpdump.org/linktypes.html
LINKS: dict[int, Callable[[bytes], Found]] = {
    0: loopback,
    1: ethernet,
    9: ppp,
    12: raw_ip,
    14: raw_ip,
    50: ppp,
    51: pppoe,
    101: raw_ip,
    104: cisco_hdlc,
    108: loopback,
    113: cooked,
    228: raw_ip,
    229: raw_ip,
    276: cooked2,
}
