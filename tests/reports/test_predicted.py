"""What is said of a rule that nothing is known to break: warnings speak against it too."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.pipeline import Options, examine
from sipdiag.reports.show import Show
from sipdiag.reports.words import summary

EXAMPLE = Path(__file__).parents[2] / "fixtures" / "platforms" / "elevenlabs" / "agent_sip_refer_phone_ok.json"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("sip_refer", "as configured, nothing speaks against this rule"),
        ("sip-refer", "as configured, this rule transfers without REFER; there are warnings"),
    ],
)
def test_warnings_speak_against_a_rule(tmp_path: Path, word: str, said: str) -> None:
    file = tmp_path / "agent.json"
    file.write_text(EXAMPLE.read_text("utf-8").replace('"sip_refer"', f'"{word}"'), "utf-8")
    report = examine([str(file)], Options(command="lint"))
    assert [summary(v, Show()) for v in report.verdicts] == [said]
