"""The catalogue of causes, the checks, their manual pages, docs/checks.md and the fixtures say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sipdiag.checking.discover import built_in, catalogue
from sipdiag.reports.catalogue import checks_as_markdown
from sipdiag.reports.explain import explain

ROOT = Path(__file__).parents[2]
CAUSES = (ROOT / "fixtures" / "causes.txt").read_text("utf-8").split()


@pytest.mark.parametrize("slug", CAUSES)
def test_each_cause_has_its_check_page_and_fixtures(slug: str) -> None:
    assert slug in catalogue()
    text = explain(slug)
    assert text is not None
    assert slug in text
    kinds = {f.stem.partition("-")[0] for f in (ROOT / "fixtures" / "checks").glob(f"*/{slug}/*")}
    assert kinds >= {"bad", "good"}


def test_no_check_is_without_a_cause() -> None:
    assert set(catalogue()) <= set(CAUSES)


def test_what_is_explained_away_exists() -> None:
    named = {b for group in catalogue().values() for c in group for b in c.beats}
    assert named <= set(CAUSES)


def test_a_check_is_in_the_folder_of_its_family() -> None:
    for known in built_in():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", known.id)
        assert known.module.split(".")[1].replace("_", "-") == known.family


def test_the_printed_catalogue_is_up_to_date() -> None:
    printed = (ROOT / "docs" / "checks.md").read_text("utf-8")
    assert printed == checks_as_markdown(), "write it anew: sipdiag checks --markdown > docs/checks.md"
