"""Every check on the wire: its manual page is true, and each of its fixtures gives what stands beside it.

A new case is a new file `fixtures/checks/<family>/<id>/bad-*.scenario` with its `.out`, or `good-*.scenario`: no code.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from sipdiag.checking.check import Check
from sipdiag.checking.discover import built_in
from tests.support.wire_case import case_of_scenario, findings, plain

FIXTURES = Path(__file__).parents[2] / "fixtures" / "checks"
WIRE: list[Check] = [k.load() for k in built_in() if k.subject in ("Transfer", "Call")]
FILES = sorted(FIXTURES.glob("*/*/*.scenario"))
_EXAMPLE = re.compile(r"^(Bad|Good):\n\n((?:(?:    .*)?\n?)+)", re.MULTILINE)


def named(check: Check) -> str:
    return check.function.__name__


def examples(check: Check) -> list[tuple[str, str]]:
    return [(m[1], textwrap.dedent(m[2])) for m in _EXAMPLE.finditer(check.doc)]


@pytest.mark.parametrize("check", WIRE, ids=named)
def test_the_manual_page_is_true(check: Check) -> None:
    found = examples(check)
    assert {kind for kind, _ in found} == {"Bad", "Good"}, "the page needs both"
    for kind, text in found:
        lines = [plain(f) for f in findings(check, case_of_scenario(text))]
        assert bool(lines) == (kind == "Bad"), f"{kind}: {lines}\n{text}"


@pytest.mark.parametrize("check", WIRE, ids=named)
def test_every_template_can_be_filled(check: Check) -> None:
    for _, text in examples(check):
        for found in findings(check, case_of_scenario(text)):
            assert found.finding.fix, "a finding says what to change"
            assert found.finding.fix.format_map(found.finding.values)
            for because in found.finding.because:
                assert because.template.format_map(because.values)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_a_fixture_gives_what_stands_beside_it(file: Path) -> None:
    case = case_of_scenario(file.read_text("utf-8"))
    lines = [plain(f) for check in WIRE if check.id == file.parent.name for f in findings(check, case)]
    beside = file.with_suffix(".out")
    expected = beside.read_text("utf-8").splitlines() if beside.exists() else []
    assert lines == expected
    assert file.stem.startswith("bad-") == bool(expected)


@pytest.mark.parametrize("check", WIRE, ids=named)
def test_a_check_has_fixtures(check: Check) -> None:
    files = {f.stem.partition("-")[0] for f in FILES if f.parent.name == check.id}
    texts = {f.stem.partition("-")[0] for f in FIXTURES.glob(f"*/{check.id}/*.txt")}
    assert files | texts >= {"bad", "good"}
