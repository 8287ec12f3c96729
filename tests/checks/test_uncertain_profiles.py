"""What is not certain of a system yields info at most: shown by taking the certainty of every statement away."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.checking.run import Found
from sipdiag.facts.profile import Profile, Statement
from sipdiag.places import Frame
from sipdiag.platforms.profiles import profiles
from sipdiag.stages import Severity
from tests.checks.test_config_checks import CONFIG
from tests.checks.test_config_checks import FILES as DOCUMENTS
from tests.checks.test_wire_checks import FILES as SCENARIOS
from tests.checks.test_wire_checks import WIRE
from tests.support import config_case, wire_case

BAD = [f for f in (*DOCUMENTS, *SCENARIOS) if f.stem.startswith("bad-")]
Told = set[tuple[str, object, Severity]]


def found(file: Path) -> list[Found]:
    """What the checks of a fixture's id find in it."""
    text = file.read_text("utf-8")
    if file.suffix == ".scenario":
        case = wire_case.case_of_scenario(text)
        return [f for c in WIRE if c.id == file.parent.name for f in wire_case.findings(c, case)]
    return [f for c in CONFIG if c.id == file.parent.name for f in config_case.findings(c, text, file.name)]


def told(file: Path) -> Told:
    """The findings of a fixture that are more than info."""
    return {
        (f.check.id, at.number if isinstance(at := f.finding.at, Frame) else at and (at.line, at.column), f.severity)
        for f in found(file)
        if f.severity > Severity.INFO
    }


@pytest.mark.parametrize("file", BAD, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_what_is_uncertain_is_never_more_than_info(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Statement, "certain", property(lambda _: False))
    doubtful = told(file)
    monkeypatch.setattr(Profile, "says", lambda *_: None)
    monkeypatch.setattr(Profile, "under", lambda *_: iter(()))
    assert doubtful <= told(file), "found by nothing but a statement that is not certain"


def test_every_statement_says_where_it_is_from() -> None:
    for profile in profiles().values():
        for statement in profile.statements:
            assert statement.source.startswith("https://"), statement
            assert statement.date, statement
            assert statement.confidence, statement
