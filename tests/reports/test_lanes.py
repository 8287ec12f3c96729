"""Who stands at the two ends of an arrow where the trace tells no addresses."""

from __future__ import annotations

import re
from pathlib import Path

from sipdiag.pipeline import examine
from sipdiag.reports.flow import as_text, choose
from sipdiag.reports.show import Show
from tests.support.hostile import call


def drawn(tmp_path: Path, text: str) -> str:
    file = tmp_path / "pasted.txt"
    file.write_bytes(text.encode())
    report = examine([str(file)])
    return as_text(report, Show(), choose(report), 80, why=False)


def test_answers_go_the_other_way_than_requests(tmp_path: Path) -> None:
    rows = [r for r in drawn(tmp_path, "".join(s.text for s in call(0))).splitlines() if "──" in r]
    assert any("INVITE" in r and r.rstrip().endswith("▶│") for r in rows)
    assert any("200 OK" in r and "│◀" in r for r in rows)


def test_ends_that_name_one_place_are_told_apart_by_what_they_are(tmp_path: Path) -> None:
    text = "".join(s.text for s in call(0))
    assert "Contact:" in text
    text = re.sub(r"(Contact: <sip:[^@>]*@)[\d.]+", r"\g<1>203.0.113.1", text)
    shown = drawn(tmp_path, text)
    assert "the caller" in shown
    assert "the callee" in shown
