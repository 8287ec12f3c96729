"""The Markdown report: tables and fences that hold, and nothing of the input that is markup."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from sipdiag.pipeline import examine
from sipdiag.reports.markdown import render, ticket
from sipdiag.reports.show import Show, is_harmless
from tests.support.hostile import SECRETS, hostile

ROOT = Path(__file__).parents[2]
CASE = ROOT / "fixtures" / "cases" / "rule-left-at-conference"


def tokens(text: str) -> list[Token]:
    found: list[Token] = []
    for token in MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text):
        found += [token, *(token.children or [])]
    return found


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    return render(hostile(tmp_path_factory.mktemp("hostile")), Show())


def test_nothing_of_the_input_is_markup(text: str) -> None:
    kinds = {t.type for t in tokens(text)}
    assert "table_open" in kinds
    assert not kinds & {"link_open", "image", "html_inline", "html_block", "s_open", "code_block", "em_open"}
    assert all(is_harmless(line) for line in text.split("\n"))
    assert not [s for s in SECRETS if s in text]
    shown = [t.content for t in tokens(text) if t.type == "code_inline"]
    assert any("<script>alert(1)</script>" in c for c in shown)
    assert any("](javascript:alert(1))" in c for c in shown)


def test_every_row_of_a_table_has_the_cells_of_its_head(text: str) -> None:
    heads = [t for t in tokens(text) if t.type == "thead_open"]
    assert heads
    cells, widths = 0, []
    for token in tokens(text):
        if token.type in ("td_open", "th_open"):
            cells += 1
        if token.type == "tr_close":
            widths.append(cells)
            cells = 0
    assert set(widths) <= {2, 4, 6}
    kinds = [t.content for t in tokens(text) if t.type == "inline"]
    assert "prerequisite" in kinds


def test_a_fence_is_longer_than_any_run_in_it(text: str) -> None:
    fences = [t for t in tokens(text) if t.type == "fence"]
    ticks = [t for t in fences if "```" in t.content]
    assert ticks
    assert all(len(t.markup) > 3 for t in ticks)
    assert any(t.content.startswith("SIP/2.0 603") for t in fences)


def test_a_ticket_is_told_what_to_do() -> None:
    short = ticket(examine([str(CASE)]), Show())
    assert short.startswith("# sipdiag: 1 of 1 transfer failed\n\n## Transfer 1 of 1: NOT EMITTED\n")
    assert "**Who acts:** config. **What to do:** Select REFER for this rule" in short
    assert "| rule matches | NO: this is wrong |" in short
