"""The verdict of a case that holds one wire: all wire checks, the ladder, and the cause rule."""

from __future__ import annotations

from functools import cache

from sipdiag.checking.check import Check
from sipdiag.checking.discover import built_in
from sipdiag.checking.run import run_checks
from sipdiag.facts.call import Call
from sipdiag.facts.config import Expectation, TransferRule, Trunk
from sipdiag.facts.leg import Leg
from sipdiag.facts.record import CallRecord
from sipdiag.facts.transfer import Transfer
from sipdiag.model.binding import Binding
from sipdiag.model.ladder import climb
from sipdiag.verdict import Verdict, bites, closure, decide


@cache
def wire_checks() -> tuple[Check, ...]:
    return tuple(k.load() for k in built_in() if k.subject in ("Transfer", "Call", "Leg"))


@cache
def beats() -> dict[str, frozenset[str]]:
    direct: dict[str, set[str]] = {}
    for check in (k.load() for k in built_in()):
        direct.setdefault(check.id, set()).update(check.beats)
    return closure(direct)


def verdicts(binding: Binding) -> list[Verdict]:
    """One verdict for each transfer of the case."""
    run = run_checks(wire_checks(), binding)
    assert not run.crashed, run.crashed[0].trace
    expected = any(e.refer for e in binding.everywhere if isinstance(e, Expectation))
    found = []
    for transfer in binding.of(Transfer):
        about = {id(transfer), id(transfer.call), id(transfer.leg)}
        findings = [f for f in run.found if id(f.subject) in about]
        undecided = [u for u in run.undecided if id(u.subject) in about]
        records = binding.linked(transfer, CallRecord)
        ladder = climb(
            transfer,
            rule=binding.one(transfer, TransferRule),
            trunk=binding.one(transfer, Trunk),
            records=records,
            bites=bites(findings),
        )
        found.append(decide(transfer, ladder, findings, undecided, records, beats(), expected))
    assert all(isinstance(leg, Leg) for leg in binding.subjects(Leg))
    assert all(isinstance(call, Call) for call in binding.subjects(Call))
    return found
