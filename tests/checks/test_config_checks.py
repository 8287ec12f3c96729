"""Every check on configuration and records: its manual page is true, and each fixture gives what stands beside it.

An example or fixture is a document, in sipdiag's own form or a platform's: text -> document -> facts -> checks. Comment
lines `# --expect refer`, `# --expect-transfer` and `# --today DATE` are options. A new case is a new file
`fixtures/checks/<family>/<id>/bad-*.yaml` with its `.out`, or `good-*.yaml`: no code.
"""

from __future__ import annotations

import re
import textwrap
from contextlib import suppress
from pathlib import Path

import pytest

from sipdiag.checking.check import Check
from sipdiag.checking.discover import built_in
from sipdiag.sources.documents import DocumentError
from tests.support.config_case import NotRecognisedError, findings, line_of

FIXTURES = Path(__file__).parents[2] / "fixtures" / "checks"
SUBJECTS = ("TransferRule", "Agent", "Trunk", "CallRecord", "Destination", "Misread", "Deprecated")
CONFIG: list[Check] = [k.load() for k in built_in() if k.subject in SUBJECTS]
FILES = sorted(
    f for f in FIXTURES.glob("*/*/*") if f.suffix in (".yaml", ".json", ".conf", ".xml", ".cfg", ".documents")
)
_EXAMPLE = re.compile(r"^(Bad|Good):\n\n((?:(?:    .*)?\n?)+)", re.MULTILINE)
_LOWER = re.compile(r"[a-z0-9'{\"]|[A-Z]{2}|TLS|SIP")


def named(check: Check) -> str:
    return check.function.__name__


def examples(check: Check) -> list[tuple[str, str]]:
    return [(m[1], textwrap.dedent(m[2])) for m in _EXAMPLE.finditer(check.doc)]


@pytest.mark.parametrize("check", CONFIG, ids=named)
def test_the_manual_page_is_true(check: Check) -> None:
    found = examples(check)
    assert {kind for kind, _ in found} == {"Bad", "Good"}, "the page needs both"
    for kind, text in found:
        lines = [line_of(f, "example") for f in findings(check, text)]
        assert bool(lines) == (kind == "Bad"), f"{kind}: {lines}\n{text}"


@pytest.mark.parametrize("check", CONFIG, ids=named)
def test_every_sentence_can_be_filled_and_has_a_place(check: Check) -> None:
    for _, text in examples(check):
        for found in findings(check, text):
            finding = found.finding
            assert _LOWER.match(finding.plain), "lower case"
            assert not finding.plain.endswith("."), "no full stop"
            assert finding.fix.format_map(finding.values), "a finding says what to change"
            assert finding.at is not None, "a finding has a place"
            for because in finding.because:
                assert because.template.format_map(because.values)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_a_fixture_gives_what_stands_beside_it(file: Path) -> None:
    text = file.read_text("utf-8")
    checks = [c for c in CONFIG if c.id == file.parent.name]
    assert checks, "the folder is named after a check"
    lines = [line_of(f, file.name) for check in checks for f in findings(check, text, file.name)]
    beside = file.with_suffix(".out")
    expected = beside.read_text("utf-8").splitlines() if beside.exists() else []
    assert lines == expected
    assert file.stem.startswith("bad-") == bool(expected)


@pytest.mark.parametrize("check", CONFIG, ids=named)
def test_a_check_has_fixtures(check: Check) -> None:
    kinds = {f.stem.partition("-")[0] for f in FIXTURES.glob(f"*/{check.id}/*")}
    assert kinds >= {"bad", "good"}


@pytest.mark.parametrize("check", CONFIG, ids=named)
def test_what_an_error_rests_on_can_be_taken_away(check: Check) -> None:
    """Dropping any line of a bad example gives findings, silence or an unreadable document, never a crash."""
    for kind, text in examples(check):
        lines = text.splitlines()
        for dropped in range(len(lines) if kind == "Bad" else 0):
            rest = "\n".join(lines[:dropped] + lines[dropped + 1 :])
            with suppress(DocumentError, NotRecognisedError):
                findings(check, rest)
