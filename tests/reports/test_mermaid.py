"""The real Mermaid reads what we draw, and reads in it what was sent."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sipdiag.reports.flow import choose, render
from sipdiag.reports.mermaid import text_of
from sipdiag.reports.show import Show, escape
from tests.support.hostile import TEXTS, hostile

JAVASCRIPT = Path(__file__).parents[1] / "javascript"


def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is not installed (Debian: apt-get install nodejs npm)")
    if not (JAVASCRIPT / "node_modules" / "mermaid").is_dir():
        pytest.skip("mermaid is not installed: npm install --prefix tests/javascript")
    return found


def understood(diagrams: list[str]) -> list[dict[str, Any]]:
    done = subprocess.run(
        [node(), str(JAVASCRIPT / "parse.mjs")], input=json.dumps(diagrams), capture_output=True, text=True, check=True
    )
    answer: list[dict[str, Any]] = json.loads(done.stdout)
    return answer


def read(text: str) -> str:
    """A text as Mermaid shows it: it keeps codes in a form of its own until it draws."""
    return re.sub(r"ﬂ°°(\d+)¶ß", lambda m: chr(int(m[1])), text)


def test_mermaid_reads_every_diagram_of_hostile_calls(tmp_path: Path) -> None:
    report = hostile(tmp_path)
    diagrams = [render("mermaid", report, Show(), choose(report, n)) for n in range(1, len(TEXTS) + 1)]
    for text, answer in zip(TEXTS, understood(diagrams), strict=True):
        assert "error" not in answer, (text, answer)
        assert len(answer["actors"]) == 2
        assert len([m for m in answer["messages"] if m[0] != m[1] and "error: " not in read(m[2])]) == 8
        assert "the REFER to sip:" in read(answer["title"])


@pytest.mark.parametrize("word", ["end", "note", "loop", "box", "as", "title"])
def test_words_of_the_language_may_stand_in_labels(word: str) -> None:
    texts = [word, f"{word} x", f"x {word}", f"{word};#35;", *map(escape, TEXTS)]
    lines = ["sequenceDiagram", f"    participant p0 as {text_of(word)}", "    participant p1 as b"]
    lines += [f"    p0->>p1: {text_of(t)}" for t in texts]
    (answer,) = understood(["\n".join(lines)])
    assert "error" not in answer
    assert [read(m[2]) for m in answer["messages"]] == [t.strip() for t in texts]
    assert read(answer["actors"][0]) == word


def test_the_parser_refuses_what_is_wrong() -> None:
    """Else the tests above would prove nothing."""
    (answer,) = understood(["sequenceDiagram\n    p0->>>p1: x"])
    assert "Parse error" in answer["error"]
