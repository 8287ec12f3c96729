"""A REFER of which only the beginning was captured is a transfer of which nothing more is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sipdiag.facts.leg import Side
from sipdiag.raw import Lost, Wire
from sipdiag.stages import Answer, Outcome, Stage
from tests.support.scenario import play
from tests.support.verdicts import verdicts
from tests.support.wire_case import case_of

CALL = """
    call
    +2s agent -> caller REFER  Refer-To: <sip:2003@example.com>
    +9s caller -> agent BYE
    agent -> caller 200 OK
"""


def torn(start: bytes | None = None) -> Wire:
    """The call of which the REFER was cut off; `start` is what was left of it."""
    wire = play(CALL)
    refer = next(p for p in wire.packets if p.data.startswith(b"REFER "))
    left = Lost(refer.frame, "message cut off", refer.source, refer.destination, refer.data if start is None else start)
    return replace(wire, packets=tuple(p for p in wire.packets if p is not refer), lost=(left,))


@pytest.mark.parametrize("start", [None, b"REFER sip:+15550100123@198.51.100.10:5060 SIP/2.0\r\nVia: SIP"])
def test_a_refer_of_which_only_the_beginning_is_left_was_sent(start: bytes | None) -> None:
    (verdict,) = verdicts(case_of(torn(start)))
    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.ladder[Stage.EMITTED].answer is Answer.YES
    assert verdict.ladder[Stage.DELIVERED].answer is Answer.UNKNOWN
    assert verdict.transfer.transferor is Side.CALLEE
    assert [u.check.id for u in verdict.undecided] == ["refer-unanswered"]


@pytest.mark.parametrize(
    "start", [b"INFO sip:a@198.51.100.10 SIP/2.0\r\n", b"REFER sip:a@b SIP/2.0\r\nCall-ID: another@call\r\n", b""]
)
def test_the_beginning_of_another_message_asks_for_nothing(start: bytes) -> None:
    assert verdicts(case_of(torn(start))) == []
