"""Passing over runs of RTP changes nothing but the time it takes, and how exactly RTP is counted."""

from __future__ import annotations

import io
import random
import re
import struct

import pytest

from sipdiag.raw import Wire
from sipdiag.sources.captures import read_capture, skip
from tests.support.frames import (
    ALICE,
    ALICE6,
    BOB,
    BOB6,
    enhanced,
    ethernet,
    interface,
    ip,
    pcap,
    pcapng,
    section,
    sip,
    tcp,
    udp,
)


def rtp(size: int, number: int) -> bytes:
    # The payload looks like records and like SIP, to tempt a search that has lost its stride.
    filler = (b"\r\n" + sip() + struct.pack("<IIII", 1_700_000_000, 5, 60, 60)) * 2
    return b"\x80\x00" + struct.pack(">HII", number & 0xFFFF, number * 160, 7) + filler[: size - 12]


def traffic(seed: int, count: int = 3000) -> list[bytes]:
    """RTP of several lengths and links, with other things in between."""
    pick = random.Random(seed)
    frames = []
    for number in range(count):
        six = pick.random() < 0.3
        ends = (ALICE6, BOB6) if six else (ALICE, BOB)
        tags = [(0x8100, 5)] if pick.random() < 0.2 else []
        kind = pick.random()
        if kind < 0.93:
            payload = udp(rtp(pick.choice([32, 60, 172, 172, 172, 300]), number), 4000 + pick.randrange(4) * 2, 5000)
            frames.append(ethernet(ip(payload, 17, *ends), tags=tags))
        elif kind < 0.95:
            frames.append(ethernet(ip(udp(sip("OPTIONS", f"call{number}")), 17, *ends), tags=tags))
        elif kind < 0.97:
            frames.append(ethernet(ip(tcp(b"\x80" * 100, number * 100), 6, *ends), tags=tags))
        elif kind < 0.98:  # a fragment, and a packet with the length of an RTP packet, that hold SIP
            frames.append(ethernet(ip(b"\x80" * 180, 17, *ends, ident=number, place=8, more=True), tags=tags))
        else:
            frames.append(ethernet(ip(udp((sip() + bytes(200))[:172]), 17, *ends), tags=tags))
    return frames


def both(data: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[Wire, Wire]:
    slow = read_capture(io.BytesIO(data), "in1")
    monkeypatch.setattr(skip, "_EXACT", 100)
    monkeypatch.setattr(skip, "_LEARNING", 100)
    return slow, read_capture(io.BytesIO(data), "in1")


@pytest.mark.parametrize("form", ["little", "big", "nano", "modified", "cut", "next", "next-big", "two-interfaces"])
@pytest.mark.parametrize("seed", [1, 2])
def test_skipping_finds_the_same(form: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = traffic(seed)
    if form.startswith("next"):
        data = pcapng(frames, order=">" if form == "next-big" else "<")
    elif form == "two-interfaces":
        data = section() + interface(1) + interface(101)
        data += b"".join(enhanced(f if n % 3 else f[14:], n * 1000, int(n % 3 == 0)) for n, f in enumerate(frames))
    else:
        data = pcap(
            frames,
            order=">" if form == "big" else "<",
            nano=form == "nano",
            modified=form == "modified",
            snap=180 if form == "cut" else None,
        )
    slow, fast = both(data, monkeypatch)
    assert slow.packets == fast.packets
    assert len(slow.packets) > 20
    assert (slow.frames, slow.lost, slow.problems) == (fast.frames, fast.lost, fast.problems)
    assert {(m.source, m.destination) for m in slow.media} == {(m.source, m.destination) for m in fast.media}
    assert all(m.exact for m in slow.media)
    assert not any(m.exact for m in fast.media)
    assert sum(m.packets for m in fast.media) < sum(m.packets for m in slow.media) / 2


def test_runs_end_where_the_input_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = [ethernet(ip(udp(rtp(172, n), 4000, 5000))) for n in range(900)]
    whole = pcap(frames)
    for missing in (1, 15, 16, 17, 230, 231):
        slow, fast = both(whole[:-missing], monkeypatch)
        assert (slow.frames, slow.problems) == (fast.frames, fast.problems)
        assert slow.frames == 899 - (missing > 230)


def test_rtp_is_counted_in_each_direction() -> None:
    there = [ethernet(ip(udp(rtp(172, n), 4000, 5000))) for n in range(10)]
    back = [ethernet(ip(udp(rtp(172, n), 5000, 4000), 17, BOB, ALICE)) for n in range(4)]
    control = [ethernet(ip(udp(b"\x80\xc8" + bytes(40), 4001, 5001)))]
    wire = read_capture(io.BytesIO(pcap(there + back + control, step=0.02)), "in1")
    assert [(str(m.source), str(m.destination), m.packets, m.exact) for m in wire.media] == [
        (f"{ALICE}:4000", f"{BOB}:5000", 10, True),
        (f"{BOB}:5000", f"{ALICE}:4000", 4, True),
    ]
    assert [(m.first.number, m.last.number) for m in wire.media] == [(1, 10), (11, 14)]


def test_expressions_are_compiled_for_what_is_new_only(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[bytes] = []

    def compile(pattern: bytes) -> re.Pattern[bytes]:
        compiled.append(pattern)
        return real(pattern)

    real = re.compile
    monkeypatch.setattr(re, "compile", compile)
    skipper = skip.Skipper()
    skipper.restart(b".{8}")
    early, late = [b"\0%c" % n for n in range(50)], [b"\1%c" % n for n in range(50)]
    for n in range(100_000):
        skipper.learn(b"kind", early[n % 50])
    assert len(compiled) == 1
    for n in range(100_000):
        skipper.learn(b"kind", late[n % 50])
    assert len(compiled) == 2
    assert all(length in compiled[1] for length in (*early, *late))
    for n in range(100_000):  # too many to have their place
        skipper.learn(b"kind", b"\2" + struct.pack(">I", n % 5000))
    assert len(compiled) < 10


def test_one_packet_is_media_where_more_come_back() -> None:
    there = [ethernet(ip(udp(rtp(172, n), 4000, 5000))) for n in range(10)]
    noise = [ethernet(ip(udp(rtp(1, 0), 5000, 4000), 17, BOB, ALICE))]
    alone = [ethernet(ip(udp(rtp(172, 0), 4002, 5002)))]
    wire = read_capture(io.BytesIO(pcap(there + noise + alone, step=0.02)), "in1")
    assert [(m.source.port, m.packets) for m in wire.media] == [(4000, 10), (5000, 1)]
