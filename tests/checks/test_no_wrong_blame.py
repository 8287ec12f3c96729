"""Calls and transfers that went well, in forms that are odd but legal, bear no error: whole, cut at an end, and doubled."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from sipdiag.checking.run import run_checks
from sipdiag.raw import Wire
from sipdiag.stages import Outcome, Severity
from tests.support.legal import healthy_call, successful_transfer
from tests.support.scenario import statements
from tests.support.verdicts import verdicts, wire_checks
from tests.support.wire_case import case_of_statements, wire_of

SEEDS = range(240)
# What stands when a capture ends too soon, and what would have repaired it came after: the last word counts.
LAST_WORD = {
    "transferor-bye-before-notify": "the transferor left, and its report came after the end of the capture",
    "target-busy": "one desk was busy, and the next was called after the end of the capture",
    "original-call-dropped-on-failed-transfer": "the same, where the transferor had left",
    "refer-while-reinvite-pending": "the REFER was refused with 491, and repeated after the end of the capture",
}


def told(random: Random, *, transfer: bool) -> list[str]:
    return statements("\n".join(successful_transfer(random) if transfer else healthy_call(random)))


def judged(lines: list[str], wire: Wire) -> tuple[set[Outcome], set[str]]:
    """The outcomes of all transfers, and the checks that found errors."""
    case = case_of_statements(lines, wire)
    found = run_checks(wire_checks(), case).found
    return {v.outcome for v in verdicts(case)}, {f.check.id for f in found if f.severity is Severity.ERROR}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_went_well_bears_no_error(seed: int) -> None:
    random = Random(seed)
    transfer = seed % 3 != 0
    lines = told(random, transfer=transfer)
    wire = wire_of(lines)
    well = {Outcome.COMPLETED} if transfer else set()
    assert judged(lines, wire) == (well, set())
    doubled = tuple(p for p in wire.packets for _ in range(random.choice((1, 1, 2))))
    assert judged(lines, replace(wire, packets=doubled)) == (well, set())
    cut = random.randrange(1, len(wire.packets))
    outcomes, errors = judged(lines, replace(wire, packets=wire.packets[cut:]))
    assert outcomes <= {Outcome.COMPLETED, Outcome.UNKNOWN}
    assert not errors
    kept = wire.packets[:cut]
    outcomes, errors = judged(lines, replace(wire, packets=kept, last_time=kept[-1].frame.time))
    assert errors <= set(LAST_WORD)
    assert errors or outcomes <= {Outcome.COMPLETED, Outcome.UNKNOWN}


@pytest.mark.parametrize("seed", SEEDS)
def test_one_message_that_was_not_captured_blames_nobody(seed: int) -> None:
    """Its answer, its request, or what must have come with it tells that it was there."""
    random = Random(seed)
    lines = told(random, transfer=True)
    wire = wire_of(lines)
    for at in random.sample(range(len(wire.packets)), 3):
        seen = wire.packets[:at] + wire.packets[at + 1 :]
        outcomes, errors = judged(lines, replace(wire, packets=seen))
        assert not errors, f"without packet {at}"
        assert outcomes <= {Outcome.COMPLETED, Outcome.UNKNOWN}
