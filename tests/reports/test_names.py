"""What files are called in a report: short, and never the same for two."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.pipeline import Options, examine
from sipdiag.reports.formats import FORMATS, Style
from sipdiag.reports.show import Show

BAD = 'agent: {platform: other, rules: [{name: s, type: conference, to: "sip:500@pbx.example"}]}\n'


def test_namesakes_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    names = ["x/one/a.yaml", "y/one/a.yaml", "two/a.yaml", "b.yaml"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(BAD)
    report = examine([str(tmp_path / n) for n in names], Options(command="lint"))
    assert list(report.names.values()) == ["x/one/a.yaml", "y/one/a.yaml", "two/a.yaml", "b.yaml"]
    assert "\ntwo/a.yaml:1:" in FORMATS["text"](report, Show(), Style())


def test_plain_gives_the_path_that_was_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "a.yaml").write_text(BAD)
    monkeypatch.chdir(tmp_path)
    whole = str(tmp_path / "agents" / "a.yaml")
    for typed, files, shown in (
        ("agents/a.yaml", {}, "agents/a.yaml:1:"),
        (whole, {whole: "repository/a.yaml"}, "repository/a.yaml:1:"),
        (whole, {}, "a.yaml:1:"),
    ):
        text = FORMATS["plain"](examine([typed], Options(command="lint")), Show(), Style(files=files))
        assert [line for line in text.splitlines() if line.startswith(shown)], text


def test_the_same_file_twice_is_one_input() -> None:
    report = examine(["nowhere/a.yaml", "nowhere/a.yaml"])
    assert list(report.names.values()) == ["a.yaml"]
