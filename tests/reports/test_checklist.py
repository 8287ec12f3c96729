"""The list of prerequisites calls nothing `ok` that no input tells of."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.options import Options
from sipdiag.pipeline import examine
from sipdiag.reports.checklist import checklist

FIXTURES = Path(__file__).parents[2] / "fixtures"
CASE = FIXTURES / "cases" / "rule-left-at-conference"


def rows(*files: Path, expected: bool = True) -> dict[str, str]:
    report = examine([str(f) for f in files], Options(expect_transfer=expected))
    (verdict,) = report.verdicts
    return dict(checklist(verdict, report))


def test_a_record_alone_tells_of_the_call_only() -> None:
    told = rows(CASE / "conversation.json", expected=False)
    assert {name: mark for name, mark in told.items() if mark == "ok"}.keys() <= {"call is SIP"}


def test_a_call_without_refer_tells_nothing_of_rule_and_trunk() -> None:
    told = rows(CASE / "call.pcap")
    assert (told["call is SIP"], told["transport"]) == ("ok", "ok")
    assert {told[name] for name in ("URI", "rule matches", "trunk allows REFER", "headers")} == {"?"}


def test_a_rule_tells_of_itself() -> None:
    told = rows(CASE / "call.pcap", CASE / "agent.json")
    assert (told["URI"], told["rule matches"], told["trunk allows REFER"]) == ("ok", "NO", "?")


@pytest.mark.parametrize("name", ["s01-blind", "s04-blind"])
def test_an_accepted_refer_tells_of_all(name: str) -> None:
    file = next(iter(sorted((FIXTURES / "captures" / "lab").glob(f"{name}*.pcap*"))))
    assert set(rows(file, expected=False).values()) <= {"ok", "!"}
