"""Which side of a leg is a platform's, and what follows for its rules and trunks."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.pipeline import examine
from sipdiag.stages import Severity

VERDICTS = Path(__file__).parents[2] / "fixtures" / "verdicts"


@pytest.mark.parametrize(
    "story",
    [
        "elevenlabs-the-caller-transfers",  # the agent's rules say nothing of it
        "retell-number-of-tcp-called-over-udp",  # the number's transport is that of calls which the platform places
    ],
)
def test_nothing_is_said_of_what_is_not_the_platforms_own(story: str) -> None:
    report = examine([str(VERDICTS / story)])
    assert [f.found.check.id for f in report.findings if f.found.severity is not Severity.INFO] == []
