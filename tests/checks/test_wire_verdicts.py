"""Each fixture that holds an error ends in its own cause, through a proxy too, and no longer once it is disproved.

Where another cause wins by rule, a file `bad-*.cause` beside the fixture names it (`none`: several are left).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.checking.discover import catalogue
from sipdiag.stages import Stage
from sipdiag.verdict import Verdict
from tests.support import refuted
from tests.support.relayed import through_a_proxy
from tests.support.scenario import statements
from tests.support.verdicts import verdicts
from tests.support.wire_case import case_of_statements, findings, wire_of

FIXTURES = Path(__file__).parents[2] / "fixtures" / "checks"
FILES = sorted(FIXTURES.glob("*/*/*.scenario"))
# The next hop of the REFER is then the proxy, whose address its sender has from Route and not from the Contact.
NOT_BEHIND_A_PROXY = frozenset({"contact-unreachable"})
DISPROVED_BY = {
    "tls-handshake-failed": refuted.connected,
    "tcp-connection-refused": refuted.connected,
    "call-not-answered": refuted.answered,
}
# Families whose faults are disproved by an accepted REFER, an answer, or a report of success.
DISPROVED = ("auth-policy", "dialog-state", "routing", "refer-to-syntax", "never-sent")


def name(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


def told(file: Path) -> list[str]:
    return statements(file.read_text("utf-8"))


def judged(lines: list[str]) -> list[Verdict]:
    return verdicts(case_of_statements(lines, wire_of(lines)))


def causes(found: list[Verdict]) -> list[str]:
    return [v.cause.check.id for v in found if v.cause is not None]


def errors(file: Path) -> bool:
    beside = file.with_suffix(".out")
    return beside.exists() and f" error {file.parent.name}: " in beside.read_text("utf-8")


FAULTS = [f for f in FILES if errors(f)]


@pytest.mark.parametrize("file", FAULTS, ids=name)
def test_a_fault_is_the_cause_of_its_transfer(file: Path) -> None:
    other = file.with_suffix(".cause")
    expected = other.read_text("utf-8").strip() if other.exists() else file.parent.name
    found = causes(judged(told(file)))
    assert (expected in found) if expected != "none" else not found


@pytest.mark.parametrize("file", [f for f in FILES if f not in FAULTS], ids=name)
def test_what_is_no_error_is_no_cause(file: Path) -> None:
    assert file.parent.name not in causes(judged(told(file)))


@pytest.mark.parametrize("file", [f for f in FILES if f.parent.name not in NOT_BEHIND_A_PROXY], ids=name)
def test_a_proxy_between_the_ends_changes_nothing(file: Path) -> None:
    lines = through_a_proxy(told(file))
    if lines is None:
        return  # there is one already, or the fault lies in the connection of two neighbours
    case = case_of_statements(lines, wire_of(lines))
    found = [f.severity.slug for check in catalogue()[file.parent.name] for f in findings(check, case)]
    beside = file.with_suffix(".out")
    spoken = beside.read_text("utf-8").splitlines() if beside.exists() else []
    assert found == [line.partition(": ")[2].split()[0] for line in spoken]


@pytest.mark.parametrize("file", [f for f in FAULTS if f.parent.parent.name in DISPROVED], ids=name)
def test_what_disproves_a_fault_takes_it_away(file: Path) -> None:
    slug, lines = file.parent.name, told(file)
    stages = [v.cause.stage for v in judged(lines) if v.cause is not None and v.cause.check.id == slug]
    if not stages:
        return  # another cause won already
    late = stages[0] >= Stage.TARGET_REACHED
    plant = DISPROVED_BY.get(slug) or (refuted.reported if late else refuted.accepted)
    found = judged(plant(lines))
    named = causes(found) + [c.check.id for v in found for c in v.candidates]
    assert slug not in named
