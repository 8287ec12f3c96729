"""The short ways to a tag and a branch lead where the long ones do."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sipdiag.sip import params, uri
from sipdiag.sip.fields import Via, parse_via, plain_branch
from sipdiag.sip.message import parse_message
from sipdiag.sip.nameaddr import parse_name_addr, tag_of
from sipdiag.sip.params import split_list

_ADDRESS_PIECES = (
    '"', "\\", "<", ">", ";", "=", ",", " ", "\t", "tag", "TAG", "tag=1", ";tag=2", "<sip:a@b>", "sip:a@b", "Bell", "ü",
    '"A; B"', ";x=y", '=";tag=3"', ";tag", "*",
)  # fmt: skip
_VIA_PIECES = (
    "SIP/2.0/UDP h", "SIP/2.0/TCP 192.0.2.1:5061", "SIP/2.0/TLS [2001:db8::1]:5061", "SIP / 2.0 / UDP h", ";", "=", ",", '"',
    " ", ";branch=z9hG4bK1", ";Branch=2", "branch", ";rport", ";rport=5060", ";received=192.0.2.9", ';x="a;branch=3"',
    ";branch", ":", "<", ">",
)  # fmt: skip


def _from(pieces: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(pieces), max_size=7).map("".join)


@given(_from(_ADDRESS_PIECES))
@example("<sip:a@b>;tag=1;tag=2")
@example('"A \\" B" <sip:a@b>;tag=1')
@example("<sip:a@b>;tag=")
@example("sip:a@b;tag=1")
def test_tag(value: str) -> None:
    assert tag_of(value) == parse_name_addr(value).tag


def test_tag_of_no_address() -> None:
    assert tag_of(None) is None


@given(_from(_VIA_PIECES))
@example("SIP/2.0/UDP h;branch=1;branch=2")
@example("SIP/2.0/UDP h;branch=1, SIP/2.0/UDP i;branch=2")
def test_branch(value: str) -> None:
    read = [v for _, piece in split_list(value) if piece and isinstance(v := parse_via(piece), Via)]
    branch = read[0].branch if read else None
    assert plain_branch(value) in (None, branch)
    assert parse_message(b"ACK sip:a@b SIP/2.0\r\nVia: " + value.encode() + b"\r\n\r\n").branch == branch


@pytest.mark.parametrize(
    "value", ["SIP/2.0/UDP h:5060;rport;branch=z9hG4bK1;received=192.0.2.1", "SIP/2.0/TCP h;branch=2"]
)
def test_usual_branches_are_found_the_short_way(value: str) -> None:
    assert plain_branch(value) is not None


def test_messages_can_be_read_after_thousands_of_others() -> None:
    several = [parse_message(b"ACK sip:%d@b SIP/2.0\r\nSubject: %d\r\n\r\n" % (n, n)) for n in range(6000)]
    assert [m.get("Subject") for m in several] == [m.get("Subject") for m in several] == [str(n) for n in range(6000)]


@pytest.mark.parametrize(
    ("octets", "described"),
    [
        (b"ACK sip:a@b SIP/2.0\r\n\r\n", False),
        (b"ACK sip:a@b SIP/2.0\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nm=audio 4 RTP/AVP 0\r\n\r\n", True),
        (b"ACK sip:a@b SIP/2.0\nContent-Type: application/sdp\n\nv=0\r\nm=audio 4 RTP/AVP 0\r\n\r\n", True),
        (b"\r\n\r\nACK sip:a@b SIP/2.0\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nm=audio 4 RTP/AVP 0\r\n", True),
    ],
)
def test_bodies_are_seen_behind_any_empty_line(octets: bytes, described: bool) -> None:
    assert (parse_message(octets).sdp is not None) is described


_NEVER = re.compile(r"(?!)")
_URI_PIECES = (
    "sip:", "sips:", "SIP:", "tel:", "alice", "+1555", "1.2~x", "%41", "@", "h", "pbx.example", "192.0.2.1", "[2001:db8::1]",
    ":", ":5060", ":0", ":065", ":70000", ";", ";lr", ";transport=tcp", "?", "?a=b", " ", "_", "-", "\n",
)  # fmt: skip
_PARAM_PIECES = (";", "tag", "=", "x", '"a"', " ", "\t", ",", "1.a_b", ";tag=1", ";lr", "~", "%", "\n", ">", "é")


@given(_from(_URI_PIECES))
@example("sip:+15550100@pbx.example:5060")
@example("sips:a@192.0.2.1")
@example("sip:a@h\n")
def test_uri(text: str) -> None:
    short = uri._read(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uri, "_PLAIN", _NEVER)
        assert uri._read(text) == short
        assert short[0] is None or uri._read(text)[0].spans == short[0].spans  # type: ignore[union-attr]


@given(_from(_PARAM_PIECES))
@example(";tag=1.a_b")
@example(";tag=1\n")
def test_params(text: str) -> None:
    short = params.read_params(text, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(params, "_ONE", _NEVER)
        assert params.read_params(text, 0) == short
