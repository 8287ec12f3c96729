"""Damaged and hostile captures: nothing but CaptureError comes out, and the work grows with the size alone."""

from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sipdiag.raw import Wire
from sipdiag.sources.captures import CaptureError, Limits, read_capture
from tests.support.frames import ACK, ALICE, BOB, SYN, ethernet, ip, pcap, pcapng, sip, tcp, udp

LAB = Path(__file__).parents[3] / "fixtures" / "captures" / "lab"
SEEDS = [
    (LAB / name).read_bytes()
    for name in (
        "s02-blind-tcp-complete.pcapng",
        "s20-large-refer-ip-fragments.pcap",
        "s21-tcp-split-messages.pcap",
        "s22-tls-expired-certificate.pcap",
        "s29-refer-icmp-unreachable.pcap",
        "s04-blind-ipv6-complete.pcap",
    )
]
BOUNDS = Limits(frame=1 << 20, flow_buffer=1 << 16)


def read(data: bytes) -> Wire | None:
    try:
        return read_capture(io.BytesIO(data), "in1", limits=BOUNDS)
    except CaptureError:
        return None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=30),
    st.integers(0, 1 << 20),
    st.booleans(),
)
def test_mutated_captures(seed: bytes, changes: list[tuple[int, int]], length: int, packed: bool) -> None:
    data = bytearray(seed)
    for place, octet in changes:
        data[place % len(data)] = octet
    cut = bytes(data[: length % (2 * len(data)) + 1])
    wire = read(gzip.compress(cut) if packed else cut)
    assert wire is None or wire.messages >= len(wire.packets)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([0, 1, 9, 50, 101, 104, 113, 127, 228, 276]), st.lists(st.binary(max_size=200), max_size=20))
def test_any_octets_on_any_link(link: int, frames: list[bytes]) -> None:
    wire = read(pcap(frames, link=link))
    assert wire is not None
    assert wire.frames == len(frames)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([1, 4, 6, 17, 41, 44, 47, 58]), st.lists(st.binary(max_size=120), max_size=12), st.booleans())
def test_any_octets_under_ip(protocol: int, payloads: list[bytes], six: bool) -> None:
    ends = ("2001:db8::1", "2001:db8::2") if six else (ALICE, BOB)
    wire = read(pcapng([ethernet(ip(payload, protocol, *ends)) for payload in payloads]))
    assert wire is not None
    assert wire.frames == len(payloads)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 700), st.integers(0, 300), st.booleans()), min_size=1, max_size=30),
    st.sampled_from(
        [sip(body=b"x" * 200) + sip("REFER"), b"\x16\x03\x01\x00\x40" + bytes(700), b"\x81\x7e\x01\x00" + sip() * 3]
    ),
)
def test_segments_in_any_order(pieces: list[tuple[int, int, bool]], stream: bytes) -> None:
    frames = [
        ethernet(
            ip(tcp(stream[at : at + size], at, 0, ACK if up else SYN, *((40000, 5060) if up else (5060, 40000))), 6)
        )
        for at, size, up in pieces
    ]
    assert read(pcap(frames)) is not None


def steps(data: bytes) -> int:
    """Lines of our own code that reading takes."""
    count = 0

    def line(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    def call(frame: FrameType, event: str, argument: Any) -> Any:
        return line if "sipdiag" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        read(data)
    finally:
        sys.settrace(before)
    return count


def segments(payloads: list[bytes]) -> list[bytes]:
    frames, at = [], 1
    for payload in payloads:
        frames.append(ethernet(ip(tcp(payload, at, 0), 6)))
        at += len(payload)
    return frames


SHAPES: dict[str, Callable[[int], bytes]] = {
    "messages": lambda n: pcap([ethernet(ip(udp(sip(call_id=str(i))))) for i in range(n)]),
    "one octet in each segment": lambda n: pcap(segments([bytes([octet]) for octet in (sip() * n)[:n]])),
    "headers without end": lambda n: pcap(segments([b"INVITE sip:a@b SIP/2.0\r\n"] + [b"X: y\r\n"] * n)),
    "start line without end": lambda n: pcap(segments([b"INVITE sip:"] + [b"aaaaaaaa"] * n)),
    "holes": lambda n: pcap([ethernet(ip(tcp(b"x" * 10, 20 * i), 6)) for i in range(n)]),
    "the first segment last": lambda n: pcap([ethernet(ip(tcp(b"x", i), 6)) for i in (0, *range(n, 1, -1), 1)]),
    "connections": lambda n: pcap([ethernet(ip(tcp(b"", 1, 0, SYN, 1024 + i), 6)) for i in range(n)]),
    "first fragments": lambda n: pcap([ethernet(ip(bytes(80), ident=i, more=True)) for i in range(n)]),
    "fragments of one datagram": lambda n: pcap(
        [ethernet(ip(bytes(8), ident=1, place=8 * i, more=True)) for i in range(n)]
    ),
    "TLS records of one octet": lambda n: pcap(segments([b"\x16\x03\x01\0\1\1" * 50] * (n // 10))),
    "octets of a HEP packet": lambda n: pcap(segments([b"HEP3\xff\xff"] + [b"x"] * n)),
    "empty HEP packets": lambda n: pcap(segments([b"HEP3\0\0" * n])),
    "SCTP chunks": lambda n: pcap([ethernet(ip(bytes(12) + b"\x09\0\0\4" * n, 132))]),
    "WebSocket fragments": lambda n: pcap(segments([b"\x81\x7e\x00\xe8" + sip()] + [b"\x01\x01x" * 20] * n)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_work_is_linear(shape: str) -> None:
    make = SHAPES[shape]
    one, two, four = (steps(make(n)) for n in (200, 400, 800))
    assert two - one < 2.5 * max(one, 1_000)
    assert four - two < 2.5 * max(two - one, 1_000)
