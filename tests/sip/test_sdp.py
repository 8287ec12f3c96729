"""Session descriptions: addresses, codecs, direction, hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.sip.sdp import Media, Sdp, parse_sdp

OFFER = b"""v=0\r
o=alice 2890844526 2890844527 IN IP4 192.0.2.9\r
s=-\r
c=IN IP4 192.0.2.1\r
t=0 0\r
a=sendonly\r
m=audio 49170/2 RTP/AVP 96 0 8 101 97\r
a=rtpmap:96 opus/48000/2\r
a=rtpmap:101 telephone-event/8000\r
a=sendrecv\r
m=video 0 RTP/SAVP 31\r
c=IN IP6 2001:db8::1\r
m=application 9 TCP/MSRP *\r
"""


def sdp(body: bytes) -> Sdp:
    read = parse_sdp(body)
    assert read is not None
    return read


def media(*lines: str, session: str = "c=IN IP4 192.0.2.1") -> Media:
    return sdp("\r\n".join(["v=0", session, "m=audio 4000 RTP/AVP 0", *lines]).encode()).media[0]


def test_all_parts() -> None:
    read = sdp(OFFER)
    assert read.origin is not None
    origin = (read.origin.username, read.origin.session_id, read.origin.version, read.origin.address)
    assert origin == ("alice", "2890844526", "2890844527", "192.0.2.9")
    assert read.address == "192.0.2.1"
    audio, video, msrp = read.media
    assert (audio.kind, audio.port, audio.ports, audio.protocol) == ("audio", 49170, 2, "RTP/AVP")
    assert audio.formats == ("96", "0", "8", "101", "97")
    assert audio.codecs == ("opus/48000/2", "PCMU/8000", "PCMA/8000", "telephone-event/8000")
    assert (audio.direction, video.direction) == ("sendrecv", "sendonly")
    assert (audio.address, video.address) == ("192.0.2.1", "2001:db8::1")
    assert (audio.crypto, video.crypto) == (False, True)
    assert (audio.active, video.active) == (True, False)
    assert msrp.codecs == ()
    assert read.audio is audio


def test_line_ends_do_not_matter() -> None:
    assert parse_sdp(OFFER.replace(b"\r\n", b"\n")) == parse_sdp(OFFER)
    assert parse_sdp(OFFER.rstrip()) == parse_sdp(OFFER)


@pytest.mark.parametrize(
    ("lines", "session", "held"),
    [
        ([], "c=IN IP4 192.0.2.1", False),
        (["a=sendonly"], "c=IN IP4 192.0.2.1", True),
        (["a=inactive"], "c=IN IP4 192.0.2.1", True),
        (["a=recvonly"], "c=IN IP4 192.0.2.1", False),
        ([], "c=IN IP4 0.0.0.0", True),
        (["c=IN IP4 192.0.2.2"], "c=IN IP4 0.0.0.0", False),
        ([], "a=inactive", True),
        (["a=sendrecv"], "a=inactive", False),
        ([], "c=IN IP6 0:0:0:0:0:0:0:0", True),
        (["a=ice-ufrag:F7gI"], "c=IN IP4 0.0.0.0", False),  # candidates follow (RFC 8840)
    ],
)
def test_hold(lines: list[str], session: str, held: bool) -> None:
    assert media(*lines, session=session).held is held


def test_a_rejected_section_is_not_on_hold() -> None:
    read = sdp(b"v=0\r\nc=IN IP4 0.0.0.0\r\nm=audio 0 RTP/AVP 0\r\n")
    assert not read.held
    assert sdp(b"v=0\r\nc=IN IP4 0.0.0.0\r\nm=audio 4 RTP/AVP 0\r\nm=video 0 RTP/AVP 31\r\n").held


@pytest.mark.parametrize("key", ["a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x", "a=fingerprint:sha-256 AB"])
def test_keys(key: str) -> None:
    assert media(key).crypto


def test_each_way_to_agree_on_keys_is_told() -> None:
    both = media("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x", "a=fingerprint:sha-256 AB")
    assert both.keys == {"sdes", "dtls"}
    assert media(session="c=IN IP4 192.0.2.1\r\na=fingerprint:sha-256 AB").keys == {"dtls"}
    assert not media().keys


def test_port_0_of_a_bundle_refuses_nothing() -> None:
    read = sdp(b"v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 0 RTP/AVP 0\r\na=bundle-only\r\nm=audio 0 RTP/AVP 0\r\n")
    assert [m.active for m in read.media] == [True, False]


def test_an_ipv6_address_is_read_as_captures_write_it() -> None:
    assert media(session="c=IN IP6 2001:DB8:0:0::10").place == ("2001:db8::10", 4000)


def test_an_unreadable_section_keeps_its_lines_to_itself() -> None:
    read = sdp(b"v=0\r\nm=audio 4000 RTP/AVP 0\r\nm=audio x\r\na=inactive\r\n")
    assert [m.direction for m in read.media] == ["sendrecv"]


@pytest.mark.parametrize("body", [b"", b"hello", b"\x00\xff", b"v=0\r\ns=-\r\n", b"<xml a='b'/>"])
def test_what_is_no_description(body: bytes) -> None:
    assert parse_sdp(body) is None


@given(st.binary(max_size=200), st.integers(0, len(OFFER)))
def test_anything_may_stand_in_a_body(noise: bytes, at: int) -> None:
    read = parse_sdp(OFFER[:at] + noise + OFFER[at:])
    assert read is None or len(read.media) <= 256


def test_sections_are_bounded() -> None:
    assert len(sdp(b"v=0\r\n" + b"m=audio 4 RTP/AVP 0\r\n" * 10_000).media) == 256
