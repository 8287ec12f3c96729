"""Ladders as CSV (RFC 4180): one row a message."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from sipdiag.reports.report import Report
from sipdiag.reports.sequence import Drawing
from sipdiag.reports.show import Show
from sipdiag.reports.words import file_name
from sipdiag.values import Text, Token

COLUMNS = (
    "drawing", "leg", "call_id", "input", "frame", "line", "time", "from", "from_role", "to", "to_role", "transport",
    "message", "sdp", "copies", "severity", "check",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t")


def render(drawings: Iterable[tuple[str, Drawing]], report: Report, show: Show) -> str:
    """All messages of the drawings, in order. `time` is in seconds since the case's first message."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for title, drawing in drawings:
        for arrow in drawing.arrows:
            frame, source, target = arrow.frame, drawing.lanes[arrow.source], drawing.lanes[arrow.target]
            item = report.input(frame.input)
            time = report.time(frame, report.case_of(frame))
            row = (
                title, arrow.leg, show(Token(drawing.legs[arrow.leg - 1].call_id)),
                show(Text(file_name(item.path))) if item is not None else "", frame.number, frame.line,
                f"{time:.6f}" if time is not None else None, show(source.label), source.role, show(target.label),
                target.role, arrow.hop.transport, show(arrow.label), arrow.note, arrow.copies,
                arrow.severity.slug if arrow.severity is not None else None, arrow.check,
            )  # fmt: skip
            writer.writerow([_cell(v) for v in row])
    return out.getvalue()


def _cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
