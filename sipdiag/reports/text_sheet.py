"""What every part of the terminal report is written with: folded labels, places at the edge, the line of a finding."""

from __future__ import annotations

import textwrap
from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from sipdiag.reports.excerpt import excerpt
from sipdiag.reports.paper import Line, Paper
from sipdiag.reports.words import place

if TYPE_CHECKING:
    from sipdiag.checking.run import Found
    from sipdiag.reports.report import Report
    from sipdiag.reports.show import Show


_MARGIN = 11  # columns before an excerpt


class Sheet:
    """A paper of a width in columns, for a report whose values are shown in one way."""

    def __init__(self, paper: Paper, report: Report, show: Show, width: int) -> None:
        self.paper, self.report, self.show, self.width = paper, report, show, width

    def print(self, text: str = "", style: str = "") -> None:
        self.paper.print(Line(text.rstrip(), style=style))

    def folded(self, text: str) -> None:
        """A line that goes on below itself, further in, where it is longer than the paper is wide."""
        for line in _folded(text, self.width):
            self.print(line)

    def labelled(self, label: str, text: str, style: str = "", at: str = "") -> None:
        """A label in the margin, the text folded behind it, and its place at the right edge."""
        indent = " " * (2 + max(10, len(label) + 2))
        head = f"  {label}".ljust(len(indent))
        lines = textwrap.wrap(text, self.width - len(indent), break_long_words=True, break_on_hyphens=False) or [""]
        lines = [head + lines[0], *(indent + x for x in lines[1:])]
        if at:
            if len(lines[-1]) + len(at) + 2 <= self.width:
                lines[-1] += at.rjust(self.width - len(lines[-1]))
            else:
                lines.append(at.rjust(self.width)[: max(self.width, len(at))])
        line = Line("\n".join(lines))
        if style:
            line.stylize(style, 2, len(head))
        self.paper.print(line)

    def excerpt(self, found: Found) -> None:
        """The line of configuration that a finding is about, with a caret under it."""
        shown = excerpt(self.report, found.finding.at, self.show, self.width - _MARGIN)
        if shown is None:
            return
        self.print(f"   {shown.line:5} | {shown.text}")
        if shown.column:
            self.print(f"         | {' ' * _cells(shown.text[: shown.column - 1])}^")

    def sentence(self, found: Found) -> str:
        return self.show.sentence(found.finding.template, found.finding.values)

    def at(self, found: Found) -> str:
        return place(self.report, found.finding.at, self.show)


@lru_cache(1000)
def _folded(text: str, width: int) -> list[str]:
    """Of many documents a report says the same."""
    indent = " " * (len(text) - len(text.lstrip(" ")) + 5)
    return textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _cells(text: str) -> int:
    """The columns that a text takes on a terminal: wide characters, as those of Chinese and Japanese, take two."""
    return len(text) if text.isascii() else sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
