"""The formats of a report, by name. A new one is one line here and one module."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from pathlib import PurePath
from typing import TypeAlias

from sipdiag.dataclass import dataclass
from sipdiag.reports.report import Report
from sipdiag.reports.show import Show
from sipdiag.stages import Severity


@dataclass(frozen=True, slots=True)
class Style:
    """How a report is to be rendered, beside what it says. `width` is in columns; `redaction` is off, on or strict.

    `fail_on` is the least severity that counts as failure, None for none. `files` gives the inputs by their paths
    relative to the repository root; an input outside of it is not there.
    """

    exit_code: int = 0
    redaction: str = "off"
    all_calls: bool = False
    color: bool = False
    width: int = 80
    verbose: bool = False
    fail_on: Severity | None = Severity.ERROR
    files: Mapping[str, str] = field(default_factory=dict)


Renderer: TypeAlias = Callable[[Report, Show, Style], str]


def _text(report: Report, show: Show, style: Style) -> str:
    from sipdiag.reports.text import render

    return render(report, show, color=style.color, width=style.width, verbose=style.verbose)


def _plain(report: Report, show: Show, style: Style) -> str:
    from sipdiag.reports import plain

    return plain.render(report, show, style.files)


def _json(report: Report, show: Show, style: Style) -> str:
    from sipdiag.reports.json_report import render

    return render(report, show, style.exit_code, style.redaction, style.all_calls)


def _json_stream(report: Report, show: Show, style: Style) -> Iterator[str]:
    from sipdiag.reports.json_report import stream

    return stream(report, show, style.exit_code, style.redaction, style.all_calls)


def _sarif(report: Report, show: Show, style: Style) -> str:
    from sipdiag.reports.sarif import render

    return render(report, show, style.files, style.exit_code)


def _junit(report: Report, show: Show, style: Style) -> str:
    from sipdiag.reports.junit import render

    return render(report, show, style.fail_on)


def _github(report: Report, show: Show, style: Style) -> str:
    from sipdiag.reports.github import render

    return render(report, show, style.files)


def _gitlab(report: Report, show: Show, style: Style) -> str:
    from sipdiag.reports.gitlab import render

    return render(report, show, style.files)


def _markdown(report: Report, show: Show, style: Style) -> str:
    from sipdiag.reports.markdown import render

    return render(report, show, style.redaction)


def _html(report: Report, show: Show, style: Style) -> str:
    from sipdiag.reports.html import render

    return render(report, show, style.redaction)


FORMATS: dict[str, Renderer] = {
    "text": _text,
    "plain": _plain,
    "json": _json,
    "markdown": _markdown,
    "html": _html,
    "sarif": _sarif,
    "junit": _junit,
    "github": _github,
    "gitlab": _gitlab,
}
# Formats of which a report of originals can be printed while it is made.
STREAMS: dict[str, Callable[[Report, Show, Style], Iterator[str]]] = {"json": _json_stream}
WITH_FINGERPRINTS = frozenset({"json", "sarif", "gitlab"})
WITH_PATHS = frozenset({"plain", "sarif", "junit", "github", "gitlab"})  # formats that name files by `Style.files`
WITH_HASHES = frozenset({"json", "sarif", "markdown", "html"})  # formats that tell the SHA-256 of each input
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
