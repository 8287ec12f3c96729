"""The caret stands under what is meant, whatever stands before it, and a long line is cut around it."""

from __future__ import annotations

import json
from pathlib import Path
from unicodedata import east_asian_width

import pytest

from sipdiag.pipeline import Options, examine
from sipdiag.reports.formats import FORMATS, Style
from sipdiag.reports.show import Show

RULE = {"name": "s", "type": "sip_refer", "to": "sip:500"}


def marked(text: str) -> str:
    """What stands over the caret, to the end of its line."""
    lines = text.splitlines()
    (n, *_) = [n for n, line in enumerate(lines) if line.strip(" |") == "^"]
    column, cells = lines[n].index("^"), 0
    for at, c in enumerate(lines[n - 1]):
        if cells >= column:
            return lines[n - 1][at:]
        cells += 2 if east_asian_width(c) in "WF" else 1
    return ""


@pytest.mark.parametrize("format", ["text", "markdown"])
@pytest.mark.parametrize(
    "document",
    [
        json.dumps({"agent": {"platform": "other", "rules": [RULE]}}, indent="\t"),
        json.dumps({"agent": {"platform": "other", "rules": [RULE]}}),
        json.dumps({"agent": {"platform": "other", "name": "x" * 120, "rules": [RULE | {"after": "y" * 500}]}}),
        json.dumps({"agent": {"platform": "other", "rules": [{"n": "\u202e\u200b"} | RULE]}}, ensure_ascii=False),
        json.dumps({"agent": {"platform": "other", "rules": [{"n": "日本語"} | RULE]}}, ensure_ascii=False, indent=1),
    ],
    ids=["tabs", "one-line", "long", "escaped", "wide"],
)
def test_the_caret_stands_under_the_value(tmp_path: Path, document: str, format: str) -> None:
    file = tmp_path / "a.json"
    file.write_text(document)
    report = examine([str(file)], Options(command="lint"))
    text = "".join(FORMATS[format](report, Show(), Style()))
    assert marked(text).startswith('"sip:500"')
    assert "\\x09" not in text
    if format == "text":
        excerpts = [line for line in text.splitlines() if line[8:].startswith(" | ")]
        assert excerpts
        assert all(len(line) <= 80 for line in excerpts)


def test_what_is_to_be_done_fits_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"agent": {"platform": "other", "rules": [RULE]}}))
    text = "".join(FORMATS["text"](examine([str(file)], Options(command="lint")), Show(), Style()))
    lines = text.splitlines()
    (n,) = [n for n, line in enumerate(lines) if line.startswith("   fix: ")]
    assert lines[n + 1].startswith("        ")
    assert max(map(len, lines[n:])) <= 80
