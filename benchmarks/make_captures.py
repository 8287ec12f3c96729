"""Captures to measure with, made so that the number of SIP messages in each is known.

    python benchmarks/make_captures.py KIND MEGABYTES OUT.pcap

KIND is `rtp` (calls over UDP and TCP, IPv4 and IPv6, some tagged, with their G.711), `mixed` (the same with many codecs and
packet lengths), `sip` (no media at all) or `web` (mostly TLS and HTTP, a few calls). Same arguments, same octets.
"""

from __future__ import annotations

import argparse
import random
import struct
from collections.abc import Iterator
from heapq import heapify, heapreplace
from pathlib import Path
from typing import BinaryIO

START = 1_760_000_000
CODECS = ([172], [172], [32], [45], [50, 62], [92], [332], list(range(42, 160, 2)), list(range(72, 190, 3)))


class Side:
    """Both ends of a call: link, IP and transport headers, and TCP's sequence numbers."""

    def __init__(self, number: int, pick: random.Random) -> None:
        self.six, self.tcp = pick.random() < 0.1, pick.random() < 0.3
        tag = b"\x81\0\0\5" if pick.random() < 0.1 else b""
        self.link = bytes.fromhex("020000000002020000000001") + tag + (b"\x86\xdd" if self.six else b"\x08\x00")
        if self.six:
            near = bytes.fromhex("20010db8000a0000") + struct.pack(">Q", number + 16)
            ends = near, bytes.fromhex("20010db8000b00000000000000000010")
        else:
            ends = struct.pack(">I", 0x0A010000 + number), bytes((192, 0, 2, 10))
        self.ends = ends[0] + ends[1], ends[1] + ends[0]
        self.ports = (20_000 + number % 40_000 if self.tcp else 5060), 5060
        self.sequence = [pick.randrange(1 << 31), pick.randrange(1 << 31)]

    def frame(self, way: int, protocol: int, payload: bytes) -> bytes:
        if self.six:
            head = struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64)
        else:
            head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0)
        return self.link + head + self.ends[way] + payload

    def udp(self, way: int, payload: bytes, ports: tuple[int, int] | None = None) -> bytes:
        near, far = ports or self.ports
        return self.frame(
            way, 17, struct.pack(">HHHH", *((near, far), (far, near))[way], 8 + len(payload), 0) + payload
        )

    def segment(self, way: int, payload: bytes, flags: int = 0x18) -> bytes:
        ports = self.ports if way == 0 else self.ports[::-1]
        head = struct.pack(">HHIIBBHHH", *ports, self.sequence[way], self.sequence[1 - way], 0x50, flags, 64240, 0, 0)
        self.sequence[way] = (self.sequence[way] + len(payload) + (flags & 3 != 0)) & 0xFFFFFFFF
        return self.frame(way, 6, head + payload)


def message(start: str, number: int, side: Side, cseq: str, extra: list[str], body: bytes = b"") -> bytes:
    transport = "TCP" if side.tcp else "UDP"
    lines = [
        start,
        f"Via: SIP/2.0/{transport} 10.1.{number >> 8 & 255}.{number & 255}:5060;branch=z9hG4bK{number:08x}{cseq.replace(' ', '')};rport",
        "Max-Forwards: 70",
        f'From: "Extension {number}" <sip:{10000 + number % 50000}@pbx.example.com>;tag=f{number:x}',
        f"To: <sip:{30000 + number * 7 % 50000}@pbx.example.com>;tag=t{number:x}",
        f"Call-ID: {number * 2654435761 & 0xFFFFFFFF:08x}-{number}@10.1.0.1",
        f"CSeq: {cseq}",
        f"Contact: <sip:{10000 + number % 50000}@10.1.0.1:5060;transport={transport.lower()}>",
        "User-Agent: bench/1.0",
        *extra,
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def call(number: int, side: Side, pick: random.Random) -> list[tuple[float, int, bytes]]:
    """The messages of one call: seconds since its beginning, direction, octets. One call in four is transferred."""
    sdp = (
        b"v=0\r\no=- 1 1 IN IP4 10.1.0.1\r\ns=-\r\nc=IN IP4 10.1.0.1\r\nt=0 0\r\nm=audio 20000 RTP/AVP 0 8 101\r\n"
        + b"a=x\r\n" * 40
    )
    allow = ["Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, REFER, UPDATE", "Supported: replaces, timer"]
    offer = ["Content-Type: application/sdp"]
    uri = f"sip:{30000 + number * 7 % 50000}@192.0.2.10"

    def request(at: float, way: int, method: str, cseq: int, extra: list[str] | None = None, body: bytes = b"") -> None:
        script.append(
            (at, way, message(f"{method} {uri} SIP/2.0", number, side, f"{cseq} {method}", extra or [], body))
        )

    def response(
        at: float, way: int, status: str, cseq: str, extra: list[str] | None = None, body: bytes = b""
    ) -> None:
        script.append((at, way, message(f"SIP/2.0 {status}", number, side, cseq, extra or [], body)))

    script: list[tuple[float, int, bytes]] = []
    request(0, 0, "INVITE", 1, allow + offer, sdp)
    response(0.02, 1, "100 Trying", "1 INVITE")
    response(0.3, 1, "180 Ringing", "1 INVITE")
    response(2, 1, "200 OK", "1 INVITE", allow + offer, sdp)
    request(2.05, 0, "ACK", 1)
    if pick.random() < 0.25:
        request(12, 0, "REFER", 2, [f"Refer-To: <sip:{60000 + number}@192.0.2.10>"])
        if pick.random() < 0.2:
            response(12.05, 1, "603 Decline", "2 REFER")
        else:
            response(12.05, 1, "202 Accepted", "2 REFER")
            for at, state, fragment in ((12.1, "active", "100 Trying"), (14, "terminated;reason=noresource", "200 OK")):
                event = ["Event: refer", f"Subscription-State: {state}", "Content-Type: message/sipfrag"]
                request(at, 1, "NOTIFY", int(at), event, f"SIP/2.0 {fragment}\r\n".encode())
                response(at + 0.02, 0, "200 OK", f"{int(at)} NOTIFY")
    request(20, 0, "BYE", 9)
    response(20.02, 1, "200 OK", "9 BYE")
    return script


def call_frames(number: int, pick: random.Random, kind: str) -> Iterator[tuple[float, bytes, int]]:
    """The frames of one call in the order of their times, each with the number of messages that it completes."""
    side = Side(number, pick)
    script = call(number, side, pick)
    if side.tcp:
        yield 0.0, side.segment(0, b"", 0x02), 0
        yield 0.0, side.segment(1, b"", 0x12), 0
        yield 0.0, side.segment(0, b"", 0x10), 0
    media = kind != "sip"
    lengths = pick.choice(CODECS) if kind == "mixed" else [172]
    ports, tick = (16_000 + number % 20_000 * 2, 16_000 + number % 10_000 * 2), 0
    noise = pick.randbytes(400)
    templates = [[side.udp(way, bytes(n), ports)[:-n] for n in lengths] for way in (0, 1)]
    for at, way, octets in script:
        while media and at > 2.1 and 2.1 + tick * 0.02 < at:
            for way_of_media in (0, 1):
                length = lengths[tick % len(lengths)]
                head = struct.pack(">BBHII", 0x80, 0, tick & 0xFFFF, tick * 160, number << 1 | way_of_media)
                frame = (
                    templates[way_of_media][tick % len(lengths)] + head + noise[tick & 63 : (tick & 63) + length - 12]
                )
                yield 2.1 + tick * 0.02, frame, 0
            tick += 1
        if not side.tcp:
            yield at, side.udp(way, octets), 1
        elif pick.random() < 0.25:  # split in the middle
            yield at, side.segment(way, octets[: len(octets) // 2]), 0
            yield at, side.segment(way, octets[len(octets) // 2 :]), 1
        else:
            yield at, side.segment(way, octets), 1
        if side.tcp:
            yield at, side.segment(1 - way, b"", 0x10), 0


def web_frames(number: int, pick: random.Random) -> Iterator[tuple[float, bytes, int]]:
    """A connection to a web server: HTTP, or what looks like TLS."""
    side = Side(number, pick)
    side.ports = 30_000 + number % 30_000, 443 if number % 3 else 80
    for way, flags in ((0, 0x02), (1, 0x12), (0, 0x10)):
        yield 0.0, side.segment(way, b"", flags), 0
    record = b"\x17\x03\x03\x05\x73" + pick.randbytes(1395)
    page = (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + b"<p>SIP and other words</p>\r\n" * 60)[:1400]
    hello = b"\x16\x03\x01\x00\x40\x01" + bytes(63) if number % 3 else b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"
    yield 0.01, side.segment(0, hello), 0
    for n in range(pick.randrange(20, 120)):
        yield 0.02 + n * 0.01, side.segment(1, record if number % 3 else page), 0
        if n % 2:
            yield 0.02 + n * 0.01, side.segment(0, b"", 0x10), 0
    yield 3.0, side.segment(0, b"", 0x11), 0
    yield 3.0, side.segment(1, b"", 0x11), 0


def flow(number: int, kind: str) -> Iterator[tuple[float, bytes, int]]:
    pick = random.Random(number * 1_000_003 + 7)  # noqa: S311 - the same captures in every run
    return web_frames(number, pick) if kind == "web" and number % 40 else call_frames(number, pick, kind)


def write(kind: str, megabytes: int, out: BinaryIO) -> int:
    """Write a capture of about that size; returns the number of its SIP messages."""
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
    gap = {"rtp": 0.33, "mixed": 0.33, "sip": 0.02, "web": 0.03}[kind]
    size, messages, number = 24, 0, 0
    waiting: list[tuple[float, int, bytes, int, Iterator[tuple[float, bytes, int]]]] = []

    def begin() -> tuple[float, int, bytes, int, Iterator[tuple[float, bytes, int]]]:
        frames = flow(number, kind)
        at, frame, complete = next(frames)
        return START + number * gap + at, number, frame, complete, frames

    limit = megabytes << 20
    waiting.append(begin())
    last = 0.0
    chunk: list[bytes] = []
    while waiting:
        at, who, frame, complete, frames = waiting[0]
        # The next flow begins when its time has come, as long as there is room for it.
        if size < limit and at >= START + (number + 1) * gap:
            number += 1
            waiting.append(begin())
            heapify(waiting)
            continue
        last = max(last, at)
        seconds, rest = divmod(int(last * 1e6), 1_000_000)
        chunk.append(struct.pack("<IIII", seconds, rest, len(frame), len(frame)) + frame)
        size += 16 + len(frame)
        messages += complete
        if len(chunk) > 5_000:
            out.write(b"".join(chunk))
            chunk.clear()
        following = next(frames, None)
        if following is None:
            waiting[0] = waiting[-1]
            waiting.pop()
            heapify(waiting)
        else:
            offset, frame, complete = following
            heapreplace(waiting, (START + who * gap + offset, who, frame, complete, frames))
    out.write(b"".join(chunk))
    return messages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("rtp", "mixed", "sip", "web"))
    parser.add_argument("megabytes", type=int)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    with arguments.out.open("wb", buffering=1 << 20) as out:
        print(write(arguments.kind, arguments.megabytes, out), "SIP messages")


if __name__ == "__main__":
    main()
