"""The terminal report: 80 columns, complete without colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sipdiag.reports.many import FEW, ends, examples
from sipdiag.reports.paper import Line, Paper
from sipdiag.reports.report import Report, Reported, transfers_of
from sipdiag.reports.text_sheet import Sheet
from sipdiag.reports.text_transfer import TransferPart, parties
from sipdiag.reports.words import left_out, nothing_seen, place, placed, plural, tally, transfer_target
from sipdiag.stages import Severity
from sipdiag.values import Text, UriText

if TYPE_CHECKING:
    from sipdiag.reports.show import Show
    from sipdiag.verdict import Verdict

WIDTH = 80
_SEVERITY_STYLE = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_SHOWN_IN_FULL = 5  # healthy transfers beyond this many are counted only


def render(report: Report, show: Show, *, color: bool = False, width: int = WIDTH, verbose: bool = False) -> str:
    paper = Paper(width, color=color)
    page = _Page(paper, report, show, min(width, 100))
    page.inputs()
    if not any(not i.failed for i in report.inputs) and not report.verdicts and not report.crashed:
        return paper.text  # nothing was read: the lines above say why
    page.transfers(verbose)
    page.other_findings()
    page.footer(verbose)
    return paper.text


class _Page(Sheet):
    """The whole report: what was not read, the transfers, the other findings, and the count of it all."""

    def inputs(self) -> None:
        for item in self.report.inputs:
            for problem in item.problems:
                name = self.show(Text(item.path))
                sep = ":" if placed(problem)[0] else ": "
                self.print(f"sipdiag: {name}{sep}{self.show(Text(problem))}", "red" if item.failed else "yellow")
        for note in self.report.notes:
            self.print(f"sipdiag: {self.show(Text(note))}", "yellow")

    def transfers(self, verbose: bool) -> None:
        verdicts = transfers_of(self.report)
        shown = verdicts if verbose else examples(verdicts)
        if len(verdicts) > 1:
            self._table(verdicts, len(shown) < len(verdicts))
        one, healthy = TransferPart(self.paper, self.report, self.show, self.width), 0
        for verdict in shown:
            if not verdict.outcome.is_failure and len(verdicts) > 1:
                healthy += 1
                if healthy > _SHOWN_IN_FULL:
                    continue
            one.transfer(verdict)
        if not verdicts and self.report.command != "lint":
            self.print(self._no_transfer())

    def _no_transfer(self) -> str:
        words = nothing_seen(self.report)
        return f"{words} If one was meant, say so with --expect-transfer." if self.report.calls_total else words

    def _table(self, verdicts: Sequence[Verdict], shortened: bool) -> None:
        self.print(f"{len(verdicts)} transfers", "bold")
        if len(verdicts) > FEW:
            for count, (outcome, cause) in ends(verdicts):
                self.print(f"  {count:6}  {outcome:26} {cause or '-'}")
            if shortened:
                self.print("The first of each stand in full behind the list; -v shows all of them so.")
            self.print()
        for verdict in verdicts[:200]:
            t = verdict.transfer
            target = self.show(UriText(transfer_target(t) or ""))
            cause = verdict.cause.check.id if verdict.cause is not None else "-"
            at = place(self.report, t.attempts[0].at, self.show) if t.attempts else "-"
            row = f"  {t.id:4} {at:12.12} {verdict.outcome.value:26} {cause}"
            self.print(row, "red" if verdict.outcome.is_failure else "")
            self.print(f"       {f'to {target}' if target else parties(self.report, t, self.show)}"[: self.width])
        if len(verdicts) > 200:
            self.print(f"  … and {len(verdicts) - 200} more")
        self.print()

    def other_findings(self) -> None:
        """Findings of no transfer, and all of them in `lint`."""
        shown = {
            id(f)
            for v in self.report.verdicts
            for f in ((v.cause, *v.candidates, *v.also) if self.report.command != "lint" else ())
        }
        for item in self.report.findings:
            if item.suppressed is not None or id(item.found) in shown:
                continue
            if self.report.command != "lint" and item.transfers and item.found.severity is not Severity.ERROR:
                continue
            self._config_finding(item)

    def _config_finding(self, item: Reported) -> None:
        found = item.found
        at = self.at(found)
        count = f" ({item.count} times)" if item.count > 1 else ""
        line = Line(f"{at}: {found.severity.slug} {found.check.id}: {self.sentence(found)}{count}")
        start = len(at) + 2
        line.stylize(_SEVERITY_STYLE[found.severity], start, start + len(found.severity.slug))
        self.paper.print(line)
        self.excerpt(found)
        fix = self.show.sentence(found.finding.fix, found.finding.values)
        if fix:
            edit = self.report.edit_of(found) if self.report.command == "lint" else None
            option = "" if edit is None else " (--fix does this)" if edit.safe else " (--unsafe-fixes does this)"
            self.folded(f"   fix: {fix}{option}")

    def footer(self, verbose: bool) -> None:
        report = self.report
        for crash in report.crashed:
            by = f"; report this to the plugin {crash.origin!r}" if crash.origin != "sipdiag" else ""
            self.print(f"crashed: {crash.check} ({self.show(Text(crash.error))}){by}", "bold red")
        if verbose:
            for check, why in sorted(report.not_run.items()):
                self.print(f"not run: {check} ({why})")
            for check, needs, _, _ in report.cannot_tell:
                self.print(f"cannot tell: {check} (needs {self.show(Text(needs))})")
        messages = sum(i.messages for i in report.inputs)
        ends = [plural(messages, "message"), plural(report.calls_total, "call")] if messages else []
        told = tally(report)
        whole = ", ".join([told, *left_out(report)]) + (f" · {', '.join(ends)}" if ends else "")
        for line in [whole] if len(whole) <= self.width else [told, ", ".join([*left_out(report), *ends])]:
            self.print(line)
