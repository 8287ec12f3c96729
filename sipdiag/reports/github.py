"""GitHub Actions: workflow commands that annotate files, and the Markdown of a job summary.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions: `%`, carriage return and line feed are
escaped in a message, `:` and `,` in a property too. Nothing that was read can begin a command of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sipdiag.reports.notices import Notice, notices
from sipdiag.reports.report import Report
from sipdiag.reports.show import Show, escape
from sipdiag.reports.words import left_out, place, summary, tally
from sipdiag.stages import Severity
from sipdiag.values import Text
from sipdiag.verdict import Verdict

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
MOST_ROWS = 200  # of one table of the summary, which GitHub takes up to 1 MiB
# Every character that Markdown, a mention, a reference or an address that becomes a link could be made of.
_ACTIVE = re.compile(r"[&<>\"'\\`*_{}\[\]()#+!|~^$@:/=]|(?<=w)\.|-(?=-)")


def render(report: Report, show: Show, files: Mapping[str, str]) -> str:
    """One command a line, the worst first: GitHub shows the first ten of each level."""
    lines = [_command(n, files) for n in notices(report, show)]
    return "\n".join([*lines, ""]) if lines else ""


def _command(notice: Notice, files: Mapping[str, str]) -> str:
    properties: dict[str, object] = {}
    text = notice.text + (f" (fix: {notice.fix})" if notice.fix else "")
    if notice.source is not None and notice.source.path in files:
        properties = {"file": escape(files[notice.source.path]), "line": notice.line, "col": notice.column}
    if notice.frame is not None:
        text = f"frame {notice.frame}: {text}"
    properties["title"] = notice.rule
    named = ",".join(f"{k}={_property(str(v))}" for k, v in properties.items() if v is not None)
    return f"::{_LEVELS[notice.severity]} {named}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """
    >>> _property("100%: a,b")
    '100%25%3A a%2Cb'
    """
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def job_summary(report: Report, show: Show) -> str:
    """Markdown for the file that GITHUB_STEP_SUMMARY names: transfers, findings, and what was left out."""
    parts = ["## sipdiag", ""]
    if report.verdicts:
        rows = [
            (v.transfer.id, _outcome(report, v), v.cause.check.id if v.cause is not None else "", summary(v, show))
            for v in report.verdicts
        ]
        parts += [*_table(("transfer", "outcome", "cause", "what happened"), rows), ""]
    told = notices(report, show)
    if told:
        found = [(n.severity.slug, n.rule, place(report, n.where, show) or _name(n, show), n.text, n.fix) for n in told]
        parts += [*_table(("severity", "check", "where", "what is wrong", "fix"), found), ""]
    parts += [f"- crashed: {inert(show(Text(c.check)))}: {inert(show(Text(c.error)))}" for c in report.crashed]
    parts += [f"- {inert(show(Text(n)))}" for n in report.notes]
    parts += [""] if report.crashed or report.notes else []
    parts.append(", ".join([tally(report), *left_out(report)]))
    return "\n".join(parts) + "\n"


def _outcome(report: Report, verdict: Verdict) -> str:
    return verdict.outcome.value + (" (does not count)" if report.forgiven_by(verdict) is not None else "")


def _name(notice: Notice, show: Show) -> str:
    return show(Text(notice.source.path)) if notice.source is not None else ""


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(inert(c) for c in row)} |" for row in rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        lines.append(f"| … {len(rows) - MOST_ROWS} more |{' |' * (len(head) - 1)}")
    return lines


def inert(text: str) -> str:
    """Text as Markdown that is shown as it stands: every character that could be markup is a character reference.

    >>> inert("a|b <i> @all")
    'a&#124;b &#60;i&#62; &#64;all'
    """
    return _ACTIVE.sub(lambda m: f"&#{ord(m[0])};", text)
