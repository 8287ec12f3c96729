"""Of hundreds of transfers a reader is told first how they ended, and shown a few of each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sipdiag.pipeline import examine
from sipdiag.reports import text
from sipdiag.reports.many import FEW, end_of, ends, examples
from sipdiag.reports.report import Report
from sipdiag.reports.show import Show
from sipdiag.stages import Outcome

CASE = Path(__file__).parents[2] / "fixtures" / "cases" / "rule-left-at-conference"


def ended(*outcomes: Outcome) -> Report:
    report = examine([str(CASE)])
    first = report.verdicts[0]
    verdicts = [
        replace(first, outcome=o, transfer=replace(first.transfer, id=f"t{n}")) for n, o in enumerate(outcomes, 1)
    ]
    return replace(report, verdicts=tuple(verdicts))


def test_few_are_all_shown() -> None:
    report = ended(*[Outcome.REJECTED] * FEW)
    assert examples(report.verdicts) == list(report.verdicts)
    shown = text.render(report, Show())
    assert sum(line.startswith("Transfer ") for line in shown.split("\n")) == FEW


def test_of_many_the_first_of_each_end() -> None:
    report = ended(*[Outcome.REJECTED, Outcome.FAILED, Outcome.REJECTED] * 10)
    assert [v.transfer.id for v in examples(report.verdicts)] == ["t1", "t2", "t3", "t4", "t5", "t8"]
    shown = text.render(report, Show()).split("\n")
    assert [line for line in shown if line.startswith("Transfer ")] != []
    assert sum(line.startswith("Transfer ") for line in shown) == 6
    every = text.render(report, Show(), verbose=True).split("\n")
    assert sum(line.startswith("Transfer ") for line in every) == 30


def test_failures_are_counted_first_and_the_most_frequent_before_the_others() -> None:
    report = ended(*[Outcome.COMPLETED] * 30, *[Outcome.REJECTED] * 2, *[Outcome.FAILED] * 5)
    cause = end_of(report.verdicts[0])[1]
    assert ends(report.verdicts) == [(5, ("failed", cause)), (2, ("rejected", cause)), (30, ("completed", cause))]
    assert f"       5  failed                     {cause}" in text.render(report, Show()).split("\n")
