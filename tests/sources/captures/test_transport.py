"""TCP, fragments, ICMP and WebSocket: messages out of segments, and what happened to connections."""

from __future__ import annotations

import io
import struct
from ipaddress import ip_address

import pytest

from sipdiag.raw import Wire
from sipdiag.sources.captures import Limits, read_capture
from tests.support.frames import (
    ACK,
    ALICE,
    ALICE6,
    BOB,
    BOB6,
    FIN,
    PSH,
    RST,
    SYN,
    ethernet,
    ip,
    pcap,
    sip,
    tcp,
    udp,
)

ONE, TWO, THREE = sip("INVITE", "1"), sip("REFER", "2", b"v=0\r\n", "Content-Type: application/sdp"), sip("BYE", "3")


def read(packets: list[bytes], step: float = 0.01, limits: Limits | None = None, snap: int | None = None) -> Wire:
    capture = pcap([ethernet(p) for p in packets], step=step, snap=snap)
    return read_capture(io.BytesIO(capture), "in1", limits=limits)


def up(payload: bytes = b"", at: int = 1, flags: int = ACK | PSH, ack: int = 1) -> bytes:
    """A segment of the client, at an octet of its stream."""
    return ip(tcp(payload, 1000 + at, 9000 + ack, flags), 6)


def down(payload: bytes = b"", at: int = 1, flags: int = ACK | PSH, ack: int = 1) -> bytes:
    """A segment of the server."""
    return ip(tcp(payload, 9000 + at, 1000 + ack, flags, 5060, 40000), 6, BOB, ALICE)


OPEN = [up(at=0, flags=SYN), down(at=0, flags=SYN | ACK), up(flags=ACK)]


def frames(wire: Wire) -> list[tuple[int | None, bytes]]:
    return [(p.frame.number, p.data) for p in wire.packets]


@pytest.mark.parametrize("size", [1, 7, 50, 180, 400, 10_000])
def test_messages_in_segments_of_any_size(size: int) -> None:
    stream = ONE + b"\r\n\r\n" + TWO + THREE
    cuts = [stream[i : i + size] for i in range(0, len(stream), size)]
    wire = read(OPEN + [up(cut, 1 + i * size) for i, cut in enumerate(cuts)])
    ends = [len(ONE), len(ONE) + 4 + len(TWO), len(stream)]
    assert frames(wire) == [(4 + (end - 1) // size, m) for end, m in zip(ends, (ONE, TWO, THREE), strict=True)]
    assert {p.transport for p in wire.packets} == {"tcp"}
    assert (wire.connections[0].state, wire.connections[0].messages, wire.lost) == ("established", 3, ())


def test_out_of_order_retransmitted_and_overlapping() -> None:
    stream = ONE + TWO
    a, b, c = stream[:100], stream[100:300], stream[300:]
    wire = read([*OPEN, up(b, 101), up(a, 1), up(b, 101), up(a, 1), up(c, 301), up(stream[250:], 251)])
    assert frames(wire) == [(5 if len(ONE) <= 300 else 8, ONE), (8, TWO)]
    overlap = read([*OPEN, up(stream[:200], 1), up(stream[150:], 151)])
    assert [m for _, m in frames(overlap)] == [ONE, TWO]


def test_sequence_numbers_go_round() -> None:
    start = 0xFFFFFFF0

    def segment(payload: bytes, at: int) -> bytes:
        return ip(tcp(payload, start + at, 1, ACK), 6)

    wire = read(
        [ip(tcp(b"", start - 1, 0, SYN), 6), segment(ONE[:50], 0), segment(ONE[50:], 50), segment(TWO, len(ONE))]
    )
    assert [m for _, m in frames(wire)] == [ONE, TWO]


def test_what_the_capture_missed_is_told_and_the_rest_read() -> None:
    stream = ONE + TWO + THREE
    begin, end = len(ONE) + 50, len(ONE) + 90
    packets = [
        *OPEN,
        up(stream[:begin]),
        up(stream[end:], 1 + end),
        down(ack=1 + len(stream)),
        down(ack=1 + len(stream)),
    ]
    wire = read(packets, step=0.8)
    assert frames(wire) == [(4, ONE), (5, THREE)]
    assert [lost.start for lost in wire.lost] == [TWO[:50]]
    assert wire.lost[0].why == "40 octets of the TCP stream are missing"
    assert (wire.lost[0].frame.number, str(wire.lost[0].source)) == (5, f"{ALICE}:40000")


def test_capture_that_starts_in_the_middle_of_a_message() -> None:
    wire = read([up((ONE + TWO)[60:], 61), up(THREE, 1 + len(ONE + TWO))])
    assert frames(wire) == [(1, TWO), (2, THREE)]
    assert wire.connections[0].state == "midstream"


def test_message_without_end_is_lost() -> None:
    wire = read([*OPEN, up(ONE), up(TWO[:-2], 1 + len(ONE))])
    assert frames(wire) == [(4, ONE)]
    assert [(x.why, x.start) for x in wire.lost] == [("the capture does not hold the rest of the message", TWO[:-2])]


def test_cut_packets() -> None:
    wire = read([*OPEN, up(ONE), up(TWO, 1 + len(ONE))], snap=14 + 40 + 100)
    assert [(p.data, p.cut) for p in wire.packets] == [(ONE[:100], True), (TWO[:100], True)]
    datagram = read([ip(udp(ONE))], snap=14 + 28 + 90)
    assert [(p.data, p.cut) for p in datagram.packets] == [(ONE[:90], True)]


def test_length_in_the_compact_form_and_none_at_all() -> None:
    compact = TWO.replace(b"Content-Length", b"l")
    without = THREE.replace(b"Content-Length: 0\r\n", b"")
    wire = read([*OPEN, up(compact[:150]), up(compact[150:] + without + ONE, 151)])
    assert [m for _, m in frames(wire)] == [compact, without, ONE]


def test_buffers_are_bounded() -> None:
    limits = Limits(flow_buffer=10_000)
    segments = [up(bytes(1000), 2 + n * 1000) for n in range(50)]
    wire = read([*OPEN, up(b"INVITE sip:a@b", 1), *segments], limits=limits)
    assert wire.messages == 0
    endless = b"INVITE sip:a@b SIP/2.0\r\nContent-Length: 99999999\r\n\r\n"
    wire = read([*OPEN, up(endless), up(ONE, 1 + len(endless))], limits=limits)
    assert [m for _, m in frames(wire)] == [ONE]


def test_a_message_that_is_too_large_is_named() -> None:
    """What was not read is among the losses with its beginning, so that nothing is concluded from its absence."""
    wide = sip("REFER", "9", extra="X-Wide: " + "a" * (1 << 20))
    long = sip("NOTIFY", "8", b"x\r\n" * (1 << 19), "Content-Type: text/plain")
    stream = ONE + wide + TWO + long + THREE
    wire = read(OPEN + [up(stream[i : i + 1400], 1 + i) for i in range(0, len(stream), 1400)])
    assert [p.data for p in wire.packets] == [ONE, TWO, THREE]
    assert [(lost.why, lost.start) for lost in wire.lost] == [
        ("its header fields are larger than 256 KiB", wide[:512]),
        ("it is larger than 1024 KiB", long[:512]),
    ]


def test_refused_and_unanswered() -> None:
    refused = read([up(at=0, flags=SYN), up(at=0, flags=SYN), down(at=0, flags=RST | ACK)]).connections[0]
    assert (refused.state, refused.reset, refused.closed_by_client, refused.syn_copies) == ("refused", True, False, 2)
    assert (str(refused.client), str(refused.server), refused.opened.number) == (f"{ALICE}:40000", f"{BOB}:5060", 1)
    unanswered = read([up(at=0, flags=SYN)] * 3).connections[0]
    assert (unanswered.state, unanswered.closed, unanswered.syn_copies) == ("unanswered", None, 3)


@pytest.mark.parametrize("by_client", [True, False])
@pytest.mark.parametrize("flag", [FIN, RST])
def test_who_closed(by_client: bool, flag: int) -> None:
    close = up(at=1 + len(ONE), flags=flag | ACK) if by_client else down(flags=flag | ACK, ack=1 + len(ONE))
    answer = down(flags=FIN | ACK) if by_client else up(at=1 + len(ONE), flags=FIN | ACK)
    connection = read([*OPEN, up(ONE), close, answer]).connections[0]
    assert (connection.closed_by_client, connection.reset) == (by_client, flag == RST)
    assert connection.closed is not None
    assert (connection.closed.number, connection.last_data and connection.last_data.number) == (5, 4)


def test_a_port_used_again_is_another_connection() -> None:
    again = ip(tcp(b"", 500_000, 0, SYN), 6)
    wire = read([*OPEN, up(ONE), again, ip(tcp(TWO, 500_001, 1, ACK), 6)])
    assert [m for _, m in frames(wire)] == [ONE, TWO]
    assert [(c.opened.number, c.messages) for c in wire.connections] == [(1, 1), (5, 1)]


def test_other_connections_are_not_listed() -> None:
    http = b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"
    assert read([*OPEN, up(http), down(b"HTTP/1.1 200 OK\r\n\r\n", ack=1 + len(http))]).connections == ()


@pytest.mark.parametrize(("source", "destination"), [(ALICE, BOB), (ALICE6, BOB6)])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_fragments(source: str, destination: str, order: tuple[int, ...]) -> None:
    whole = udp(sip(body=b"x" * 900))
    parts = [
        ip(whole[i : i + 400], 17, source, destination, ident=7, place=i, more=i + 400 < len(whole))
        for i in range(0, len(whole), 400)
    ]
    wire = read([parts[i] for i in order])
    assert frames(wire) == [(3, sip(body=b"x" * 900))]
    missing = read([parts[i] for i in order if i != 1])
    assert missing.packets == ()
    assert [x.why for x in missing.lost] == ["IP fragments are missing"]
    assert missing.lost[0].start.startswith(b"OPTIONS sip:bob")


def icmp(kind: int, code: int, quoted: bytes) -> bytes:
    return struct.pack(">BBHI", kind, code, 0, 0) + quoted


def test_sip_in_icmp_errors_is_no_message() -> None:
    packet = ip(udp(ONE))
    wire = read([packet, ip(icmp(3, 3, packet[:200]), 1, BOB, ALICE), ip(icmp(3, 3, ip(udp(b"hello"))), 1, BOB, ALICE)])
    assert wire.messages == 1
    (error,) = wire.unreachables
    assert (error.reporter, error.reason, error.transport, error.frame.number) == (BOB, "port unreachable", "udp", 2)
    assert (str(error.source), str(error.destination)) == (f"{ALICE}:5060", f"{BOB}:5060")
    assert error.quoted == ONE[: 200 - 28]
    six = ip(udp(ONE), 17, ALICE6, BOB6)
    (error,) = read([ip(icmp(1, 4, six), 58, BOB6, ALICE6)]).unreachables
    assert (error.reporter, error.reason) == (BOB6, "port unreachable")
    (error,) = read([ip(icmp(3, 1, up(at=0, flags=SYN)), 1, BOB, ALICE)]).unreachables
    assert (error.transport, error.reason, str(error.destination)) == ("tcp", "host unreachable", f"{BOB}:5060")


def websocket(payload: bytes, mask: bytes = b"", first: int = 0x81) -> bytes:
    size = len(payload)
    length = bytes([size]) if size < 126 else b"\x7e" + struct.pack(">H", size)
    if mask:
        length = bytes([length[0] | 0x80]) + length[1:] + mask
        payload = bytes(octet ^ mask[i % 4] for i, octet in enumerate(payload))
    return bytes([first]) + length + payload


@pytest.mark.parametrize(
    "upgrade", [b"", b"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: sip\r\n\r\n"]
)
def test_websocket(upgrade: bytes) -> None:
    masked = websocket(ONE, b"\x01\x02\x03\x04")
    ping, parts = websocket(b"", b"abcd", 0x89), websocket(TWO[:99], b"wxyz", 0x01) + websocket(TWO[99:], b"1234", 0x80)
    stream = masked + ping + parts
    packets = [*OPEN, *([up(upgrade)] if upgrade else [])]
    at = 1 + len(upgrade)
    packets += [up(stream[:500], at), up(stream[500:], at + 500), down(websocket(THREE))]
    wire = read(packets)
    assert [m for _, m in frames(wire)] == [ONE, TWO, THREE]
    assert [p.transport for p in wire.packets] == ["ws"] * 3
    assert str(ip_address(wire.packets[2].source.host if wire.packets[2].source else "::")) == BOB


def test_a_connection_from_an_address_and_port_to_itself() -> None:
    own = [
        ethernet(ip(tcp(part, at, 0, ACK, 5060, 5060), 6, ALICE, ALICE)) for part, at in ((ONE, 1), (TWO, 1 + len(ONE)))
    ]
    wire = read_capture(io.BytesIO(pcap(own)), "in1")
    assert [p.data for p in wire.packets] == [ONE, TWO]
    assert len(wire.connections) == 1


def test_unfinished_messages_of_all_connections_are_bounded_together() -> None:
    """Ten connections with half a message each, where there is room for half of them."""
    start = sip("INVITE", "1", extra="X-Fill: " + "a" * 900)[:900]
    packets = [ip(tcp(start, 1, source=40_000 + n), 6) for n in range(10)]
    wire = read(packets, limits=Limits(total_buffer=5_000))
    reasons = [lost.why for lost in wire.lost]
    assert reasons.count("too many messages are unfinished at the same time") == 5
    assert reasons.count("the capture does not hold the rest of the message") == 5
