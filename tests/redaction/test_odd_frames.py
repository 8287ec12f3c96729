"""Frames that stand beside calls in captures: names in them go, whatever protocol they speak, and checksums are right."""

from __future__ import annotations

import io
import struct
from ipaddress import ip_address
from itertools import pairwise

import pytest

from sipdiag.redaction import Mode, Redactor
from sipdiag.redaction.captures import redact_capture
from sipdiag.redaction.captures.container import take_apart
from sipdiag.redaction.captures.sctp import crc32c
from sipdiag.redaction.verify import check
from sipdiag.sources.captures import read_capture
from tests.support.frames import SYN, ethernet, ip, pcap, sip, tcp, udp

KEY = bytes(range(32))
ALICE, BOB = "18.205.93.7", "81.187.30.115"
ALICE6, BOB6 = "2a00:1450:4001:81b::1", "2a00:1450:4001:81b::2"
NAME = b"Kiebitzregenpfeifer"  # planted into every frame
MACS = b"\x80\x5e\xc0\xa1\xb2\xc3", b"\x00\x04\xf2\xaa\xbb\xcc"
LABEL = bytes([len(NAME)]) + NAME
REFER = sip("REFER", "7f3c91", extra=f"X-Who: {NAME.decode()}")


def link(kind: int, payload: bytes) -> bytes:
    return b"".join(MACS) + kind.to_bytes(2, "big") + payload


def v4(payload: bytes, protocol: int = 17) -> bytes:
    return ethernet(ip(payload, protocol, ALICE, BOB))


def over(source: int, destination: int, payload: bytes) -> bytes:
    return v4(udp(payload, source, destination))


def quoting(packet: bytes, kind: int = 3, code: int = 3) -> bytes:
    return v4(bytes([kind, code]) + bytes(6) + packet, 1)


DNS = bytes(5) + b"\1" + bytes(6) + LABEL + b"\3com\0\0\x21\0\1"
STUN = b"\0\1\0\x18\x21\x12\xa4\x42" + bytes(12) + b"\0\6\0\x13" + NAME + b"\0"
SDES = b"\x80\xc8\0\6" + bytes(24) + b"\x81\xca\0\x07" + bytes(4) + b"\1\x13" + NAME + b"\0\0\0"
DHCP = b"\1\1\6\0" + bytes(24) + MACS[0] + bytes(202) + b"\x63\x82\x53\x63\x0c\x13" + NAME + b"\xff"
FRAMES = {
    "arp": link(0x0806, b"\0\1\x08\0\6\4\0\1" + MACS[0] + ip_address(ALICE).packed + bytes(6) + ip_address(BOB).packed + NAME),
    "lldp": link(0x88CC, b"\x0a\x13" + NAME), "802.1X": link(0x888E, NAME), "cdp": link(40, b"\xaa\xaa\3\0\0\x0c\x20\0" + NAME),
    "dns": over(40000, 53, DNS), "mdns": over(5353, 5353, DNS), "dhcp": over(68, 67, DHCP), "nbns": over(137, 137, bytes(12) + NAME),
    "stun": over(40000, 3478, STUN), "stun on the port of SIP": over(5060, 5060, STUN), "rtcp": over(40003, 40005, SDES),
    "rtp": over(40002, 40004, b"\x90\0\0\1" + bytes(8) + b"\xbe\xde\0\5" + NAME + b"\0" + NAME),
    "text in rtp": over(40002, 40004, b"\x80\x62\0\1" + bytes(8) + NAME), "tftp": over(40000, 69, b"\0\1" + NAME + b"\0octet\0"),
    "syslog": over(514, 514, b"<134>May 14 10:22:31 " + NAME + b" asterisk: INVITE sip:x SIP/2.0\r\n"),
    "radius": over(1812, 1812, b"\1\1\0\x29" + bytes(16) + b"\1\x15" + NAME), "mgcp": over(2427, 2427, b"CRCX 1 " + NAME + b" MGCP 1.0\r\n"),
    "quic": over(40000, 443, b"\xc0\0\0\0\1" + NAME), "dtls": over(40000, 40002, b"\x16\xfe\xff" + bytes(10) + NAME),
    "ping": v4(b"\x08\0" + bytes(6) + NAME, 1), "icmp that quotes dns": quoting(ip(udp(DNS, 40000, 53), 17, BOB, ALICE)),
    "icmp that quotes sip": quoting(ip(udp(REFER), 17, BOB, ALICE)), "redirect": quoting(ip(udp(REFER), 17, BOB, ALICE), 5, 1),
    "sctp": v4(b"\x13\xc4\x13\xc4" + bytes(8) + b"\0\3" + (16 + len(REFER)).to_bytes(2, "big") + bytes(12) + REFER, 132),
    "http": v4(tcp(b"POST /cb?who=" + NAME + b" HTTP/1.1\r\nAuthorization: Basic x\r\n\r\n", destination=80), 6),
    "sip behind http": v4(tcp(b"GET /SIP/2.0 HTTP/1.1\r\nX: " + NAME + b"\r\n\r\n" + REFER, destination=80), 6),
    "syn with data": v4(tcp(NAME, flags=SYN), 6), "reset with a reason": v4(tcp(NAME, flags=4), 6),
    "trailer of the link": over(5060, 5060, REFER) + NAME, "more than the datagram": ethernet(ip(udp(b"\r\n\r\n") + NAME, 17, ALICE, BOB)),
    "routing header": ethernet(ip(b"\x11\2\0\1" + bytes(4) + ip_address(BOB6).packed + udp(REFER), 43, ALICE6, BOB6)),
    "mpls": link(0x8847, b"\0\1\1\x40" + ip(udp(REFER), 17, ALICE, BOB)),
    "pppoe": link(0x8864, b"\x11\0\0\1" + (len(REFER) + 30).to_bytes(2, "big") + b"\0\x21" + ip(udp(REFER), 17, ALICE, BOB)),
}  # fmt: skip


@pytest.mark.parametrize("mode", [Mode.ON, Mode.STRICT])
@pytest.mark.parametrize("name", FRAMES)
def test_no_name_is_left(name: str, mode: Mode) -> None:
    data = pcap([FRAMES[name]])
    redactor = Redactor(KEY, mode)
    done = redact_capture(data, redactor)
    assert NAME in data
    assert len(done) == len(data)
    for gone in (NAME, *MACS, *(ip_address(a).packed for a in (ALICE, BOB, ALICE6, BOB6))):
        assert gone not in done
    check(data, done, redactor.ledger, "capture")


def test_sip_behind_something_else_in_a_stream_is_still_found() -> None:
    """What stood before it goes; the end of the line before it stays, which shows where it begins."""
    data = pcap([FRAMES["sip behind http"]])
    assert len(read_capture(io.BytesIO(data), "in1").packets) == 1
    assert len(read_capture(io.BytesIO(redact_capture(data, Redactor(KEY))), "in1").packets) == 1


def test_the_checksum_of_a_datagram_counts_its_own_octets() -> None:
    """Also where its packet is longer than the datagram says."""
    frame = bytes(take_apart(redact_capture(pcap([FRAMES["more than the datagram"]]), Redactor(KEY))).frames[0].data)
    alone = ethernet(ip(udp(b"\r\n\r\n"), 17, ALICE, BOB))
    expected = bytes(take_apart(redact_capture(pcap([alone]), Redactor(KEY))).frames[0].data)
    assert frame[34:42] == expected[34:42]


def hep(message: bytes) -> bytes:
    chunks = b"".join(
        struct.pack(">HHH", 0, kind, 6 + len(value)) + value
        for kind, value in (
            (1, b"\2"), (2, b"\x11"), (3, ip_address(ALICE).packed), (4, ip_address(BOB).packed), (7, b"\x9c\x40"),
            (8, b"\x13\xc4"), (14, NAME), (15, message),
        )
    )  # fmt: skip
    return b"HEP3" + (6 + len(chunks)).to_bytes(2, "big") + chunks


@pytest.mark.parametrize("size", [7, 400, 10_000])
@pytest.mark.parametrize("mode", [Mode.ON, Mode.STRICT])
def test_packets_for_a_collector_over_tcp(size: int, mode: Mode) -> None:
    stream = hep(REFER) + NAME + hep(b"no SIP " + NAME) + hep(REFER)
    cuts = [0, *range(max(size, 4), len(stream), size), len(stream)]
    data = pcap([v4(tcp(stream[a:b], 1 + a, destination=9060), 6) for a, b in pairwise(cuts)])
    redactor = Redactor(KEY, mode)
    done = redact_capture(data, redactor)
    check(data, done, redactor.ledger, "capture")
    packets = read_capture(io.BytesIO(done), "in1").packets
    assert len(packets) == 2
    assert all(NAME not in p.data for p in packets)
    assert {p.source and p.source.port for p in packets} == {redactor.pseudonyms.port(40000)}
    octets = b"".join(bytes(f.data)[54:] for f in take_apart(done).frames)
    assert NAME not in octets
    assert ip_address(ALICE).packed not in octets


def test_the_checksum_of_sctp_is_right_where_it_was_computed() -> None:
    for sent, cut in ((1, 0), (1, 5), (0, 0)):
        frame = FRAMES["sctp"][:42] + bytes([sent]) * 4 + FRAMES["sctp"][46:]
        [done] = take_apart(redact_capture(pcap([frame[: len(frame) - cut]]), Redactor(KEY))).frames
        packet = bytearray(done.data[34:])
        told = int.from_bytes(packet[8:12], "little")
        packet[8:12] = bytes(4)
        assert told == (crc32c(packet) if sent and not cut else 0)
