"""The formats of a report, by name. A new one is one line here and one module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import TypeAlias

from sipdiag.reports.report import Report
from sipdiag.reports.show import Show


@dataclass(frozen=True, slots=True)
class Style:
    """How a report is to be rendered, beside what it says. `width` is in columns; `redaction` is off, on or strict."""

    exit_code: int = 0
    redaction: str = "off"
    all_calls: bool = False
    color: bool = False
    width: int = 80
    verbose: bool = False


Renderer: TypeAlias = Callable[[Report, Show, Style], str]


def _text(report: Report, show: Show, style: Style) -> str:
    from sipdiag.reports.text import render

    return render(report, show, color=style.color, width=style.width, verbose=style.verbose)


def _plain(report: Report, show: Show, style: Style) -> str:
    from sipdiag.reports.text import render_plain

    return render_plain(report, show)


def _json(report: Report, show: Show, style: Style) -> str:
    from sipdiag.reports.json_report import render

    return render(report, show, style.exit_code, style.redaction, style.all_calls)


FORMATS: dict[str, Renderer] = {
    "text": _text,
    "plain": _plain,
    "json": _json,
}
_ENDINGS = {
    ".txt": "text",
    ".json": "json",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".sarif": "sarif",
    ".xml": "junit",
}


def format_of(path: str) -> str | None:
    """The format that a file's ending stands for, if there is one.

    >>> format_of("out/report.json"), format_of("report")
    ('json', None)
    """
    name = _ENDINGS.get(PurePath(path).suffix.lower())
    return name if name in FORMATS else None
