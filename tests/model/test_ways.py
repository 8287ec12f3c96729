"""Who called, and whether both directions were captured, where an input tells little of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.model.hops import exchanges, hops
from sipdiag.model.legs import InputSpan, legs
from sipdiag.raw import Packet
from tests.support.scenario import perform, statements

CALL = """call
agent -> caller REFER  Refer-To: <sip:2003@example.com>
caller -> agent 202 Accepted
agent -> caller BYE
caller -> agent 200 OK
"""


def seen() -> list[Packet]:
    return list(perform(statements(CALL)).packets)


def of_agent(packet: Packet) -> bool:
    refer = next(p for p in seen() if p.data.startswith(b"REFER"))
    return packet.source == refer.source


def leg(packets: list[Packet]) -> Leg:
    (found,) = legs(*_asked(packets))
    return found


def _asked(packets: list[Packet]) -> tuple[list[Transaction], dict[str, InputSpan], tuple[Hop, ...]]:
    requests, alone = exchanges(hops(packets))
    return requests, {}, alone


@pytest.mark.parametrize("known", ["both ends", "the peer", "the peer of what was sent"])
def test_both_directions_are_there_even_where_one_has_no_address(known: str) -> None:
    """In the log of an endpoint, that gives no address of its own, and maybe none of what came."""
    packets = []
    for p in seen():
        sent = of_agent(p)
        near = replace(p, sent=sent, source=None) if sent else replace(p, sent=sent, destination=None)
        far = replace(near, source=None) if not sent else near
        packets.append({"both ends": p, "the peer": near, "the peer of what was sent": far}[known])
    assert leg(packets).coverage.lossless


@pytest.mark.parametrize("known", [True, False])
def test_one_direction_alone_is_not_whole(known: bool) -> None:
    packets = [p if known else replace(p, sent=True, source=None) for p in seen() if of_agent(p)]
    assert not leg(packets).coverage.lossless


def test_answers_to_an_invite_that_was_not_captured_tell_who_called() -> None:
    """The callee's own half of a call begins with its answers; its first request does not make it the caller."""
    half = leg([p for p in seen() if of_agent(p)])
    assert not half.invites
    assert [half.side_of(t) for t in half.refers] == [Side.CALLEE]
