"""Exports of every platform: what has to be said of each is said once, at its place, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.pipeline import Options, examine
from tests.support.expected import Entry, entries, wrong_with

ENTRIES = entries(Path(__file__).parents[2] / "fixtures" / "platforms")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_what_has_to_be_said_is_said(entry: Entry) -> None:
    missing = [f for f in entry.files if not f.is_file()]
    assert not missing
    options = Options(command=entry.data["command"], expect_refer=entry.data["expect"] == "refer")
    report = examine([str(f) for f in entry.files], options)
    assert wrong_with(entry, report) == []
