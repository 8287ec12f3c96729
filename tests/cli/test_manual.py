"""The manual says what the commands take, in Markdown and in roff."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sipdiag.cli import app
from sipdiag.cli.manual import Page, as_man, pages_of

ROOT = Path(__file__).parents[2]


def test_the_printed_manual_is_up_to_date() -> None:
    printed = CliRunner().invoke(app, ["manual"]).stdout
    kept = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert printed == kept, "write it anew: sipdiag manual > docs/commands.md"


@pytest.mark.parametrize("page", list(pages_of(typer.main.get_command(app))), ids=lambda p: p.name)
def test_each_command_and_each_option_says_what_it_does(page: Page) -> None:
    for row in (*page.arguments, *page.options):
        assert row.help, row.written
        assert "VALUE" not in row.written, row.written
    assert page.help.endswith((".", "all."))


def test_a_man_page_has_its_sections_and_no_stray_request() -> None:
    text = as_man(tuple(pages_of(typer.main.get_command(app))))
    assert [m[1] for m in re.finditer(r"^\.SH (.+)$", text, re.MULTILINE)][:4] == [
        "NAME",
        "SYNOPSIS",
        "DIAGNOSE",
        "LINT",
    ]
    assert {line.split()[0] for line in text.splitlines() if line.startswith(".")} == {".TH", ".SH", ".PP", ".B", ".TP"}
