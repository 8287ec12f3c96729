"""Gather the words that redaction keeps: those of our own sentences, of the formats we read, and of SIP.

`python -m tests.support.vocabulary --write` writes `sipdiag/redaction/data/vocabulary.txt` anew. The words come from
the constants of the code, the names of checks and the data beside them, never from its examples: a word that a format
or a check knows cannot be anybody's name for long, and what is not among them is replaced.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
OUT = ROOT / "sipdiag" / "redaction" / "data" / "vocabulary.txt"
EXTRA = ROOT / "sipdiag" / "redaction" / "data" / "terms.txt"


def words_of(text: str) -> Iterator[str]:
    """The words of a text, also of camelCase; without what the escapes of patterns leave."""
    text = re.sub(r"\\[a-zA-Z]|https?://\S+|\S+@\S+", " ", text)
    for run in re.findall(r"[A-Za-z][A-Za-z0-9]*", text):
        for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", run):
            if len(part) > 1:
                yield part.lower()


def gathered() -> list[str]:
    found: set[str] = set()
    for folder in ("sipdiag", "checks"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "redaction" not in path.parts:
                for text in _constants(ast.parse(path.read_text("utf-8"))):
                    found.update(words_of(text))
    for path in sorted((ROOT / "fixtures" / "platforms").glob("*/*.json")):
        found.update(w for key in _keys(json.loads(path.read_text("utf-8"))) for w in words_of(key))
    for path in sorted((ROOT / "checks").rglob("*.py")):
        found.update(words_of(path.stem.replace("_", " ")))
    for path in sorted((ROOT / "sipdiag").rglob("*.yaml")) + sorted((ROOT / "sipdiag").rglob("*.toml")):
        found.update(words_of(path.read_text("utf-8")))
    return sorted(found)


def _keys(document: object) -> Iterator[str]:
    """The names of the members of a platform's objects."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield str(key)
            yield from _keys(value)
    elif isinstance(document, list):
        for value in document:
            yield from _keys(value)


def _constants(tree: ast.Module) -> Iterator[str]:
    manuals = {
        id(n.body[0].value)
        for n in ast.walk(tree)
        if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef) and n.body and isinstance(n.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in manuals:
            yield node.value


if __name__ == "__main__" and "--write" in sys.argv:
    OUT.write_text("\n".join(textwrap.wrap(" ".join(gathered()), 118)) + "\n", "utf-8")
