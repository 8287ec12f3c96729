"""One line for each thing: for screen readers, greps and logs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING

from sipdiag.places import Frame, Place, Where
from sipdiag.reports.report import Report, Reported
from sipdiag.reports.words import (
    left_out,
    place,
    placed,
    spared,
    summary,
)
from sipdiag.stages import Stage
from sipdiag.values import Text

if TYPE_CHECKING:
    from sipdiag.reports.show import Show


def render(report: Report, show: Show, files: Mapping[str, str] | None = None) -> str:
    """The lines, each `path:line:col: severity id: message`.

    A path is the one that was typed where that is relative, else that of `files`, which are below the repository root.
    """
    lines: list[str] = []
    for item in report.inputs:
        for where, words in map(placed, item.problems):
            at = show(Text(item.path)) + (f":{where}" if where else "")
            lines.append(f"{at}: {'error' if item.failed else 'warning'}: {show(Text(words))}")
    lines += [f"sipdiag: {show(Text(n))}" for n in report.notes]
    for verdict in report.verdicts:
        cause = f" because {verdict.cause.check.id}" if verdict.cause is not None else ""
        owner = f" (who: {verdict.owner.value})" if verdict.owner is not None else ""
        lines.append(f"transfer {verdict.transfer.id}: {verdict.outcome.value}{cause}{owner}: {summary(verdict, show)}")
        if words := spared(report, verdict):
            lines.append(f"transfer {verdict.transfer.id}: does not count: {show(Text(words))}")
        answers = ", ".join(f"{s.slug} {verdict.ladder[s].answer.value}" for s in Stage)
        lines.append(f"transfer {verdict.transfer.id}: stages: {answers}")
    for reported in report.findings:
        if reported.suppressed is None:
            lines.append(_line(report, reported, show, files or {}))
    lines += [f"crashed: {c.check} ({show(Text(c.error))})" for c in report.crashed]
    lines += [f"sipdiag: {', '.join(left_out(report))}"] if left_out(report) else []
    return "\n".join([*lines, ""]) if lines else ""


def _line(report: Report, item: Reported, show: Show, files: Mapping[str, str]) -> str:
    found = item.found
    text = show.sentence(found.finding.template, found.finding.values)
    at = _place(report, found.finding.at, show, files)
    return f"{at}: {found.severity.slug} {found.check.id}: {text}"


def _place(report: Report, where: Where | None, show: Show, files: Mapping[str, str]) -> str:
    source = report.input(where.input) if where is not None else None
    if where is None or source is None:
        return place(report, where, show)
    typed = source.path if not PurePath(source.path).is_absolute() and source.path != "-" else ""
    name = show(Text(typed or files.get(source.path) or report.names[source.id]))
    if isinstance(where, Frame) and where.number is not None:
        return f"{name} frame {where.number}"
    column = where.column if isinstance(where, Place) else None
    return ":".join([name, *(str(n) for n in (where.line, column) if n is not None)])
