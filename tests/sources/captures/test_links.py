"""Links and tunnels: SIP is found under each, with the innermost addresses."""

from __future__ import annotations

import io
import struct
from ipaddress import ip_address
from itertools import pairwise

import pytest

from sipdiag.raw import Wire
from sipdiag.sources.captures import read_capture
from tests.support.frames import ALICE, ALICE6, BOB, BOB6, ethernet, ip, pcap, sip, tcp, udp

V4, V6 = ip(udp(sip())), ip(udp(sip()), source=ALICE6, destination=BOB6)


def outer(payload: bytes, protocol: int = 17) -> bytes:
    """The packet of a tunnel."""
    return ip(payload, protocol, "203.0.113.1", "203.0.113.2")


def read(frame: bytes, link: int = 1) -> Wire:
    return read_capture(io.BytesIO(pcap([frame], link=link)), "in1")


def found(frame: bytes, link: int = 1) -> tuple[str, str]:
    wire = read(frame, link)
    assert [p.data for p in wire.packets] == [sip()]
    packet = wire.packets[0]
    return str(packet.source), str(packet.destination)


@pytest.mark.parametrize(
    ("link", "before"),
    [
        (0, struct.pack("<I", 2)),
        (0, struct.pack(">I", 2)),
        (1, bytes(12) + b"\x08\x00"),
        (1, bytes(12) + b"\x00\x64\xaa\xaa\x03\0\0\0\x08\x00"),  # 802.2 with SNAP
        (1, bytes(12) + b"\x81\0\0\5\x08\x00"),
        (1, bytes(12) + b"\x88\xa8\0\5\x81\0\0\6\x08\x00"),
        (1, bytes(12) + b"\x88\x47\0\x01\0\x40\0\x02\x01\x40"),  # two MPLS labels
        (1, bytes(12) + b"\x88\x47\0\x02\x01\x40\0\0\0\0" + bytes(12) + b"\x08\x00"),  # a pseudowire
        (1, bytes(12) + b"\x88\x64\x11\0\0\1\0\0\0\x21"),  # PPPoE
        (9, b"\xff\x03\0\x21"),
        (9, b"\x21"),
        (12, b""),
        (14, b""),
        (50, b"\xff\x03\0\x21"),
        (51, b"\x11\0\0\1\0\0\0\x21"),
        (101, b""),
        (104, b"\x0f\0\x08\x00"),
        (108, struct.pack(">I", 2)),
        (113, bytes(14) + b"\x08\x00"),
        (228, b""),
        (276, b"\x08\x00" + bytes(18)),
    ],
)
def test_links(link: int, before: bytes) -> None:
    assert found(before + V4, link) == (f"{ALICE}:5060", f"{BOB}:5060")


@pytest.mark.parametrize(
    ("link", "before"),
    [
        (0, struct.pack("<I", 30)),
        (1, bytes(12) + b"\x86\xdd"),
        (9, b"\xff\x03\0\x57"),
        (101, b""),
        (229, b""),
        (113, bytes(14) + b"\x86\xdd"),
        (276, b"\x86\xdd" + bytes(18)),
    ],
)
def test_links_of_version_6(link: int, before: bytes) -> None:
    assert found(before + V6, link) == (f"[{ALICE6}]:5060", f"[{BOB6}]:5060")


def test_extension_headers_of_version_6() -> None:
    options = b"\x3c\0" + bytes(6) + b"\x11\0" + bytes(6)  # hop-by-hop, then destination options
    packet = bytearray(ip(options + udp(sip()), 0, ALICE6, BOB6))
    assert found(ethernet(bytes(packet)))[0] == f"[{ALICE6}]:5060"


@pytest.mark.parametrize(
    "packet",
    [
        outer(V4, 4),
        outer(b"\0\0\x08\0" + V4, 47),
        outer(b"\xb0\0\x08\0" + bytes(12) + V4, 47),  # checksum, key, sequence number
        outer(b"\0\0\x65\x58" + ethernet(V4), 47),
        outer(b"\0\0\x88\xbe" + ethernet(V4), 47),  # ERSPAN I
        outer(b"\x10\0\x88\xbe" + bytes(4) + bytes(8) + ethernet(V4), 47),  # ERSPAN II
        outer(b"\x10\0\x22\xeb" + bytes(4) + bytes(12) + ethernet(V4), 47),  # ERSPAN III
        outer(b"\x30\x01\x88\x0b" + bytes(8) + b"\xff\x03\0\x21" + V4, 47),  # PPTP
        outer(udp(b"\x08\0\0\0\0\0\1\0" + ethernet(V4), 50000, 4789)),  # VXLAN
        outer(udp(b"\0\0\x65\x58\0\0\1\0" + ethernet(V4), 50000, 6081)),  # Geneve
        outer(udp(b"\x02\0\x65\x58\0\0\1\0" + bytes(8) + ethernet(V4), 50000, 6081)),
        outer(udp(b"\x30\xff\0\0\0\0\0\1" + V4, 2152, 2152)),  # GTP-U
        outer(udp(b"\x34\xff\0\0\0\0\0\1\0\0\0\x85\1\0\0\0" + V4, 2152, 2152)),  # with an extension header
        outer(udp(b"\1\0\0\1\1" + ethernet(V4), 50000, 37008)),  # TZSP
        ip(outer(outer(V4, 4), 4), 4, ALICE6.replace("1", "9"), BOB6),
    ],
)
def test_tunnels(packet: bytes) -> None:
    assert found(ethernet(packet)) == (f"{ALICE}:5060", f"{BOB}:5060")


def test_tunnels_have_an_end() -> None:
    packet = V4
    for _ in range(20):
        packet = outer(packet, 4)
    wire = read(ethernet(packet))
    assert wire.messages == 0
    assert wire.problems == ("more than 8 tunnels inside each other are not looked into",)


def test_padding_is_no_part_of_a_message() -> None:
    assert found(ethernet(V4) + bytes(20)) == (f"{ALICE}:5060", f"{BOB}:5060")


def test_wireless_frames_are_left_to_scapy() -> None:
    radiotap = b"\0\0\x08\0\0\0\0\0"
    data = b"\x08\0\0\0" + bytes(18) + b"\0\0"
    frame = radiotap + data + b"\xaa\xaa\x03\0\0\0\x08\0" + V4
    assert found(frame, 127) == (f"{ALICE}:5060", f"{BOB}:5060")
    assert read(b"\0\0\xff", 127).messages == 0


def hep(payload: bytes, chunks: dict[int, bytes]) -> bytes:
    body = b"".join(
        struct.pack(">HHH", 0, kind, 6 + len(value)) + value for kind, value in {**chunks, 15: payload}.items()
    )
    return b"HEP3" + struct.pack(">H", 6 + len(body)) + body


def test_homer_packets_carry_the_ends_of_their_own() -> None:
    chunks = {
        1: b"\x02",
        2: b"\x06",
        3: ip_address("10.0.0.1").packed,
        4: ip_address("10.0.0.2").packed,
        7: struct.pack(">H", 5070),
        8: struct.pack(">H", 5080),
    }
    wire = read(ethernet(ip(udp(hep(sip(), chunks), 9060, 9060))))
    packet = wire.packets[0]
    assert (str(packet.source), str(packet.destination), packet.transport) == ("10.0.0.1:5070", "10.0.0.2:5080", "tcp")
    assert packet.data == sip()
    nowhere = read(ethernet(ip(udp(hep(sip(), {}), 9060, 9060))))
    assert nowhere.problems == ("HEP packets without addresses were not read",)


HOMER = {
    1: b"\x02",
    2: b"\x11",
    3: ip_address("10.0.0.1").packed,
    4: ip_address("10.0.0.2").packed,
    7: struct.pack(">H", 5070),
    8: struct.pack(">H", 5080),
}


@pytest.mark.parametrize("size", [1, 5, 100, 1_000, 10_000])
def test_homer_packets_over_tcp(size: int) -> None:
    """A capture agent may send over TCP: packets in one segment, and one packet in many."""
    stream = hep(sip("INVITE", "1"), HOMER) + hep(b"no SIP", HOMER) + hep(sip("REFER", "2"), HOMER)
    # The first segment has the name by which the stream is known.
    cuts = [0, *range(max(size, 4), len(stream), size), len(stream)]
    segments = [tcp(stream[a:b], 1 + a, destination=9060) for a, b in pairwise(cuts)]
    wire = read_capture(io.BytesIO(pcap([ethernet(ip(segment, 6)) for segment in segments])), "in1")
    assert [(p.data, str(p.source), str(p.destination), p.transport) for p in wire.packets] == [
        (sip("INVITE", "1"), "10.0.0.1:5070", "10.0.0.2:5080", "udp"),
        (sip("REFER", "2"), "10.0.0.1:5070", "10.0.0.2:5080", "udp"),
    ]
    assert wire.packets[-1].frame.number == len(segments)


def chunk(data: bytes, flags: int = 3, kind: int = 0) -> bytes:
    head = struct.pack(">BBHIHHI", kind, flags, 16 + len(data), 1, 0, 0, 0)
    return head + data + b"\0" * (-len(data) % 4)


def test_sctp() -> None:
    packet = (
        struct.pack(">HHII", 5060, 5070, 1, 0) + chunk(b"", kind=3) + chunk(sip("INVITE", "1")) + chunk(sip("BYE", "2"))
    )
    wire = read(ethernet(ip(packet, 132)))
    assert [(p.data, str(p.source), str(p.destination), p.transport) for p in wire.packets] == [
        (sip("INVITE", "1"), f"{ALICE}:5060", f"{BOB}:5070", "sctp"),
        (sip("BYE", "2"), f"{ALICE}:5060", f"{BOB}:5070", "sctp"),
    ]
    divided = read(ethernet(ip(struct.pack(">HHII", 5060, 5070, 1, 0) + chunk(sip()[:99], flags=2), 132)))
    assert divided.messages == 0
    assert divided.problems == (
        "SIP messages that are divided over several SCTP chunks were not read; try --reader tshark",
    )


@pytest.mark.parametrize(
    "payload",
    [
        b"GET /?SIP/2.0 HTTP/1.1\r\n\r\n",
        b"SIP/2.0 200 ok\r\nHTTP/1.1 200 ok\r\n\r\n",
        b"SIP/2.0/UDP 192.0.2.1\r\n",
        b"\x80\x00SIP/2.0 200 OK\r\n",
        b"\r\n\r\n",
        b"",
    ],
)
def test_what_is_not_sip(payload: bytes) -> None:
    assert read(ethernet(ip(udp(payload)))).messages == 0


def test_ports_do_not_matter() -> None:
    frames = [ethernet(ip(udp(sip(call_id=str(n)), *ports))) for n, ports in enumerate([(1, 2), (53, 53), (443, 9)])]
    assert read_capture(io.BytesIO(pcap(frames)), "in1").messages == 3
