"""Whole stories as scenarios, each with its verdict. A new one is two new files in `fixtures/stories`: no code."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.stages import Stage
from sipdiag.verdict import Verdict
from tests.support.scenario import statements
from tests.support.verdicts import verdicts
from tests.support.wire_case import case_of_statements, wire_of

STORIES = sorted((Path(__file__).parents[2] / "fixtures" / "stories").glob("*.scenario"))


def told(verdict: Verdict) -> str:
    named = [verdict.cause.check.id if verdict.cause else "none", verdict.owner.value if verdict.owner else "none"]
    words = [verdict.transfer.method, verdict.outcome.value, *named, *(c.check.id for c in verdict.candidates)]
    answers = "".join(verdict.ladder[s].answer.value[0].replace("u", "?") for s in Stage)
    return f"{' '.join(words)} | {answers}"


@pytest.mark.parametrize("story", STORIES, ids=lambda f: f.stem)
def test_a_story_ends_in_its_verdict(story: Path) -> None:
    lines = statements(story.read_text("utf-8"))
    found = [told(v) for v in verdicts(case_of_statements(lines, wire_of(lines)))]
    assert found == story.with_suffix(".verdict").read_text("utf-8").splitlines()
