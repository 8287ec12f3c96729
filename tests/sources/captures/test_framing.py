"""The framer of captures finds the messages that the stream reader of the SIP layer finds."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sipdiag.sip.stream import StreamReader
from sipdiag.sources.captures.framing import Framer
from tests.support.frames import sip

MESSAGES = [
    sip("INVITE", "1", b"v=0\r\n" * 20, "Content-Type: application/sdp"),
    sip("NOTIFY", "2", b"SIP/2.0 200 OK\r\n", "Content-Type: message/sipfrag"),
    sip("BYE", "3").replace(b"Content-Length", b"l"),
    sip("ACK", "4").replace(b"Content-Length: 0\r\n", b""),
    b"SIP/2.0 200 OK\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n",
    sip("OPTIONS", "5").replace(b"\r\n", b"\n"),
]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(MESSAGES), st.sampled_from([b"", b"\r\n\r\n", b"\r\n"])), max_size=6),
    st.lists(st.integers(0, 3000), max_size=12),
)
def test_same_messages(parts: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    stream = b"".join(message + pause for message, pause in parts)
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    framer, reader = Framer(1 << 20), StreamReader()
    found: list[bytes] = []
    same: list[bytes] = []
    for begin, end in pairwise(places):
        for message, offset in framer.feed(stream[begin:end]):
            assert offset < 0 or stream[begin + offset :].startswith(message)
            found.append(message)
        same += [piece.data for piece in reader.feed(stream[begin:end]) if piece.kind == "message"]
    assert found == same == [message for message, _ in parts]
    assert framer.skipped == 0
