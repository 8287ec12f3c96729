"""Frames and capture files made by hand, for the tests of the capture reader."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from ipaddress import ip_address

ALICE, BOB = "192.0.2.1", "198.51.100.2"
ALICE6, BOB6 = "2001:db8::1", "2001:db8::2"
SYN, ACK, FIN, RST, PSH = 0x02, 0x10, 0x01, 0x04, 0x08


def sip(method: str = "OPTIONS", call_id: str = "one@test", body: bytes = b"", extra: str = "", cseq: int = 1) -> bytes:
    """A request with the headers that a reader looks at."""
    lines = [
        f"{method} sip:bob@example.com SIP/2.0",
        "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1",
        "From: <sip:alice@example.com>;tag=a",
        "To: <sip:bob@example.com>",
        f"Call-ID: {call_id}",
        f"CSeq: {cseq} {method}",
        *([extra] if extra else []),
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def udp(payload: bytes, source: int = 5060, destination: int = 5060) -> bytes:
    return struct.pack(">HHHH", source, destination, 8 + len(payload), 0) + payload


def tcp(
    payload: bytes = b"",
    sequence: int = 0,
    acknowledged: int = 0,
    flags: int = ACK,
    source: int = 40000,
    destination: int = 5060,
) -> bytes:
    return (
        struct.pack(
            ">HHIIBBHHH",
            source,
            destination,
            sequence & 0xFFFFFFFF,
            acknowledged & 0xFFFFFFFF,
            0x50,
            flags,
            65535,
            0,
            0,
        )
        + payload
    )


def ip(
    payload: bytes,
    protocol: int = 17,
    source: str = ALICE,
    destination: str = BOB,
    *,
    ident: int = 0,
    place: int = 0,
    more: bool = False,
) -> bytes:
    """An IPv4 or IPv6 packet; `place` (octets) and `more` make it a fragment."""
    ends = ip_address(source).packed + ip_address(destination).packed
    if ":" in source:
        if place or more:
            payload = struct.pack(">BBHI", protocol, 0, place | more, ident) + payload
            protocol = 44
        return struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64) + ends + payload
    fragment = place // 8 | (0x2000 if more else 0)
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), ident, fragment, 64, protocol, 0) + ends + payload


def ethernet(packet: bytes, kind: int | None = None, tags: Sequence[tuple[int, int]] = ()) -> bytes:
    """An Ethernet frame; `tags` are pairs of TPID and VLAN id."""
    kind = kind if kind is not None else 0x0800 if packet[0] >> 4 == 4 else 0x86DD
    tagged = b"".join(struct.pack(">HH", tpid, vlan) for tpid, vlan in tags)
    return bytes.fromhex("020000000002020000000001") + tagged + struct.pack(">H", kind) + packet


def pcap(
    frames: Iterable[bytes],
    *,
    link: int = 1,
    order: str = "<",
    nano: bool = False,
    modified: bool = False,
    start: float = 1_700_000_000.0,
    step: float = 0.01,
    snap: int | None = None,
) -> bytes:
    """A classic capture; the frames are `step` seconds apart, and cut at `snap` octets."""
    magic = 0xA1B2CD34 if modified else 0xA1B23C4D if nano else 0xA1B2C3D4
    out = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, link)]
    for number, frame in enumerate(frames):
        seconds, rest = divmod(round((start + number * step) * 1e6), 1_000_000)
        kept = frame[:snap]
        out.append(struct.pack(order + "IIII", seconds, rest * (1000 if nano else 1), len(kept), len(frame)))
        out.append((b"\0" * 8 if modified else b"") + kept)
    return b"".join(out)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    """A pcapng block."""
    body += b"\0" * (-len(body) % 4)
    size = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + size + body + size


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link: int = 1, order: str = "<", options: Iterable[tuple[int, bytes]] = ()) -> bytes:
    packed = b"".join(struct.pack(order + "HH", code, len(v)) + v + b"\0" * (-len(v) % 4) for code, v in options)
    return block(1, struct.pack(order + "HHI", link, 0, 0) + packed, order)


def enhanced(frame: bytes, ticks: int = 0, which: int = 0, order: str = "<") -> bytes:
    fixed = struct.pack(order + "IIIII", which, ticks >> 32, ticks & 0xFFFFFFFF, len(frame), len(frame))
    return block(6, fixed + frame, order)


def pcapng(frames: Iterable[bytes], *, link: int = 1, order: str = "<") -> bytes:
    """A pcapng with one section and one interface; the frames are 10 ms apart."""
    start = 1_700_000_000_000_000
    blocks = [enhanced(frame, start + number * 10_000, order=order) for number, frame in enumerate(frames)]
    return section(order) + interface(link, order) + b"".join(blocks)
