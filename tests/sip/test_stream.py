"""The stream reader: fed whole, byte by byte and in between, with tails, gaps and rubbish between messages."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipdiag.sip.start import find_start, is_start
from sipdiag.sip.stream import Piece, StreamReader
from tests.support.steps import CountingBuffer, steps

OPTIONS = b"OPTIONS sip:a@b.example SIP/2.0\r\nVia: SIP/2.0/TCP c.example;branch=z9hG4bK1\r\nContent-Length: 0\r\n\r\n"
NOTIFY = (
    b"NOTIFY sip:a@b.example SIP/2.0\r\nVia: SIP/2.0/TCP c.example;branch=z9hG4bK2\r\n"
    b"c: message/sipfrag\r\nl: 42\r\n\r\n"
    b"SIP/2.0 200 OK\r\nContact: <sip:d@e.example>"
)
ANSWER = b"SIP/2.0 202 Accepted\r\nVia: SIP/2.0/TCP c.example;branch=z9hG4bK3\r\nContent-Length : 3\r\n\r\n\r\n\r"
MESSAGES = (OPTIONS, NOTIFY, ANSWER)


def whole(stream: bytes) -> list[Piece]:
    reader = StreamReader()
    return [*reader.feed(stream), *reader.close()]


def byte_by_byte(stream: bytes) -> list[Piece]:
    reader = StreamReader()
    pieces = [p for i in range(len(stream)) for p in reader.feed(stream[i : i + 1])]
    return [*pieces, *reader.close()]


def in_sevens(stream: bytes) -> list[Piece]:
    reader = StreamReader()
    pieces = [p for i in range(0, len(stream), 7) for p in reader.feed(stream[i : i + 7])]
    return [*pieces, *reader.close()]


Way = Callable[[bytes], list[Piece]]
every_way = pytest.mark.parametrize("read", [whole, byte_by_byte, in_sevens])


@every_way
def test_messages_come_out_as_they_went_in(read: Way) -> None:
    pieces = read(b"".join(MESSAGES))
    assert [p.data for p in pieces] == list(MESSAGES)
    assert not any(p.cut or p.why for p in pieces)
    ends = [len(b"".join(MESSAGES[: i + 1])) for i in range(3)]
    assert [p.end for p in pieces] == ends
    assert [p.start for p in pieces] == [0, *ends[:-1]]


@every_way
def test_keep_alives_between_messages_are_no_pieces(read: Way) -> None:
    pieces = read(b"\r\n\r\n" + OPTIONS + b"\r\n\r\n\r\n" + ANSWER + b"\r\n")
    assert [(p.kind, p.data) for p in pieces] == [("message", OPTIONS), ("message", ANSWER)]
    assert pieces[1].start == 4 + len(OPTIONS) + 6


@every_way
@pytest.mark.parametrize(
    "rubbish",
    [
        b"\x16\x03\x01\x02\x00\x01binary\r\n",
        b"GET /?to=SIP/2.0 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"no line end at all ",
        b"Via: SIP/2.0/TCP x\r\n\r\n",
        b"SIP/2.0 200 OK\r\n\r\n"[8:],
    ],
)
def test_rubbish_is_skipped_and_its_range_told(read: Way, rubbish: bytes) -> None:
    pieces = read(OPTIONS + rubbish + OPTIONS)
    assert [p.kind for p in pieces] == ["message", "skipped", "message"]
    skipped = pieces[1]
    assert (skipped.start, skipped.end) == (len(OPTIONS), len(OPTIONS + rubbish))
    assert skipped.data == rubbish[:64]
    assert pieces[2].data == OPTIONS


@every_way
def test_a_status_line_in_a_body_is_no_start_when_the_capture_begins_there(read: Way) -> None:
    pieces = read(b"tag=1\r\n\r\nSIP/2.0 180 Ringing\r\n" + OPTIONS)
    assert [p.kind for p in pieces] == ["skipped", "message"]
    assert pieces[1].data == OPTIONS


@every_way
def test_the_end_of_the_stream_cuts_a_message(read: Way) -> None:
    for stop in range(len(b"OPTIONS sip:a@b.example SIP/2.0"), len(NOTIFY)):
        pieces = read(ANSWER + NOTIFY[:stop])
        assert pieces[0].data == ANSWER
        assert pieces[-1].end == len(ANSWER) + stop
        if stop > 40:
            assert pieces[-1].cut
            assert pieces[-1].data == NOTIFY[:stop]


@every_way
@pytest.mark.parametrize("length", [b"", b"l: x\r\n", b"l: -1\r\n", b"l: 3\r\nl: 4\r\n", b"l: 99999999999\r\n"])
def test_a_body_without_a_usable_length_ends_at_the_next_message(read: Way, length: bytes) -> None:
    head = NOTIFY.partition(b"\r\n\r\n")[0].replace(b"l: 42", b"").rstrip() + b"\r\n" + length + b"\r\n"
    body = b"SIP/2.0 486 Busy Here\r\n"
    pieces = read(head + body + OPTIONS + ANSWER)
    assert [p.data for p in pieces] == [head + body, OPTIONS, ANSWER]
    assert "Content-Length" in pieces[0].why


@every_way
def test_a_length_that_reaches_into_the_next_message_is_not_believed(read: Way) -> None:
    sdp = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n"
    invite = b"INVITE sip:a@b SIP/2.0\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n" % (len(sdp) + 60)
    pieces = read(invite + sdp + OPTIONS + ANSWER)
    assert [p.data for p in pieces] == [invite + sdp, OPTIONS, ANSWER]
    assert "reaches into the next message" in pieces[0].why


@every_way
def test_a_length_that_is_too_short_leaves_the_rest_to_be_skipped(read: Way) -> None:
    sdp = b"v=0\r\ns=-\r\n"
    invite = b"INVITE sip:a@b SIP/2.0\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\n"
    pieces = read(invite + sdp + OPTIONS)
    assert [(p.kind, p.data) for p in pieces] == [
        ("message", invite + sdp[:5]),
        ("skipped", b"s=-\r\n"),
        ("message", OPTIONS),
    ]


@every_way
def test_lf_alone_ends_lines_too(read: Way) -> None:
    lf = OPTIONS.replace(b"\r\n", b"\n")
    assert [p.data for p in read(lf + OPTIONS + lf)] == [lf, OPTIONS, lf]


def test_lost_bytes_cut_what_came_before_and_shift_what_follows() -> None:
    reader = StreamReader(start=100)
    first = reader.feed(OPTIONS + NOTIFY[:60])
    lost = reader.lose(len(NOTIFY) - 60)
    after = reader.feed(ANSWER)
    assert [p.data for p in first] == [OPTIONS]
    assert [(p.data, p.cut) for p in lost] == [(NOTIFY[:60], True)]
    assert [(p.data, p.start) for p in after] == [(ANSWER, 100 + len(OPTIONS + NOTIFY))]


def test_a_capture_that_begins_inside_a_message() -> None:
    reader = StreamReader(midstream=True)
    pieces = reader.feed(NOTIFY[-42:] + b"\r\n" + OPTIONS)
    # The sipfrag's status line is followed by a header field, as in a message: nothing in the bytes tells them apart.
    assert pieces[-1].data.endswith(OPTIONS)
    reader = StreamReader(midstream=True)
    pieces = reader.feed(b"SIP/2.0 200 OK\r\n" + OPTIONS)
    assert [(p.kind, p.start) for p in pieces] == [("skipped", 0), ("message", 16)]


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        (b"INVITE sip:a@b SIP/2.0\r\n", True),
        (b"INVITE sip:a@b SIP/2.0", True),
        (b"INVITE  sip:a@b; lr  SIP/2.0  \r\nTo: x", True),
        (b"\r\n\r\nSIP/2.0 200 OK\r\n", True),
        (b"SIP/2.0 200", True),
        (b"SIP/2.0 2000 OK", False),
        (b"SIP/2.0 99 OK", False),
        (b"SIP/2.0/UDP 192.0.2.1", False),
        (b"GET /SIP/2.0 HTTP/1.1\r\n", False),
        (b"GET http://x/ SIP/2.0 HTTP/1.1\r\nX: SIP/2.0\r\n", False),
        (b"HTTP/1.1 200 SIP/2.0\r\n", False),
        (b"DESCRIBE rtsp://x RTSP/1.0\r\n", False),
        (b"\x80\x00\x01\x02", False),
        (b"", False),
        (b"SIP/2.0", False),
        (b" SIP/2.0\r\n", False),
    ],
)
def test_is_start(data: bytes, verdict: bool) -> None:
    assert is_start(data) is verdict
    assert is_start(bytearray(data)) is verdict


def test_find_start() -> None:
    stream = b"xx\r\nSIP/2.0 180 Ringing\r\n\r\n" + OPTIONS + ANSWER
    first = find_start(stream)
    assert stream[first:].startswith(OPTIONS)
    second = find_start(stream, first + len(OPTIONS) - 4)
    assert stream[second:] == ANSWER
    assert find_start(stream, second + 1) == -1
    assert find_start(b"\x01\x02INVITE sip:a@b SIP/2.0\r\nTo: x\r\n") == 2


streams = st.lists(
    st.one_of(
        st.sampled_from(
            [*MESSAGES, b"\r\n", b"\r\n\r\n", b"SIP/2.0", b" SIP/2.0\r\n", b"l: 9\r\n", b"INVITE sip:x SIP/2.0\r\n"]
        ),
        st.binary(max_size=30),
    ),
    max_size=8,
).map(b"".join)


@given(streams, st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_the_pieces_do_not_depend_on_how_the_stream_was_divided(stream: bytes, rng: random.Random) -> None:
    expected = whole(stream)
    reader = StreamReader()
    pieces = []
    at = 0
    while at < len(stream):
        step = rng.randint(1, 40)
        pieces += reader.feed(stream[at : at + step])
        at += step
    assert [*pieces, *reader.close()] == expected


@given(streams)
@settings(max_examples=300, deadline=None)
def test_pieces_are_in_order_and_tell_the_truth(stream: bytes) -> None:
    at = 0
    for piece in whole(stream):
        assert at <= piece.start < piece.end <= len(stream)
        assert not stream[at : piece.start].strip(b"\r\n")
        if piece.kind == "message":
            assert stream[piece.start : piece.end] == piece.data
            assert is_start(piece.data)
        else:
            assert stream[piece.start : piece.end][:64] == piece.data
        at = piece.end
    assert not stream[at:].strip(b"\r\n")


@pytest.mark.parametrize("size", [1, 7, 64, 1_000])
def test_a_body_without_length_is_searched_also_where_no_line_ends_in_what_came_last(size: int) -> None:
    head = b"OPTIONS sip:a@b.example SIP/2.0\r\nVia: SIP/2.0/TCP c.example;branch=z9hG4bK1\r\n"
    bodies = (b"l: 9999\r\n\r\nv=0\r\n", b"c: application/sdp\r\n\r\nv=0\r\n", b"l: 80\r\n\r\n")
    stream = b"".join(head + body for body in bodies) + b"no line ends in this, nor in the octets which are fed at last"
    reader = StreamReader()
    found = [p for at in range(0, len(stream), size) for p in reader.feed(stream[at : at + size])] + reader.close()
    assert [p.data.partition(b"\r\n\r\n")[0] for p in found] == [(head + b).partition(b"\r\n\r\n")[0] for b in bodies]


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "one endless line": lambda n: b"a" * n,
    "empty lines": lambda n: b"\r\n" * (n // 2),
    "versions": lambda n: b"SIP/2.0 " * (n // 8),
    "version lines": lambda n: b"SIP/2.0\n" * (n // 8),
    "start lines": lambda n: b"A sip:b SIP/2.0\n" * (n // 16),
    "an endless head": lambda n: b"A sip:b SIP/2.0\r\n" + b"a: b\r\n" * (n // 6),
    "an endless fold": lambda n: b"A sip:b SIP/2.0\r\na:" + b"\r\n " * (n // 3),
    "an unmeasured body": lambda n: b"A sip:b SIP/2.0\r\nc: x\r\n\r\n" + b"y" * n,
    "an unmeasured body of lines": lambda n: b"A sip:b SIP/2.0\r\nc: x\r\n\r\n" + b"B sip:c SIP/2.0\n" * (n // 16),
    "small messages": lambda n: b"A sip:b SIP/2.0\r\nl:0\r\n\r\n" * (n // 24),
}


@pytest.mark.parametrize("shape", list(HOSTILE))
def test_work_is_linear(shape: str) -> None:
    def work(size: int) -> int:
        stream = HOSTILE[shape](size)
        reader = StreamReader()
        buffer = reader._buffer = CountingBuffer()

        def read() -> None:
            for at in range(0, len(stream), 64):
                reader.feed(stream[at : at + 64])
            reader.close()

        lines = steps(read)
        assert reader._buffer is buffer
        return lines + buffer.looked_at

    # several times the longest start line: below it, there is one line to be searched, and above it many
    once, twice, four = work(50_000), work(100_000), work(200_000)
    assert twice <= 2.2 * once + 200
    assert four <= 2.2 * twice + 200
