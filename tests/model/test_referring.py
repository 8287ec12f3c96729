"""Which pairs of legs are looked at for a REFER that was passed on: every pair that it could tie, and few others."""

from __future__ import annotations

import random

import pytest

from sipdiag.facts.leg import Leg
from sipdiag.model.hops import hops, transactions
from sipdiag.model.legs import legs
from sipdiag.model.outside import Referring, refer_signals
from sipdiag.places import Frame
from sipdiag.raw import Endpoint, Packet

MOST = 50


def refers(seed: int, count: int = 200) -> list[Leg]:
    """Legs of one REFER each, between a few hosts and to a few targets, now and then outside a dialog."""
    pick = random.Random(seed)
    packets = []
    for n in range(count):
        tag = ";tag=b" if pick.random() < 0.9 else ""
        lines = (
            f"REFER sip:u{n}@h SIP/2.0", f"Via: SIP/2.0/UDP h;branch=z9hG4bK{n}", f"Call-ID: c{n}", "CSeq: 2 REFER",
            f"From: <sip:a{n}@h>;tag=a", f"To: <sip:u{n}@h>{tag}", f"Refer-To: <sip:{pick.randrange(3)}@h>", "", "",
        )  # fmt: skip
        source, goal = (Endpoint(f"192.0.2.{pick.randrange(6)}", 5060) for _ in range(2))
        packets.append(Packet("\r\n".join(lines).encode(), Frame("in1", n + 1, n * 0.2), source, goal, "udp"))
    return legs(transactions(hops(packets)), {})


@pytest.mark.parametrize("seed", range(5))
def test_no_pair_that_a_refer_ties_is_passed_over(seed: int) -> None:
    known, referring = Referring(MOST), refers(seed)
    looked_at = tied = 0
    for n, leg in enumerate(referring):
        earlier = referring[:n][: -MOST - 1 : -1]
        near = known.before(leg)
        assert [x for x in near if refer_signals(x, leg)] == [x for x in earlier if refer_signals(x, leg)]
        assert [x for x in earlier if x in near] == near
        looked_at += len(near)
        tied += sum(1 for x in near if refer_signals(x, leg))
        known.add(leg)
    assert 0 < tied < looked_at < MOST * len(referring) / 2
