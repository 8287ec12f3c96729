"""One transfer in the terminal report: its title, its stages, its cause with the proofs, and who has to act."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sipdiag.facts.config import TransferRule
from sipdiag.reports.checklist import checklist
from sipdiag.reports.paper import Line
from sipdiag.reports.text_sheet import Sheet
from sipdiag.reports.words import (
    NEEDS,
    NEEDS_SHORT,
    capital,
    place,
    plural,
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
    from sipdiag.reports.report import Report
    from sipdiag.reports.show import Show
    from sipdiag.verdict import Verdict

_MARK = {Answer.YES: "yes", Answer.NO: "NO", Answer.UNKNOWN: "?"}
_STYLE = {Answer.YES: "green", Answer.NO: "bold red", Answer.UNKNOWN: "yellow"}
_PASSAGES, _DIFFERENCES = 3, 4  # of messages that a box changed, and of what it changed in each


class TransferPart(Sheet):
    """Writes transfers, one at a time."""

    def transfer(self, verdict: Verdict) -> None:
        t = verdict.transfer
        title = f"Transfer {t.number} of {self.report.transfers_total}   {parties(self.report, t, self.show)}"
        outcome = verdict.outcome.value.upper().replace("-", " ")
        room = self.width - len(outcome) - 2
        if len(title) > room and t.call is not None:  # the sentence below names the target in full
            title = title.partition(" to ")[0]
        title = title if len(title) <= room else f"{title[: room - 1]}…"
        line = Line(title.ljust(room) + "  " + outcome, style="bold")
        line.stylize("bold red" if verdict.outcome.is_failure else "bold green", room)
        self.paper.print(line)
        for text in textwrap.wrap(capital(summary(verdict, self.show)) + ".", self.width - 2):
            self.print("  " + text)
        self.print()
        self._ladder(verdict)
        self.print()
        self._because(verdict)

    def _ladder(self, verdict: Verdict) -> None:
        ladder = verdict.ladder
        wire_no = next((s for s in Stage if s.on_the_wire and ladder[s].answer is Answer.NO), None)
        for stage in Stage:
            step = ladder[stage]
            if wire_no is not None and stage > wire_no and step.answer is Answer.UNKNOWN:
                rest = stage.slug if stage is Stage.COMPLETED else f"{stage.slug} … completed"
                self.print(f"  {rest}   {'not by REFER' if verdict.outcome is Outcome.COMPLETED else 'not reached'}")
                break
            words = self.show.sentence(step.words, step.values or {}) if step.words else ""
            words = NEEDS_SHORT.get(words, words)
            head = f"  {stage.slug:15}{_MARK[step.answer]:4} "
            places = list(dict.fromkeys(place(self.report, w, self.show) for w in step.at[:2]))
            if len(head) + len(words) + sum(len(p) + 1 for p in places) > self.width:
                places = places[:1]  # what was found says more than where else it shows
            at = " ".join(places)
            room = self.width - len(head) - (len(at) + 1 if at else 0)
            body = words if len(words) <= room else words[: max(0, room - 1)] + "…"
            line = Line(head + body.ljust(room) + (" " + at if at else ""))
            line.stylize(_STYLE[step.answer], 17, 21)
            line.rstrip()
            self.paper.print(line)

    def _because(self, verdict: Verdict) -> None:
        show = self.show
        if verdict.cause is not None:
            self._finding("Because", verdict.cause)
        if verdict.candidates:
            self._perhaps(verdict)
        if verdict.cause is not None:
            self._messages(verdict.transfer, verdict.cause)
        if verdict.outcome.is_failure and (words := ruled_out(self.report, verdict, show)):
            self.labelled("Ruled out", words, "bold")
        if verdict.cause is None and not verdict.candidates and verdict.outcome.is_failure:
            self.labelled("Because", "no single cause can be named from this input", "bold")
            from sipdiag.reports import candidates

            if words := candidates.decider(verdict, self.show):
                self.labelled("Decides", words, "bold")
        for found in self._counting(verdict.also)[:3]:
            self.labelled("Also", f"{found.check.id}: {self.sentence(found)}", "bold", self.at(found))
        warnings = self._counting(f for f in verdict.findings if f.severity is Severity.WARNING)
        for found in warnings[:3]:
            self.labelled("Note", f"{found.check.id}: {self.sentence(found)}", "bold", self.at(found))
        self._audio(verdict)
        self._in_between(verdict)
        needs = [NEEDS[e] for e in verdict.evidence if e in NEEDS]
        undecided = [f"{u.check.id}: needs {show(Text(u.cannot_tell.needs))}" for u in verdict.undecided]
        lacking = verdict.outcome in (Outcome.UNKNOWN, Outcome.FAILED) or (
            verdict.outcome.is_failure and verdict.cause is None
        )
        for text in (needs if lacking else [])[:2] + undecided[: 3 if lacking else 1]:
            self.labelled("Cannot tell", text if ":" in text else f"attach {text}", "bold")
        rows = checklist(verdict, self.report)
        if rows:
            self.labelled("Checklist", " · ".join(f"{name} {mark}" for name, mark in rows), "bold")
        if words := spared(self.report, verdict):
            self.labelled("Does not count", show(Text(words)), "bold")
        if verdict.cause is not None:
            owner = verdict.owner.value if verdict.owner is not None else "unknown"
            fix = show.sentence(verdict.cause.finding.fix, verdict.cause.finding.values)
            self.labelled("Who", f"{owner}: {fix}" if fix else owner, "bold")
            self._reference(verdict.transfer)
            self.labelled("Next", f"sipdiag explain {verdict.cause.check.id}", "bold")
        self.print()

    def _reference(self, transfer: Transfer) -> None:
        """By what whoever got the REFER finds it."""
        if transfer.decisive is None:
            return
        from sipdiag.reports.parties import facts_of

        refer = facts_of(self.report, transfer, self.show).refer
        self.labelled("Reference", f"Call-ID {self.show(Token(transfer.refer_call_id))}, REFER {refer}", "bold")

    def _perhaps(self, verdict: Verdict) -> None:
        from sipdiag.reports import candidates

        for candidate in verdict.candidates:
            self._finding("Perhaps", candidate)
            for words in candidates.against(self.report, verdict, candidate, self.show):
                self.labelled("", f"against it: {words}")
            self.labelled("", f"ruled out by: {candidates.ruled_out_by(candidate)}")
        self.labelled("Decides", candidates.decider(verdict, self.show), "bold")

    def _audio(self, verdict: Verdict) -> None:
        """Who said to send audio where, where that matters."""
        if verdict.transfer.leg is None:
            return
        from sipdiag.reports import audio

        if not audio.matters(verdict):
            return
        for n, line in enumerate(audio.lines(verdict, self.show, self.width - 12)):
            self.print("  Audio".ljust(12) + line if not n else " " * 12 + line)

    def _in_between(self, verdict: Verdict) -> None:
        """What boxes in the way changed beyond what each of their kind has to."""
        if verdict.transfer.leg is None:
            return
        from sipdiag.reports.crossed import passages

        told = [p for p in passages(self.report, verdict, self.show) if p.telling]
        for passage in told[:_PASSAGES]:
            came, left = (place(self.report, frame, self.show) for frame in (passage.came, passage.left))
            self.labelled("In between", f"{passage.message} came as {came}, left as {left}:", "bold")
            for difference in passage.telling[:_DIFFERENCES]:
                self.labelled("", difference.sentence)
            more = [*(d.field for d in passage.telling[_DIFFERENCES:]), *passage.usual]
            if more:
                self.labelled("", f"changed too: {', '.join(more)}")
            if passage.kept:
                self.labelled("", f"passed on as it came: {', '.join(passage.kept)}")
        if len(told) > _PASSAGES:
            self.labelled("", f"… and {plural(len(told) - _PASSAGES, 'message')} more that a box changed")

    def _finding(self, label: str, found: Found) -> None:
        self.labelled(label, f"{found.check.id}: {self.sentence(found)}", "bold", self.at(found))
        for because in found.finding.because[:3]:
            text = self.show.sentence(because.template, because.values)
            self.labelled("", text, "", place(self.report, because.at, self.show))
        self.excerpt(found)

    def _messages(self, transfer: Transfer, found: Found) -> None:
        """The messages that a cause compares, with what it speaks of marked."""
        if transfer.leg is None:
            return
        from sipdiag.reports.cited import citations

        label = "Messages"
        for citation in citations(self.report, transfer, found, self.show):
            head = f"  {label:10}{citation.at}  "
            for line in citation.lines:
                for text in line.lines(self.width - len(head)):
                    self.paper.print(Line(head + text, style="bold" if text.strip("^ ") == "" else ""))
                    head = " " * len(head)
            label = ""

    def _counting(self, found: Iterable[Found]) -> list[Found]:
        return [f for f in found if self.report.suppression_of(f) is None]


def parties(report: Report, t: Transfer, show: Show) -> str:
    """The call and who transfers whom to where; of what was only configured, the rule."""
    if t.call is None:
        binding = report.binding.get(t.case)
        rule = next(iter(binding.linked(t, TransferRule) if binding is not None else ()), None)
        if rule is None:
            return "no call in these inputs"
        return f"rule {show(Text(str(rule.name) or str(rule.destination) or rule.id))}"
    target = transfer_target(t)
    call_id = show(Token(t.call.main.call_id))
    label = f"call {call_id[:8]}…" if len(call_id) > 9 else f"call {call_id}"
    does = f"{t.transferor.value} transfers" if t.transferor is not None else "to be transferred"
    return f"{label}   {does}" + (f" to {show(UriText(target))}" if target else "")
