"""Offers and answers of a leg: which of them took effect, and who said what."""

from __future__ import annotations

import pytest

from sipdiag.facts.exchanges import exchanges, refusal, unsettled
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.transfer import Transfer
from tests.support.wire_case import case_of_scenario

REFER = """
agent -> caller REFER  Refer-To: <sip:2003@example.com>
caller -> agent 202 Accepted
"""
HELD = """
agent -> caller INVITE
    -- v=0
    -- c=IN IP4 192.0.2.20
    -- m=audio 4000 RTP/AVP 0
    -- a=sendonly
"""
OTHER = """
    -- v=0
    -- c=IN IP4 198.51.100.10
    -- m=audio 4000 RTP/AVP 0
    -- a=inactive
""".lstrip("\n")


def leg(text: str) -> Leg:
    (transfer,) = case_of_scenario(text + REFER).of(Transfer)
    assert transfer.leg is not None
    return transfer.leg


def test_a_call_has_one_exchange() -> None:
    (only,) = exchanges(leg("call"))
    assert only.offerer is Side.CALLER
    assert only.both_ways


def test_an_offer_in_the_200_is_answered_in_the_ack() -> None:
    late = "caller -> agent INVITE\n    -- none\nagent -> caller 200 OK\n"
    (only,) = exchanges(leg(f"{late}caller -> agent ACK\n{OTHER}"))
    assert only.offerer is Side.CALLEE
    assert only.limited_by(Side.CALLER)
    assert not only.limited_by(Side.CALLEE)


@pytest.mark.parametrize(("code", "effective"), [("200 OK", 2), ("488 Not Acceptable Here", 1), ("491 Pending", 1)])
def test_an_offer_that_is_refused_changes_nothing(code: str, effective: int) -> None:
    found = leg(f"call\n{HELD}caller -> agent {code}  CSeq: INVITE\nagent -> caller ACK\n")
    assert len(exchanges(found)) == effective
    assert (refusal(found, 0) is None) is (effective == 2)
    assert not unsettled(found, 0)


def test_an_offer_without_an_answer_in_the_input_leaves_it_open() -> None:
    assert unsettled(leg(f"call\n{HELD}"), 0)
    assert unsettled(leg(f"call\n{HELD}caller -> agent 200 OK  CSeq: INVITE\n    -- none\n"), 0)


def test_an_answer_to_a_hold_is_no_hold_of_its_own() -> None:
    answered = f"caller -> agent 200 OK  CSeq: INVITE\n{OTHER}"
    last = exchanges(leg(f"call\n{HELD}{answered}agent -> caller ACK\n"))[-1]
    assert last.limited_by(Side.CALLEE)
    assert not last.limited_by(Side.CALLER)
