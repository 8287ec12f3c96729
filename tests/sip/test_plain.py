"""The short ways to a tag and a branch lead where the long ones do."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

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
