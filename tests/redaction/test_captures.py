"""Redacted captures: frames, streams and checksums stay right, and what is not understood goes."""

from __future__ import annotations

import io
import struct
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipdiag.raw import Wire
from sipdiag.redaction import Redactor
from sipdiag.redaction.captures import redact_capture
from sipdiag.redaction.captures.checksums import added
from sipdiag.redaction.captures.container import take_apart
from sipdiag.sources.captures import read_capture
from tests.support.frames import SYN, ethernet, ip, pcap, pcapng, sip, tcp, udp

KEY = bytes(range(32))
ALICE, BOB = "18.205.93.7", "81.187.30.115"
ALICE6, BOB6 = "2a00:1450:4001:81b::1", "2a00:1450:4001:81b::2"
REFER = sip("REFER", "7f3c91@18.205.93.7", extra='From: "Hildegardis" <sip:+14155550123@halvorsenbank.com>;tag=4f')
GONE = (b"Hildegardis", b"4155550123", b"halvorsenbank", b"18.205.93.7", b"7f3c91")
LAB = sorted((Path(__file__).parents[2] / "fixtures" / "captures" / "lab").glob("s*.pcap*"))


def redacted(data: bytes) -> bytes:
    return redact_capture(data, Redactor(KEY))


def read(data: bytes) -> Wire:
    return read_capture(io.BytesIO(data), "in1")


def frame_of(data: bytes) -> bytes:
    """The only frame of a redacted capture of one frame."""
    return bytes(take_apart(redacted(data)).frames[0].data)


def v4(payload: bytes, protocol: int = 17) -> bytes:
    return ip(payload, protocol, ALICE, BOB)


INSIDE = v4(udp(REFER))
WAYS = {
    "udp": ethernet(INSIDE),
    "vlan": ethernet(INSIDE, tags=[(0x8100, 7), (0x88A8, 9)]),
    "version 6": ethernet(ip(udp(REFER), 17, ALICE6, BOB6)),
    "extension headers": ethernet(ip(b"\x3c\0" + bytes(6) + b"\x11\0" + bytes(6) + udp(REFER), 0, ALICE6, BOB6)),
    "ip in ip": ethernet(v4(INSIDE, 4)),
    "gre": ethernet(v4(b"\xb0\0\x08\0" + bytes(12) + INSIDE, 47)),
    "gre with ethernet": ethernet(v4(b"\0\0\x65\x58" + ethernet(INSIDE), 47)),
    "vxlan": ethernet(v4(udp(b"\x08\0\0\0\0\0\1\0" + ethernet(INSIDE), 50000, 4789))),
    "geneve": ethernet(v4(udp(b"\0\0\x65\x58\0\0\1\0" + ethernet(INSIDE), 50000, 6081))),
    "gtp": ethernet(v4(udp(b"\x30\xff\0\0\0\0\0\1" + INSIDE, 2152, 2152))),
    "tzsp": ethernet(v4(udp(b"\1\0\0\1\1" + ethernet(INSIDE), 50000, 37008))),
    "tcp": ethernet(v4(tcp(REFER, 1), 6)),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_message_is_redacted_on_whatever_it_travels(way: str) -> None:
    data = pcap([WAYS[way]])
    copy = redacted(data)
    before, after = read(data), read(copy)
    assert len(copy) == len(data)
    assert (len(before.packets), len(after.packets)) == (1, 1)
    assert after.packets[0].data == Redactor(KEY).message(before.packets[0].data)
    assert str(after.packets[0].source) != str(before.packets[0].source)
    assert not [g for g in GONE if g in copy]
    for host in (ALICE, BOB, ALICE6, BOB6):
        assert ip_address(host).packed not in copy


def test_hardware_addresses_go_and_groups_stay() -> None:
    frame = bytearray(WAYS["udp"])
    frame[:12] = bytes.fromhex("01005e000016 0004f2aabbcc")
    done = frame_of(pcap([bytes(frame)]))
    assert done[:6] == bytes.fromhex("01005e000016")
    assert done[6] == 2
    assert b"\x04\xf2\xaa" not in done


def segments(*parts: bytes) -> list[bytes]:
    at, found = 1, [ethernet(v4(tcp(b"", 0, flags=SYN), 6))]
    for part in parts:
        found.append(ethernet(v4(tcp(part, at), 6)))
        at += len(part)
    return found


@given(st.lists(st.integers(1, len(REFER) * 2 - 1), max_size=6), st.randoms())
@settings(max_examples=40, deadline=None)
def test_a_stream_is_redacted_over_any_cuts_and_in_any_order(cuts: list[int], random: object) -> None:
    stream = REFER + sip("BYE", "7f3c91@18.205.93.7")
    places = sorted({0, len(stream), *(c for c in cuts if c < len(stream))})
    first, *rest = segments(*(stream[a:b] for a, b in pairwise(places)))
    again = rest[:1]  # a retransmission
    random.shuffle(rest)  # type: ignore[attr-defined] # hypothesis gives a random.Random
    copy = redacted(pcap([first, *rest, *again]))
    redactor = Redactor(KEY)
    wanted = [redactor.message(REFER), redactor.message(sip("BYE", "7f3c91@18.205.93.7"))]
    assert [p.data for p in read(copy).packets] == wanted
    assert not [g for g in GONE if g in copy]


def test_fragments_are_redacted_as_the_datagram_they_make() -> None:
    whole = udp(sip("REFER", "1", b"x" * 900, 'From: "Hildegardis" <sip:+14155550123@halvorsenbank.com>'))
    parts = [
        ip(whole[a : a + 400], 17, ALICE, BOB, ident=7, place=a, more=a + 400 < len(whole))
        for a in range(0, len(whole), 400)
    ]
    copy = redacted(pcap([ethernet(p) for p in reversed(parts)]))
    (packet,) = read(copy).packets
    assert packet.data == Redactor(KEY).message(whole[8:])
    (cut,) = read(redacted(pcap([ethernet(p) for p in parts[:-1]]))).lost
    assert b"Hildegardis" not in cut.start


def websocket(payload: bytes, mask: bytes, first: int = 0x81) -> bytes:
    masked = bytes(octet ^ mask[i % 4] for i, octet in enumerate(payload))
    return bytes([first, 0xFE]) + struct.pack(">H", len(payload)) + mask + masked


def test_websocket_messages_are_redacted_under_their_masks() -> None:
    upgrade = b"GET /ws HTTP/1.1\r\nHost: halvorsenbank.com\r\nCookie: c0ffee\r\n\r\n"
    stream = websocket(REFER, b"abcd") + websocket(REFER[:99], b"wxyz", 0x01) + websocket(REFER[99:], b"1234", 0x80)
    copy = redacted(pcap(segments(upgrade, stream)))
    assert [p.data for p in read(copy).packets] == [Redactor(KEY).message(REFER)] * 2
    assert b"c0ffee" not in copy
    assert b"halvorsenbank" not in copy


def test_hep_keeps_addresses_as_pseudonyms_and_no_key_of_its_agent() -> None:
    chunks = {
        1: b"\x02",
        2: b"\x11",
        3: ip_address(ALICE).packed,
        4: ip_address(BOB).packed,
        7: b"\x13\xc4",
        8: b"\x13\xc4",
        14: b"agentsecret",
        15: REFER,
    }
    body = b"".join(struct.pack(">HHH", 0, k, 6 + len(v)) + v for k, v in chunks.items())
    data = pcap([ethernet(v4(udp(b"HEP3" + struct.pack(">H", 6 + len(body)) + body, 9060, 9060)))])
    (packet,) = read(redacted(data)).packets
    assert packet.data == Redactor(KEY).message(REFER)
    assert str(packet.source) != f"{ALICE}:5060"
    assert b"agentsecret" not in redacted(data)


def test_an_icmp_error_quotes_what_the_packet_has_become() -> None:
    quote = b"\3\3\0\0\0\0\0\0" + INSIDE[:300]
    copy = redacted(pcap([ethernet(INSIDE), ethernet(ip(quote, 1, BOB, ALICE))]))
    wire = read(copy)
    assert wire.packets[0].data.startswith(wire.unreachables[0].quoted)
    assert wire.unreachables[0].source == wire.packets[0].source
    assert not [g for g in GONE if g in copy]


def test_media_keep_their_headers_and_lose_what_was_said() -> None:
    rtp = b"\x80\x00\x12\x34" + b"\0\0\1\x40" + b"\xde\xad\xbe\xef" + b"spoken words"
    rtcp = b"\x80\xc9\0\1" + b"\xde\xad\xbe\xef" + b"cname"
    frames = [
        bytes(f.data)[42:]
        for f in take_apart(redacted(pcap([ethernet(v4(udp(p, 4000, 4000))) for p in (rtp, rtcp)]))).frames
    ]
    assert frames == [rtp[:12] + bytes(12), rtcp[:8] + bytes(5)]


@pytest.mark.parametrize(
    "frame",
    [
        ethernet(b"\0\1\x08\0\6\4\0\1" + b"secret words of ARP", 0x0806),
        ethernet(v4(udp(b"\x12\x34\1\0\0\1 secret words of DNS", 5353, 53))),
        ethernet(v4(b"secret words of ESP", 50)),
        ethernet(v4(b"\x08\0\0\0 secret words of a ping", 1)),
        ethernet(v4(tcp(b"POST /secret words HTTP/1.1\r\n\r\n", 1), 6)),
        ethernet(v4(udp(b"\0\1\0\x08 secret words of STUN"))),
        ethernet(v4(udp(REFER))) + b" secret words behind the packet",
    ],
)
def test_what_is_not_understood_is_zeroed_and_keeps_its_frame(frame: bytes) -> None:
    done = frame_of(pcap([frame]))
    assert len(done) == len(frame)
    assert b"secret" not in done


@pytest.mark.parametrize("link", [127, 200, 999])
def test_a_link_that_is_not_understood_is_zeroed(link: int) -> None:
    assert not any(frame_of(pcap([b"\0\0\x08\0\0\0\0\0" + INSIDE], link=link)))


def checks(frame: bytes) -> list[int]:
    """The sums of an IPv4 packet over its header, and over its UDP or TCP: 0xFFFF where the checksum is right."""
    header = (frame[14] & 15) * 4
    stop = 14 + int.from_bytes(frame[16:18], "big")
    protocol, payload = frame[23], frame[14 + header : stop]
    found = [added(frame[14 : 14 + header])]
    if protocol == 17 and payload[6:8] == b"\0\0":
        return found
    pseudo = frame[26:34] + struct.pack(">BBH", 0, protocol, len(payload))
    if protocol in (6, 17):
        return [*found, added(pseudo + payload)]
    return [*found, added(payload)] if protocol == 1 else found


def test_checksums_are_right() -> None:
    whole = [
        bytes(f.data)
        for path in LAB
        for f in take_apart(redacted(path.read_bytes())).frames
        if f.link == 1 and f.data[12:14] == b"\x08\0" and not int.from_bytes(f.data[20:22], "big") & 0x3FFF
    ]
    assert len(whole) > 300
    assert {c for frame in whole for c in checks(frame)} == {0xFFFF}


def test_a_checksum_of_a_packet_that_was_cut_off_is_corrected_by_what_changed() -> None:
    packet = bytearray(ethernet(v4(udp(REFER))))
    body = packet[34:]
    total = added(bytes(packet[26:34]) + struct.pack(">BBH", 0, 17, len(body)) + bytes(body))
    packet[40:42] = (~total & 0xFFFF).to_bytes(2, "big")
    rest = bytes(packet[-20:])
    done = frame_of(pcap([bytes(packet)], snap=len(packet) - 20))
    assert checks(done + rest) == [0xFFFF, 0xFFFF]


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_byte_orders_and_formats_keep_times_and_numbers(order: str) -> None:
    frames = [WAYS["udp"], WAYS["tcp"]]
    for data in (
        pcap(frames, order=order),
        pcap(frames, order=order, nano=True),
        pcap(frames, order=order, modified=True),
        pcapng(frames, order=order),
    ):
        before, after = read(data), read(redacted(data))
        assert [p.frame for p in after.packets] == [p.frame for p in before.packets]


@given(st.binary(max_size=200))
def test_no_frame_is_too_odd(data: bytes) -> None:
    capture = pcap([data, ethernet(v4(data, 6)), ethernet(v4(udp(data)))])
    assert len(redacted(capture)) == len(capture)
