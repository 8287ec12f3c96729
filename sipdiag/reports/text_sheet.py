"""What every part of the terminal report is written with: folded labels, places at the edge, the line of a finding."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from sipdiag.reports.paper import Line, Paper
from sipdiag.reports.words import place

if TYPE_CHECKING:
    from sipdiag.checking.run import Found
    from sipdiag.reports.report import Report
    from sipdiag.reports.show import Show


class Sheet:
    """A paper of a width in columns, for a report whose values are shown in one way."""

    def __init__(self, paper: Paper, report: Report, show: Show, width: int) -> None:
        self.paper, self.report, self.show, self.width = paper, report, show, width

    def print(self, text: str = "", style: str = "") -> None:
        self.paper.print(Line(text.rstrip(), style=style))

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
        at = found.finding.at
        source = self.report.input(at.input) if at is not None else None
        line, column = getattr(at, "line", None), getattr(at, "column", None)
        if source is None or source.kind == "trace" or not line or line > len(source.excerpts):
            return
        text = self.show.excerpt(source.excerpts[line - 1])
        if len(text) > self.width - 10:
            return
        self.print(f"   {line:5} | {text}")
        if column:
            self.print(f"         | {' ' * (column - 1)}^")

    def sentence(self, found: Found) -> str:
        return self.show.sentence(found.finding.template, found.finding.values)

    def at(self, found: Found) -> str:
        return place(self.report, found.finding.at, self.show)
