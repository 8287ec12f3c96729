"""The first line of a report says nothing better than what is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sipdiag.pipeline import examine
from sipdiag.reports import html, markdown
from sipdiag.reports.headline import headline
from sipdiag.reports.report import Report
from sipdiag.reports.show import Show
from sipdiag.stages import Outcome

CASE = Path(__file__).parents[2] / "fixtures" / "cases" / "rule-left-at-conference"


def ended(*outcomes: Outcome) -> Report:
    report = examine([str(CASE)])
    return replace(report, verdicts=tuple(replace(report.verdicts[0], outcome=o) for o in outcomes))


@pytest.mark.parametrize(
    ("outcomes", "line"),
    [
        ((), ""),
        ((Outcome.REJECTED,), "1 of 1 transfer failed"),
        ((Outcome.REJECTED, Outcome.COMPLETED, Outcome.UNKNOWN), "1 of 3 transfers failed"),
        ((Outcome.PREDICTED_FAIL, Outcome.PREDICTED_OK), "1 of 2 transfers would fail"),
        ((Outcome.PREDICTED_OK,), "No transfer would fail"),
        ((Outcome.COMPLETED, Outcome.COMPLETED), "No transfer failed"),
        ((Outcome.COMPLETED, Outcome.UNKNOWN), "How 1 of 2 transfers ended is not known"),
        ((Outcome.UNKNOWN,), "How the transfer ended is not known"),
        ((Outcome.UNKNOWN, Outcome.UNKNOWN), "How 2 transfers ended is not known"),
    ],
)
def test_what_is_not_known_is_not_called_well(outcomes: tuple[Outcome, ...], line: str) -> None:
    report = ended(*outcomes)
    assert headline(report) == line
    if line:
        assert f"<h1>{line}</h1>" in html.render(report, Show())
        assert markdown.render(report, Show()).startswith(f"# sipdiag: {line[0].lower()}{line[1:]}\n")
