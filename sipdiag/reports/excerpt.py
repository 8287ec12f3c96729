"""The line of a document that a finding is about, cut to the room that there is, and the column to mark in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass
from sipdiag.reports.show import escape

if TYPE_CHECKING:
    from sipdiag.places import Where
    from sipdiag.reports.report import Report
    from sipdiag.reports.show import Show


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line of a document: its number, its text, and the column (from 1) that is meant, or 0."""

    line: int
    text: str
    column: int = 0


def excerpt(report: Report, at: Where | None, show: Show, room: int) -> Excerpt | None:
    """At most `room` characters of the line; None where no line is known, or the place lies beyond what is shown of it."""
    source = report.input(at.input) if at is not None else None
    line, column = getattr(at, "line", None), getattr(at, "column", None) or 0
    if source is None or source.kind == "trace" or not line or line > len(source.excerpts):
        return None
    written = source.excerpts[line - 1]
    text = show.excerpt(written)
    before = written[: column - 1].replace("\t", " ") if column else ""
    column += len(escape(before)) - len(before)  # what is escaped takes more room
    if column > len(text):
        return None
    return Excerpt(line, *window(text, column, room))


def window(text: str, column: int, room: int) -> tuple[str, int]:
    """As much of a text around a column as there is room for, and where the column is then.

    >>> window("abcdefghij", 8, 6), window("abcdefghij", 2, 6), window("abc", 0, 6)
    (('…fghij', 4), ('abcde…', 2), ('abc', 0))
    """
    if len(text) <= room:
        return text, column
    start = max(0, min(column - 1 - room // 2, len(text) - room))
    shown = text[start : start + room]
    head = "…" if start else ""
    tail = "…" if start + room < len(text) else ""
    return head + shown[len(head) : len(shown) - len(tail)] + tail, column - start if column else 0
