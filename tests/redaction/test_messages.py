"""Redacted messages: as long, of the same structure, and without what they gave away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.redaction import Mode, Redactor
from sipdiag.sip.message import Message, parse_message
from sipdiag.values import Address, Host, Identity, Number, Text, Token, UriText, Word

KEY = bytes(range(32))
TORTURE = sorted((Path(__file__).parents[2] / "fixtures" / "torture").glob("*.dat"))

REFER = b"""REFER sip:+12025550170@pbx.acmecorp.com:5070;transport=tcp SIP/2.0\r
Via: SIP/2.0/TCP pbx.acmecorp.com:5060;branch=z9hG4bKa1b2;received=18.205.93.7;rport=1234\r
From: "Alice Wonder" <sip:alice@acmecorp.com>;tag=9f1b\r
To: Bob Marley <sip:+12025550100@18.205.93.7;user=phone>;tag=c4d5\r
Call-ID: 7f3c91-55a0@18.205.93.7\r
CSeq: 3 REFER\r
Refer-To: "Carol" <sip:+14155550123@pstn.twilio.com?Replaces=abc1%40pbx.acmecorp.com%3Bto-tag%3D12%3Bfrom-tag%3Dzz9>\r
Authorization: Digest username="alice", realm="acmecorp.com", nonce="abcdef0123", uri="sip:1@acmecorp.com",\r
 response="0123456789abcdef0123456789abcdef", algorithm=MD5, qop=auth, nc=00000001\r
X-Account: secret-7733\r
Content-Type: application/sdp\r
\r
v=0\r
o=alice 12345 2 IN IP4 10.1.2.3\r
s=Alice Wonder\r
c=IN IP4 18.205.93.7\r
t=0 0\r
m=audio 40000 RTP/AVP 0 101\r
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WnD7c1ksDGs+dIefCEo8omPg4uO8DYIinNGL5yxQ|2^20|1:4\r
a=rtpmap:101 telephone-event/8000\r
"""


def redactor() -> Redactor:
    return Redactor(KEY)


def test_structure_and_relations_stay_and_identities_go() -> None:
    r = redactor()
    data = r.message(REFER)
    before, after = parse_message(REFER), parse_message(data)
    assert len(data) == len(REFER)
    assert (after.method, after.cseq, len(after.headers)) == ("REFER", before.cseq, len(before.headers))
    assert after.uri is not None
    assert (after.uri.host, after.uri.port, after.uri.transport) == (after.vias[0].host, 5070, "tcp")
    assert after.from_ is not None
    assert after.from_.uri is not None
    assert after.from_.uri.host == (after.uri.host or "").partition(".")[2]
    assert after.vias[0].received is not None
    assert after.to is not None
    assert after.to.uri is not None
    assert after.vias[0].received == after.to.uri.host == (after.call_id or "").rpartition("@")[2]
    assert after.refer_to is not None
    assert after.refer_to.uri is not None
    assert after.refer_to.uri.host == "pstn.twilio.com"
    assert after.refer_to.replaces is not None
    assert before.refer_to is not None
    assert before.refer_to.replaces is not None
    assert after.refer_to.replaces.call_id.endswith("@" + after.vias[0].host)
    assert after.sdp is not None
    assert before.sdp is not None
    assert [m.codecs for m in after.sdp.media] == [m.codecs for m in before.sdp.media]
    assert after.sdp.media[0].crypto
    for gone in (
        b"Alice",
        b"alice",
        b"acmecorp",
        b"2025550",
        b"4155550123",
        b"18.205",
        b"secret",
        b"abcdef0123",
        b"WnD7",
        b"7f3c91",
        b"Carol",
    ):
        assert gone not in data, gone


def test_a_secret_leaves_its_length_and_no_trace_of_itself() -> None:
    one, other = redactor(), Redactor(bytes(32))
    pattern = rb'response="([^"]*)"'
    marks = [re.search(pattern, r.message(REFER)) for r in (one, other)]
    assert marks[0] is not None
    assert marks[1] is not None
    assert marks[0][1] == marks[1][1], "what stands for a secret must not depend on a key"
    assert len(marks[0][1]) == 32


@pytest.mark.parametrize("path", TORTURE, ids=lambda p: p.stem)
def test_every_odd_message_keeps_its_length_and_what_is_wrong_with_it(path: Path) -> None:
    data = path.read_bytes()
    redacted = redactor().message(data)
    assert len(redacted) == len(data)
    before, after = Message(data), Message(redacted)
    assert (after.method, after.status) == (before.method, before.status)
    assert (after.cseq and after.cseq.number) == (before.cseq and before.cseq.number)
    assert [h.canonical for h in after.headers if h.canonical in KNOWN] == [
        h.canonical for h in before.headers if h.canonical in KNOWN
    ]
    assert len(after.body) == len(before.body)


KNOWN = {"Via", "From", "To", "Call-ID", "CSeq", "Contact", "Route", "Max-Forwards", "Content-Length", "Content-Type"}


@given(st.binary(max_size=300))
def test_no_octets_are_too_odd(data: bytes) -> None:
    assert len(redactor().message(b"INVITE sip:a@b SIP/2.0\r\n" + data)) == len(data) + 24
    assert len(redactor().message(data)) == len(data)


@given(st.text(max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    redactor().text(text)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (Number("+12025550170"), Number), (Host("pbx.acmecorp.com"), Host), (Address("18.205.93.7:5060"), Address),
        (Identity("alice"), Identity), (UriText("<sip:alice@acmecorp.com>"), UriText), (Token("7f3c91"), Token),
        (Text("call from +12025550170"), Text),
    ],
)  # fmt: skip
def test_a_value_becomes_another_of_its_type(value: str, kind: type) -> None:
    shown = redactor()(value)
    assert type(shown) is kind
    assert shown != value
    assert len(str(shown)) == len(value)


def test_words_of_a_vocabulary_and_other_values_pass() -> None:
    r = redactor()
    assert [r(v) for v in (Word("sip_refer"), 603, None, 1.5)] == [Word("sip_refer"), 603, None, 1.5]
    assert Redactor(KEY, Mode.OFF)(Number("+12025550170")) == "+12025550170"


def test_what_matches_a_keep_pattern_stays() -> None:
    r = Redactor(KEY, keep=["*acmecorp.com", "+1202*"])
    assert r(UriText("sip:+12025550170@pbx.acmecorp.com")) == "sip:+12025550170@pbx.acmecorp.com"
