"""Texts as Markdown that says what they say and nothing else: no link, no mention, no tag, no table cell of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from sipdiag.places import Frame, Place, Read
from sipdiag.reports.show import Show
from sipdiag.values import Word

# What CommonMark and GitHub's form of it may act on inside a line.
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|~&$]|@(?=\w)|#(?=\w)|!(?=\[)|(?<=\w)://|(?<=www)\.|(?<=[A-Za-z]):(?=//)")
_LINE_START = re.compile(r"^(\s*)(?:([-+*=#>])|(\d+)([.)])(?=\s|$))")
_TICKS = re.compile(r"`+")


def escaped(text: str) -> str:
    r"""A text inside a line.

    >>> escaped("[x](javascript:y) <b> a|b")
    '\\[x\\](javascript:y) \\<b\\> a\\|b'
    """
    text = _SPECIAL.sub(lambda m: f"\\{m[0]}", text.replace("\n", " "))
    return _LINE_START.sub(lambda m: m[1] + (f"\\{m[2]}" if m[2] else f"{m[3]}\\{m[4]}"), text)


def code(text: str) -> str:
    r"""A code span; a pipe in it does not end the cell of a table.

    >>> code("a"), code("a`b"), code("")
    ('`a`', '``a`b``', '')
    """
    if not text:
        return ""
    text = text.replace("\n", " ").replace("|", "\\|")
    ticks = "`" * (1 + max((len(m) for m in _TICKS.findall(text)), default=0))
    pad = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) or not text.strip() else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def fenced(text: str, language: str = "") -> str:
    r"""A block of code, with a fence that is longer than any run of ticks in it.

    >>> fenced("a\n```\nb").splitlines()[0]
    '````'
    """
    ticks = "`" * max(3, 1 + max((len(m) for m in _TICKS.findall(text)), default=0))
    return f"{ticks}{language}\n{text}\n{ticks}"


class Marked(Show):
    """A `Show` whose sentences are Markdown: their words escaped, what was read from the input as code."""

    def __init__(self, show: Show) -> None:
        super().__init__()
        self._plain = show

    def __call__(self, value: object) -> str:
        inner = value.value if isinstance(value, Read) else value
        text = self._plain(value)
        ours = inner is None or isinstance(inner, Word | Enum | int | float | Frame | Place)
        return escaped(text) if ours else code(text)

    def sentence(self, template: str, values: Mapping[str, object]) -> str:
        parts = re.split(r"\{(\w+)\}", template)
        return "".join(
            escaped(part) if i % 2 == 0 else self(values[part]) if part in values else escaped(f"{{{part}}}")
            for i, part in enumerate(parts)
        )

    def message(self, data: bytes, longest: int = 6000) -> str:
        return self._plain.message(data, longest)

    def excerpt(self, line: str) -> str:
        return self._plain.excerpt(line)
