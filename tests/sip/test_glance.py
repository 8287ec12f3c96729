"""A glance at a message finds what taking it apart finds, or leaves it to that."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from sipdiag.sip.glance import closer, glance
from sipdiag.sip.message import parse_message

TORTURE = sorted((Path(__file__).parents[2] / "fixtures" / "torture").rglob("*.dat"))
USUAL = (
    b"REFER sip:b@[2001:db8::2]:5060;transport=tcp SIP/2.0\r\nVia: SIP/2.0/TCP [2001:db8::1]:5060;rport;branch=z9hG4bK1, "
    b'SIP/2.0/UDP h;branch=z9hG4bK0\r\nMax-Forwards: 70\r\nf: "A, B" <sip:a@h;x=1>;tag=1\r\nTo: <sip:b@h>;tag=2\r\n'
    b"Call-ID: 7@h\r\nCSeq: 2 REFER\r\nRefer-To: <sip:c@h>\r\nContent-Length: 0\r\n\r\n"
)
ODD = (b"\r\n ", b"\n", b"\n\n", b"\r", b"\r\nvia: x", b"\r\ni: 3", b" ", b"\xff", b"\x00", b":", b";branch=", b"<")


def test_a_usual_message_needs_no_closer_look() -> None:
    seen = glance(USUAL)
    assert seen is not None
    assert seen == closer(parse_message(USUAL))
    assert (seen.call_id, seen.from_tag, seen.to_tag, seen.branch) == ("7@h", "1", "2", "z9hG4bK1")
    answer = glance(USUAL.replace(USUAL.partition(b"\r\n")[0], b"SIP/2.0 202 Accepted"))
    assert answer is not None
    assert (answer.is_request, answer.status) == (False, 202)


@pytest.mark.parametrize("file", TORTURE, ids=lambda f: f.stem)
def test_what_is_odd_is_left_to_a_closer_look_or_seen_alike(file: Path) -> None:
    data = file.read_bytes()
    assert glance(data) in (None, closer(parse_message(data)))


def test_whatever_stands_in_a_message_is_seen_alike() -> None:
    chance, seen = random.Random(7), 0
    for _ in range(4000):
        data = bytearray(USUAL)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data))
            data[at : at + chance.randint(0, 3)] = chance.choice(ODD)
        found = glance(bytes(data))
        seen += found is not None
        assert found in (None, closer(parse_message(bytes(data)))), bytes(data)
    assert seen > 100
