"""File formats: what they say about number, time, link and length of each frame."""

from __future__ import annotations

import gzip
import io
import struct
from pathlib import Path

import pytest
import zstandard

from sipdiag.raw import Wire
from sipdiag.sources.captures import CaptureError, Limits, read_capture
from tests.support.frames import (
    block,
    enhanced,
    ethernet,
    interface,
    ip,
    pcap,
    pcapng,
    section,
    sip,
    udp,
)

FRAMES = [ethernet(ip(udp(b"\x80" + bytes(60)))), ethernet(ip(udp(sip()))), ethernet(ip(udp(sip("REFER"))))]


def read(data: bytes) -> Wire:
    return read_capture(io.BytesIO(data), "in1")


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("nano", "modified"), [(False, False), (True, False), (False, True)])
def test_classic(order: str, nano: bool, modified: bool) -> None:
    wire = read(pcap(FRAMES, order=order, nano=nano, modified=modified))
    assert [p.frame.number for p in wire.packets] == [2, 3]
    assert [p.data for p in wire.packets] == [sip(), sip("REFER")]
    assert wire.packets[1].frame.time == pytest.approx(1_700_000_000.02, abs=1e-6)
    assert (wire.frames, wire.messages, wire.calls_total, wire.problems) == (3, 2, 1, ())
    assert wire.first_time == 1_700_000_000.0
    assert wire.last_time == pytest.approx(1_700_000_000.02, abs=1e-6)


@pytest.mark.parametrize("order", ["<", ">"])
def test_next_generation(order: str) -> None:
    wire = read(pcapng(FRAMES, order=order))
    assert [(p.frame.number, p.data) for p in wire.packets] == [(2, sip()), (3, sip("REFER"))]
    assert wire.packets[0].frame.time == pytest.approx(1_700_000_000.01, abs=1e-6)


def test_interfaces_have_links_clocks_and_names_of_their_own() -> None:
    nanoseconds = (9, b"\x09")
    binary = (9, bytes([0x80 | 10]))
    data = section()
    data += interface(1, options=[(2, b"eth0"), nanoseconds])
    data += interface(101, options=[(2, b"tun0"), binary, (14, struct.pack("<q", 1_000_000))])
    data += enhanced(FRAMES[1], 5_000_000_000, 0) + enhanced(ip(udp(sip("BYE"))), 7 * 1024 + 512, 1)
    # Another section, in the other byte order, describes its interfaces anew.
    data += section(">") + interface(228, ">") + enhanced(ip(udp(sip("INFO"))), 9_500_000, 0, ">")
    wire = read(data)
    assert [(p.frame.number, p.frame.time, p.interface) for p in wire.packets] == [
        (1, 5.0, "eth0"),
        (2, 1_000_007.5, "tun0"),
        (3, 9.5, None),
    ]
    assert wire.problems == ("the frames are not in the order of their times",)


def test_old_and_simple_packet_blocks() -> None:
    frame = FRAMES[1]
    simple = block(3, struct.pack("<I", len(frame)) + frame)
    old = block(2, struct.pack("<HHIIII", 0, 0, 0, 3_000_000, len(frame), len(frame)) + frame)
    journal = block(9, b"MESSAGE=hello\n")  # has a frame number in Wireshark
    wire = read(section() + interface() + simple + journal + old)
    assert [p.frame.number for p in wire.packets] == [1, 3]
    assert wire.packets[1].frame.time == 3.0


def test_secrets_inside_are_noted() -> None:
    keys = b"CLIENT_RANDOM 00 00\n"
    secrets = block(10, struct.pack("<II", 0x544C534B, len(keys)) + keys)
    assert read(section() + secrets + interface() + enhanced(FRAMES[1])).tls_secrets
    assert not read(pcapng(FRAMES)).tls_secrets


def test_compressed(tmp_path: Path) -> None:
    plain = pcap(FRAMES)
    want = read(plain).packets
    assert read(gzip.compress(plain)).packets == want
    assert read(gzip.compress(plain[:50]) + gzip.compress(plain[50:])).packets == want
    assert read(zstandard.compress(plain)).packets == want
    file = tmp_path / "capture.gz"
    file.write_bytes(gzip.compress(plain))
    assert read_capture(file, "in1").packets == want


class Pipe(io.RawIOBase):
    """Octets that come a few at a time and cannot be read again."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override] # the stub knows no union
        data = self._data.read(min(len(buffer), 7))
        buffer[: len(data)] = data
        return len(data)


def test_standard_input() -> None:
    want = read(pcap(FRAMES)).packets
    assert read_capture(Pipe(pcap(FRAMES)), "in1").packets == want  # type: ignore[arg-type] # as sys.stdin.buffer.raw is
    assert read_capture(io.BufferedReader(Pipe(gzip.compress(pcap(FRAMES)))), "in1").packets == want


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b"%PDF-1.7 no capture at all", "no capture: it begins with b'%PDF-1.7'"),
        (b"\xd4\xc3\xb2\xa1\x02\x00", "cut off in its file header"),
        (b"snoop\0\0\0\0\0\0\2\0\0\0\4", "a snoop capture; turn it into pcapng with: editcap"),
        (section()[:10], "cut off in its section header"),
        (b"\n\r\r\n" + bytes(28), "section header of the pcapng file is damaged"),
        (gzip.compress(b"hello", mtime=0), "no capture"),
    ],
)
def test_what_is_no_capture_says_so(data: bytes, words: str) -> None:
    with pytest.raises(CaptureError, match=words.replace(":", ".").replace("'", ".")):
        read(data)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="No such file"):
        read_capture(tmp_path / "nothing.pcap", "in1")
    with pytest.raises(CaptureError, match="directory"):
        read_capture(tmp_path, "in1")


@pytest.mark.parametrize("whole", [pcap(FRAMES), pcapng(FRAMES)])
def test_cut_off_captures_are_read_as_far_as_they_go(whole: bytes) -> None:
    wire = read(whole[:-5])
    assert [p.frame.number for p in wire.packets] == [2]
    assert "cut off" in wire.problems[0]


def test_cut_off_compression_is_said() -> None:
    packed = gzip.compress(pcap(FRAMES * 50))
    wire = read(packed[: len(packed) // 2])
    assert wire.problems
    assert "gzip file is cut off" in wire.problems[0]


def test_a_damaged_length_ends_the_reading() -> None:
    data = bytearray(pcap(FRAMES))
    at = 24 + 16 + len(FRAMES[0])
    data[at + 8 : at + 12] = b"\xff\xff\xff\x7f"
    wire = read(bytes(data))
    assert (wire.frames, wire.messages) == (1, 0)
    assert wire.problems == ("frame 2 claims 2147483647 octets; what follows it was not read",)


def test_unbounded_growth_is_stopped() -> None:
    bomb = gzip.compress(pcap([]) + bytes(30 << 20), 9)
    wire = read_capture(io.BytesIO(bomb), "in1", limits=Limits(expansion=100))
    assert any("more than 100 times its size" in problem for problem in wire.problems)


def test_unknown_link_type_is_said() -> None:
    assert read(pcap(FRAMES, link=147)).problems == (
        "frames of link type 147 were not read; try --reader tshark (3 times)",
    )


def test_few_of_many_are_handed_on() -> None:
    frames = [ethernet(ip(udp(sip("INVITE", f"call{n}", extra=f"X-N: {n}")))) for n in range(30)]
    frames.append(ethernet(ip(udp(sip("REFER", "call7", extra="Refer-To: <sip:someone@else.example>")))))
    limits = Limits(all_below=10)
    wire = read_capture(io.BytesIO(pcap(frames, step=10)), "in1", limits=limits)
    assert {p.frame.number for p in wire.packets} == {8, 31}
    assert (wire.messages, wire.calls_total, len(wire.sketches)) == (31, 30, 29)
    sketch = wire.sketches[0]
    assert (sketch.call_id, sketch.messages, set(sketch.methods)) == ("call0", 1, {"INVITE"})
    assert (sketch.sender, sketch.target) == ("<sip:alice@example.com>;tag=a", "sip:bob@example.com")
    chosen = read_capture(
        io.BytesIO(pcap(frames, step=10)), "in1", keep=lambda s, _: s.call_id == "call3", limits=limits
    )
    assert [p.frame.number for p in chosen.packets] == [4, 8, 31]
    assert len(chosen.sketches) == 28
    named = read_capture(io.BytesIO(pcap(frames, step=10)), "in1", keep=lambda _, m: b"X-N: 5" in m, limits=limits)
    assert [p.frame.number for p in named.packets] == [6, 8, 31]


def test_few_calls_among_many_registrations_are_handed_on() -> None:
    frames = [ethernet(ip(udp(sip("OPTIONS", f"probe{n}")))) for n in range(30)]
    frames.insert(9, ethernet(ip(udp(sip("INVITE", "call")))))
    frames.append(ethernet(ip(udp(sip("BYE", "begun before")))))
    wire = read_capture(io.BytesIO(pcap(frames, step=10)), "in1", limits=Limits(all_below=10))
    assert [p.frame.number for p in wire.packets] == [10, 32]
    assert len(wire.sketches) == 30


def test_limits_of_calls_and_messages_are_said() -> None:
    frames = [ethernet(ip(udp(sip("INVITE", f"call{n}")))) for n in range(30)]
    wire = read_capture(io.BytesIO(pcap(frames)), "in1", limits=Limits(calls=10))
    assert (wire.messages, len(wire.packets)) == (30, 10)
    assert wire.problems == ("20 of 30 SIP messages were only counted: the capture holds too many",)
    assert len(read_capture(io.BytesIO(pcap(frames)), "in1", limits=Limits(messages=5)).packets) == 5
