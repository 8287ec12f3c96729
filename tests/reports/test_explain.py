"""`sipdiag explain` knows every cause, code and word that a report can use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sipdiag.checking.discover import catalogue
from sipdiag.reports.explain import collect_topics, explain, glossary
from sipdiag.reports.words import EVIDENCE, NEEDS
from sipdiag.sip.codes import Place, meaning
from sipdiag.stages import Answer, Outcome, Owner, Severity, Stage

ROOT = Path(__file__).parents[2]
CAUSES = (ROOT / "fixtures" / "causes.txt").read_text("utf-8").split()
METHODS = ("blind-refer", "attended-refer", "second-leg", "conference", "reinvite")
# Every code that means something of its own as the answer to a REFER, in a sipfrag, or to a NOTIFY or BYE.
CODES = [
    100, 180, 183, 200, 202, 204, 300, 302, 305, 380, *range(400, 409), 410, 413, 414, 415, 416, *range(420, 425),
    428, 429, 430, 433, 436, 437, 438, 470, *range(480, 490), 491, 493, 494, *range(500, 506), 513, 555, 580, 600, 603,
    604, 606, 607, 608, 699,
]  # fmt: skip
# A term of SIP in a sentence: a header, a method, an abbreviation.
_TERM = re.compile(r"\b(?:[A-Z][A-Za-z]*(?:-[A-Za-z]+)+|[A-Z]{2,}|(?:from|to)-tag|sipfrag)(?=s?\b)")
# Abbreviations that are no terms of this field.
PLAIN = {
    "RFC",
    "IP",
    "CRLF",
    "ITU-T",
    "OK",
    "NO",
    "XX",
    "UI",
    "UTF",
    "A-Za",
    "CI",
    "JSON",
    "YAML",
    "DNS",
    "UTC",
    "SHA",
    "HTML",
    "TOML",
    "CSV",
    "SVG",
    "DTMF",
    "ID",
    "FIN",
    "RST",
}


def _sentences() -> Iterator[str]:
    """What checks, ladder and reports may say: the texts in their code, manual pages left out."""
    files = [*(ROOT / "checks").rglob("*.py"), *(ROOT / "sipdiag" / "reports").glob("*.py")]
    files += [ROOT / "sipdiag" / "model" / "ladder.py", ROOT / "sipdiag" / "facts" / "delivery.py"]
    for file in files:
        tree = ast.parse(file.read_text("utf-8"))
        manuals = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in manuals:
                yield node.value


def _terms() -> set[str]:
    return {t for s in _sentences() if " " in s for t in _TERM.findall(s)} - PLAIN


WORDS = sorted(
    {
        *(o.value for o in Outcome), *(o.value for o in Owner), *(a.value for a in Answer), *METHODS, *EVIDENCE,
        *(s.slug for s in Stage), *(s.slug for s in Severity), *("cause", "candidate", "cannot-tell", "transferor"),
        *("transferee", "sipfrag", "notify", "replaces", "norefersub", "sip-uri", "transfer-types", "warm-transfer", "byoc"),
    }
)  # fmt: skip


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_is_explained(cause: str) -> None:
    text = explain(cause)
    assert text is not None
    assert "Bad:" in text
    assert "Good:" in text
    assert "Stage: " in text


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained_at_its_three_places(code: int) -> None:
    text = explain(str(code))
    assert text is not None
    assert text.count("As the answer to") == 2
    assert "In a sipfrag" in text
    places: tuple[Place, ...] = ("R", "N", "X")
    assert all(meaning(code, p).meaning for p in places)


@pytest.mark.parametrize("word", WORDS)
def test_every_word_of_a_report_is_explained(word: str) -> None:
    assert explain(word)


@pytest.mark.parametrize("term", sorted(_terms()))
def test_every_term_in_a_sentence_is_explained(term: str) -> None:
    assert explain(term)


def test_what_is_pointed_to_exists() -> None:
    said = [
        *NEEDS.values(),
        *glossary().values(),
        *(c.doc for group in catalogue().values() for c in group),
        *_sentences(),
    ]
    pointed = {w for s in said for w in re.findall(r"collect-[a-z]+(?:-[a-z]+)*", s)}
    assert pointed <= set(collect_topics())
    assert {"collect-capture", "collect-tls-keys"} <= pointed


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_the_page_of_a_check_fits_a_terminal_beside_its_examples(name: str) -> None:
    text = explain(name) or ""
    assert [line for line in text.splitlines() if len(line) > 80 and not line.startswith("    ")] == []
    for check in catalogue()[name]:
        assert " ".join(check.doc.split()) in " ".join(text.split())
        assert all(other in text for other in check.beats)
