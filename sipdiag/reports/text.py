"""The terminal report: 80 columns, complete without colour."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sipdiag.facts.config import TransferRule
from sipdiag.reports.checklist import checklist
from sipdiag.reports.many import FEW, ends, examples
from sipdiag.reports.paper import Line, Paper
from sipdiag.reports.report import Report, Reported, transfers_of
from sipdiag.reports.words import (
    NEEDS,
    NEEDS_SHORT,
    capital,
    left_out,
    nothing_seen,
    place,
    ruled_out,
    spared,
    summary,
    transfer_target,
)
from sipdiag.stages import Answer, Outcome, Severity, Stage
from sipdiag.values import Text, Token, UriText

if TYPE_CHECKING:
    from sipdiag.checking.run import Found
    from sipdiag.facts.transfer import Transfer
    from sipdiag.reports.show import Show
    from sipdiag.verdict import Verdict

WIDTH = 80
_MARK = {Answer.YES: "yes", Answer.NO: "NO", Answer.UNKNOWN: "?"}
_STYLE = {Answer.YES: "green", Answer.NO: "bold red", Answer.UNKNOWN: "yellow"}
_SEVERITY_STYLE = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_PASSAGES, _DIFFERENCES = 3, 4  # of messages that a box changed, and of what it changed in each
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


class _Page:
    def __init__(self, paper: Paper, report: Report, show: Show, width: int) -> None:
        self._paper, self._report, self._show, self._width = paper, report, show, width

    def _print(self, text: str = "", style: str = "") -> None:
        self._paper.print(Line(text.rstrip(), style=style))

    def _labelled(self, label: str, text: str, style: str = "", at: str = "") -> None:
        """A label in the margin, the text folded behind it, and its place at the right edge."""
        indent = " " * (2 + max(10, len(label) + 2))
        head = f"  {label}".ljust(len(indent))
        lines = textwrap.wrap(text, self._width - len(indent), break_long_words=True, break_on_hyphens=False) or [""]
        lines = [head + lines[0], *(indent + x for x in lines[1:])]
        if at:
            if len(lines[-1]) + len(at) + 2 <= self._width:
                lines[-1] += at.rjust(self._width - len(lines[-1]))
            else:
                lines.append(at.rjust(self._width)[: max(self._width, len(at))])
        line = Line("\n".join(lines))
        if style:
            line.stylize(style, 2, len(head))
        self._paper.print(line)

    def inputs(self) -> None:
        for item in self._report.inputs:
            for problem in item.problems:
                name = self._show(Text(item.path))
                sep = ":" if problem[:1].isdigit() else ": "
                self._print(f"sipdiag: {name}{sep}{self._show(Text(problem))}", "red" if item.failed else "yellow")
        for note in self._report.notes:
            self._print(f"sipdiag: {self._show(Text(note))}", "yellow")

    def transfers(self, verbose: bool) -> None:
        verdicts = transfers_of(self._report)
        shown = verdicts if verbose else examples(verdicts)
        if len(verdicts) > 1:
            self._table(verdicts, len(shown) < len(verdicts))
        healthy = 0
        for verdict in shown:
            if not verdict.outcome.is_failure and len(verdicts) > 1:
                healthy += 1
                if healthy > _SHOWN_IN_FULL:
                    continue
            self._transfer(verdict)
        if not verdicts and self._report.command != "lint":
            self._print(self._no_transfer())

    def _no_transfer(self) -> str:
        words = nothing_seen(self._report)
        return f"{words} If one was meant, say so with --expect-transfer." if self._report.calls_total else words

    def _table(self, verdicts: Sequence[Verdict], shortened: bool) -> None:
        self._print(f"{len(verdicts)} transfers", "bold")
        if len(verdicts) > FEW:
            for count, (outcome, cause) in ends(verdicts):
                self._print(f"  {count:6}  {outcome:26} {cause or '-'}")
            if shortened:
                self._print("The first of each stand in full behind the list; -v shows all of them so.")
            self._print()
        for verdict in verdicts[:200]:
            t = verdict.transfer
            target = self._show(UriText(transfer_target(t) or ""))
            cause = verdict.cause.check.id if verdict.cause is not None else "-"
            at = place(self._report, t.attempts[0].at, self._show) if t.attempts else "-"
            row = f"  {t.id:4} {at:12.12} {verdict.outcome.value:26} {cause}"
            self._print(row, "red" if verdict.outcome.is_failure else "")
            self._print(f"       {f'to {target}' if target else self._parties(t)}"[: self._width])
        if len(verdicts) > 200:
            self._print(f"  … and {len(verdicts) - 200} more")
        self._print()

    def _transfer(self, verdict: Verdict) -> None:
        t = verdict.transfer
        title = f"Transfer {t.number} of {self._report.transfers_total}   {self._parties(t)}"
        outcome = verdict.outcome.value.upper().replace("-", " ")
        room = self._width - len(outcome) - 2
        if len(title) > room and t.call is not None:  # the sentence below names the target in full
            title = title.partition(" to ")[0]
        title = title if len(title) <= room else f"{title[: room - 1]}…"
        line = Line(title.ljust(room) + "  " + outcome, style="bold")
        line.stylize("bold red" if verdict.outcome.is_failure else "bold green", room)
        self._paper.print(line)
        for text in textwrap.wrap(capital(summary(verdict, self._show)) + ".", self._width - 2):
            self._print("  " + text)
        self._print()
        self._ladder(verdict)
        self._print()
        self._because(verdict)

    def _parties(self, t: Transfer) -> str:
        show = self._show
        target = transfer_target(t)
        if t.call is None:
            rule = next(iter(self._linked_rules(t)), None)
            if rule is not None:
                name = str(rule.name) or str(rule.destination) or rule.id
                return f"rule {show(Text(name))}"
            return "no call in these inputs"
        call_id = show(Token(t.call.main.call_id))
        label = f"call {call_id[:8]}…" if len(call_id) > 9 else f"call {call_id}"
        who = t.transferor.value if t.transferor is not None else "transferor unknown"
        return f"{label}   {who} transfers" + (f" to {show(UriText(target))}" if target else "")

    def _linked_rules(self, t: Transfer) -> list[TransferRule]:
        binding = self._report.binding.get(t.case)
        return binding.linked(t, TransferRule) if binding is not None else []

    def _ladder(self, verdict: Verdict) -> None:
        ladder = verdict.ladder
        wire_no = next((s for s in Stage if s.on_the_wire and ladder[s].answer is Answer.NO), None)
        for stage in Stage:
            step = ladder[stage]
            if wire_no is not None and stage > wire_no and step.answer is Answer.UNKNOWN:
                rest = stage.slug if stage is Stage.COMPLETED else f"{stage.slug} … completed"
                self._print(f"  {rest}   {'not by REFER' if verdict.outcome is Outcome.COMPLETED else 'not reached'}")
                break
            words = self._show.sentence(step.words, step.values or {}) if step.words else ""
            words = NEEDS_SHORT.get(words, words)
            at = " ".join(dict.fromkeys(place(self._report, w, self._show) for w in step.at[:2]))
            head = f"  {stage.slug:15}{_MARK[step.answer]:4} "
            room = self._width - len(head) - (len(at) + 1 if at else 0)
            body = words if len(words) <= room else words[: max(0, room - 1)] + "…"
            line = Line(head + body.ljust(room) + (" " + at if at else ""))
            line.stylize(_STYLE[step.answer], 17, 21)
            line.rstrip()
            self._paper.print(line)

    def _because(self, verdict: Verdict) -> None:
        show = self._show
        if verdict.cause is not None:
            self._finding("Because", verdict.cause)
        if verdict.candidates:
            self._perhaps(verdict)
        if verdict.cause is not None:
            self._messages(verdict.transfer, verdict.cause)
        if verdict.outcome.is_failure and (words := ruled_out(self._report, verdict, show)):
            self._labelled("Ruled out", words, "bold")
        if verdict.cause is None and not verdict.candidates and verdict.outcome.is_failure:
            self._labelled("Because", "no single cause can be named from this input", "bold")
            from sipdiag.reports import candidates

            if words := candidates.decider(verdict, self._show):
                self._labelled("Decides", words, "bold")
        for found in self._counting(verdict.also)[:3]:
            self._labelled("Also", f"{found.check.id}: {self._sentence(found)}", "bold", self._at(found))
        warnings = self._counting(f for f in verdict.findings if f.severity is Severity.WARNING)
        for found in warnings[:3]:
            self._labelled("Note", f"{found.check.id}: {self._sentence(found)}", "bold", self._at(found))
        self._audio(verdict)
        self._in_between(verdict)
        needs = [NEEDS[e] for e in verdict.evidence if e in NEEDS]
        undecided = [f"{u.check.id}: needs {show(Text(u.cannot_tell.needs))}" for u in verdict.undecided]
        lacking = verdict.outcome in (Outcome.UNKNOWN, Outcome.FAILED) or (
            verdict.outcome.is_failure and verdict.cause is None
        )
        for text in (needs if lacking else [])[:2] + undecided[: 3 if lacking else 1]:
            self._labelled("Cannot tell", text if ":" in text else f"attach {text}", "bold")
        rows = checklist(verdict, self._report)
        if rows:
            self._labelled("Checklist", " · ".join(f"{name} {mark}" for name, mark in rows), "bold")
        if words := spared(self._report, verdict):
            self._labelled("Does not count", show(Text(words)), "bold")
        if verdict.cause is not None:
            owner = verdict.owner.value if verdict.owner is not None else "unknown"
            fix = show.sentence(verdict.cause.finding.fix, verdict.cause.finding.values)
            self._labelled("Who", f"{owner}: {fix}" if fix else owner, "bold")
            self._reference(verdict.transfer)
            self._labelled("Next", f"sipdiag explain {verdict.cause.check.id}", "bold")
        self._print()

    def _reference(self, transfer: Transfer) -> None:
        """By what whoever got the REFER finds it."""
        if transfer.decisive is None:
            return
        from sipdiag.reports.parties import facts_of

        refer = facts_of(self._report, transfer, self._show).refer
        self._labelled("Reference", f"Call-ID {self._show(Token(transfer.refer_call_id))}, REFER {refer}", "bold")

    def _perhaps(self, verdict: Verdict) -> None:
        from sipdiag.reports import candidates

        for candidate in verdict.candidates:
            self._finding("Perhaps", candidate)
            for words in candidates.against(self._report, verdict, candidate, self._show):
                self._labelled("", f"against it: {words}")
            self._labelled("", f"ruled out by: {candidates.ruled_out_by(candidate)}")
        self._labelled("Decides", candidates.decider(verdict, self._show), "bold")

    def _audio(self, verdict: Verdict) -> None:
        """Who said to send audio where, where that matters."""
        if verdict.transfer.leg is None:
            return
        from sipdiag.reports import audio

        if not audio.matters(verdict):
            return
        for n, line in enumerate(audio.lines(verdict, self._show, self._width - 12)):
            self._print("  Audio".ljust(12) + line if not n else " " * 12 + line)

    def _in_between(self, verdict: Verdict) -> None:
        """What boxes in the way changed beyond what each of their kind has to."""
        if verdict.transfer.leg is None:
            return
        from sipdiag.reports.crossed import passages

        told = [p for p in passages(self._report, verdict, self._show) if p.telling]
        for passage in told[:_PASSAGES]:
            came, left = (place(self._report, frame, self._show) for frame in (passage.came, passage.left))
            self._labelled("In between", f"{passage.message} came as {came}, left as {left}:", "bold")
            for difference in passage.telling[:_DIFFERENCES]:
                self._labelled("", difference.sentence)
            more = [*(d.field for d in passage.telling[_DIFFERENCES:]), *passage.usual]
            if more:
                self._labelled("", f"changed too: {', '.join(more)}")
            if passage.kept:
                self._labelled("", f"passed on as it came: {', '.join(passage.kept)}")
        if len(told) > _PASSAGES:
            self._labelled("", f"… and {_plural(len(told) - _PASSAGES, 'message')} more that a box changed")

    def _finding(self, label: str, found: Found) -> None:
        self._labelled(label, f"{found.check.id}: {self._sentence(found)}", "bold", self._at(found))
        for because in found.finding.because[:3]:
            text = self._show.sentence(because.template, because.values)
            self._labelled("", text, "", place(self._report, because.at, self._show))
        self._excerpt(found)

    def _messages(self, transfer: Transfer, found: Found) -> None:
        """The messages that a cause compares, with what it speaks of marked."""
        if transfer.leg is None:
            return
        from sipdiag.reports.cited import citations

        label = "Messages"
        for citation in citations(self._report, transfer, found, self._show):
            head = f"  {label:10}{citation.at}  "
            for line in citation.lines:
                for text in line.lines(self._width - len(head)):
                    self._paper.print(Line(head + text, style="bold" if text.strip("^ ") == "" else ""))
                    head = " " * len(head)
            label = ""

    def _counting(self, found: Iterable[Found]) -> list[Found]:
        return [f for f in found if self._report.suppression_of(f) is None]

    def _excerpt(self, found: Found) -> None:
        """The line of configuration that a finding is about, with a caret under it."""
        at = found.finding.at
        source = self._report.input(at.input) if at is not None else None
        line, column = getattr(at, "line", None), getattr(at, "column", None)
        if source is None or source.kind == "trace" or not line or line > len(source.excerpts):
            return
        text = self._show.excerpt(source.excerpts[line - 1])
        if len(text) > self._width - 10:
            return
        self._print(f"   {line:5} | {text}")
        if column:
            self._print(f"         | {' ' * (column - 1)}^")

    def _sentence(self, found: Found) -> str:
        return self._show.sentence(found.finding.template, found.finding.values)

    def _at(self, found: Found) -> str:
        return place(self._report, found.finding.at, self._show)

    def other_findings(self) -> None:
        """Findings of no transfer, and all of them in `lint`."""
        shown = {
            id(f)
            for v in self._report.verdicts
            for f in ((v.cause, *v.candidates, *v.also) if self._report.command != "lint" else ())
        }
        for item in self._report.findings:
            if item.suppressed is not None or id(item.found) in shown:
                continue
            if self._report.command != "lint" and item.transfers and item.found.severity is not Severity.ERROR:
                continue
            self._config_finding(item)

    def _config_finding(self, item: Reported) -> None:
        found = item.found
        at = self._at(found)
        count = f" ({item.count} times)" if item.count > 1 else ""
        line = Line(f"{at}: {found.severity.slug} {found.check.id}: {self._sentence(found)}{count}")
        start = len(at) + 2
        line.stylize(_SEVERITY_STYLE[found.severity], start, start + len(found.severity.slug))
        self._paper.print(line)
        self._excerpt(found)
        fix = self._show.sentence(found.finding.fix, found.finding.values)
        if fix:
            edit = self._report.edit_of(found) if self._report.command == "lint" else None
            option = "" if edit is None else " (--fix does this)" if edit.safe else " (--unsafe-fixes does this)"
            self._print(f"   fix: {fix}{option}")

    def footer(self, verbose: bool) -> None:
        report = self._report
        for crash in report.crashed:
            by = f"; report this to the plugin {crash.origin!r}" if crash.origin != "sipdiag" else ""
            self._print(f"crashed: {crash.check} ({self._show(Text(crash.error))}){by}", "bold red")
        if verbose:
            for check, why in sorted(report.not_run.items()):
                self._print(f"not run: {check} ({why})")
            for check, needs, _, _ in report.cannot_tell:
                self._print(f"cannot tell: {check} (needs {self._show(Text(needs))})")
        counts = [
            f"{len(report.passed)} ok",
            _plural(report.counted(Severity.ERROR), "error"),
            _plural(report.counted(Severity.WARNING), "warning"),
            f"{len(report.not_run)} not run",
            f"{len({c[0] for c in report.cannot_tell})} cannot tell",
        ]
        messages = sum(i.messages for i in report.inputs)
        ends = [_plural(messages, "message"), _plural(report.calls_total, "call")] if messages else []
        told = f"{report.checks_total} checks: {', '.join(counts)}"
        whole = ", ".join([told, *left_out(report)]) + (f" · {', '.join(ends)}" if ends else "")
        for line in [whole] if len(whole) <= self._width else [told, ", ".join([*left_out(report), *ends])]:
            self._print(line)


def _plural(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"
