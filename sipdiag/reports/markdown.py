"""The report as Markdown, for tickets: tables, fenced excerpts, and nothing of the input that could act."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sipdiag import __version__
from sipdiag.reports import flow_text
from sipdiag.reports.cited import Citation
from sipdiag.reports.headline import headline
from sipdiag.reports.marked import Marked, code, escaped, fenced
from sipdiag.reports.page import ABSENT, Box, Part, Statement, not_run_by_reason, part_of, statement
from sipdiag.reports.redacted import about_hashes, told
from sipdiag.reports.report import Report, transfers_of
from sipdiag.reports.sequence import Drawing, of_transfer
from sipdiag.reports.show import Show
from sipdiag.reports.words import file_name, left_out, nothing_seen, tally
from sipdiag.stages import Severity
from sipdiag.values import Text

_IN_FULL = 20  # transfers
_ROWS = 500  # of a table
_LADDER = 60  # arrows of a ladder that a ticket still bears
_EXCERPT = 90  # characters of a quoted line
_MESSAGE = 2000  # characters of the message that a cause cites


def render(report: Report, show: Show, redaction: str = "off") -> str:
    """The whole report."""
    page = _Page(report, show, redaction)
    blocks = [*page.head(), *_quoted(told(redaction))]
    blocks += page.transfers(_IN_FULL, ladders=True)
    blocks += [*page.findings(), *page.checks(), *page.inputs(), page.foot()]
    return _joined(blocks)


def ticket(report: Report, show: Show, redaction: str = "off", most: int = 5) -> str:
    """The short form, to paste into a ticket: the verdicts, without messages."""
    page = _Page(report, show, redaction)
    return _joined([*page.head(), *page.transfers(most, ladders=False), *page.inputs(), page.foot()])


def _joined(blocks: Iterable[str]) -> str:
    return "\n\n".join(b for b in blocks if b) + "\n"


def _quoted(lines: Iterable[str]) -> list[str]:
    return ["\n".join(f"> {escaped(line)}" for line in lines)]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


class _Page:
    def __init__(self, report: Report, show: Show, redaction: str) -> None:
        self._report, self._show, self._say = report, show, Marked(show)
        self._unhashed = about_hashes(redaction, (i.sha256 for i in report.inputs))

    def head(self) -> list[str]:
        report = self._report
        if line := headline(report):
            return [f"# sipdiag: {line[0].lower()}{line[1:]}"]
        return ["# sipdiag: no transfer", self._no_transfer()]

    def _no_transfer(self) -> str:
        if self._report.command == "lint":
            return f"{self._report.counted(Severity.ERROR)} errors in the configuration."
        return nothing_seen(self._report)

    def transfers(self, most: int, ladders: bool) -> list[str]:
        verdicts = transfers_of(self._report)
        blocks: list[str] = []
        if len(verdicts) > 1:
            cells = (
                (v.transfer.id, v.outcome.value, code(v.cause.check.id) if v.cause is not None else "-",
                 v.owner.value if v.owner is not None else "-") for v in verdicts[:_ROWS]
            )  # fmt: skip
            blocks.append(table(("transfer", "outcome", "cause", "who"), cells))
        full = verdicts[:most] if len(verdicts) == 1 else [v for v in verdicts if v.outcome.is_failure][:most]
        for verdict in self._report.verdicts:
            if any(verdict is v for v in full):
                part = part_of(self._report, verdict, self._show, self._say)
                blocks += self._transfer(part, ladders)
        left = sum(1 for v in verdicts if v.outcome.is_failure) - len(full)
        if left > 0:
            blocks.append(f"… and {left} more that failed: see the table, or choose one with `--transfer N`.")
        return blocks

    def _transfer(self, part: Part, ladders: bool) -> list[str]:
        outcome = part.outcome.upper().replace("-", " ")
        blocks = [f"## Transfer {part.number} of {self._report.transfers_total}: {outcome}", f"**{part.summary}.**"]
        if rows := part.facts.rows():
            blocks.append(table(("", ""), ((name, code(value)) for name, value in rows)))
        steps = ((s.name, f"**{s.answer}**" if s.answer == "no" else s.answer, s.words, _at(s.at)) for s in part.steps)
        blocks.append(table(("stage", "answer", "what was seen", "where"), steps))
        drawing = of_transfer(part.verdict) if part.verdict.transfer.leg is not None else None
        for cause in part.causes:
            blocks += self._statement("Because" if part.certain else "Perhaps", cause)
            if ladders and drawing is not None:
                blocks += self._cited(cause, drawing)
        if part.decides:
            blocks.append(f"**Decides:** {escaped(part.decides)}")
        if part.cited:
            blocks.append(fenced("\n".join(_excerpts(part.cited)), "text"))
        if part.ruled_out:
            blocks.append(f"**Ruled out:** {escaped(part.ruled_out)}.")
        if not part.causes and part.failed:
            blocks.append("**Because:** no single cause can be named from this input.")
        if part.owner:
            blocks.append(
                f"**Who acts:** {part.owner}. **What to do:** {part.fix or 'see the finding'}.".replace("..", ".")
                + f" More: {code(f'sipdiag explain {part.causes[0].check}')}"
            )
        further = [f"- Also {code(s.check)}: {s.text}{_in(s.at)}" for s in part.also]
        further += [f"- Note {code(s.check)}: {s.text}{_in(s.at)}" for s in part.notes]
        further += [
            f"- Cannot tell{f' {code(n.check)}' if n.check else ''}: attach {escaped(n.needs)}" for n in part.needs
        ]
        blocks.append("\n".join(further))
        blocks.append(table(("prerequisite", "result"), ((p.name, escaped(p.words)) for p in part.checklist)))
        blocks += _heard(part) if ladders else []
        for box in part.boxes if ladders else ():
            blocks += _crossed(box)
        if ladders and drawing is not None and 0 < len(drawing.arrows) <= _LADDER:
            text = flow_text.render(drawing, self._report, self._show).rstrip("\n")
            blocks += ["Messages of this transfer (RTP left out):", fenced(text, "text")]
        return blocks

    def _statement(self, label: str, s: Statement) -> list[str]:
        lines = [f"**{label}** {code(s.check)}: {s.text}{_in(s.at)}"]
        further = [f"- {text}{_in(at)}" for text, at in s.because]
        further += [f"- Against it: {text}" for text in s.against]
        further += [f"- Ruled out by: {escaped(s.ruled_out_by)}"] if s.ruled_out_by else []
        lines.append("\n".join(further))
        if s.excerpt is not None:
            text = f"{s.excerpt.line:5} | {s.excerpt.text}"
            if s.excerpt.column:
                text += f"\n      | {' ' * (s.excerpt.column - 1)}^"
            lines.append(fenced(text, "text"))
        return lines

    def _cited(self, s: Statement, drawing: Drawing) -> list[str]:
        """The message that a cause cites."""
        arrow = next((a for a in drawing.arrows if a.check == s.check), None)
        if arrow is None:
            return []
        return [fenced(self._show.message(arrow.hop.message.data, _MESSAGE), "text")]

    def findings(self) -> list[str]:
        report = self._report
        told_of = {id(f) for v in report.verdicts for f in (v.cause, *v.candidates, *v.also)}
        rows = [r for r in report.findings if id(r.found) not in told_of]
        if not rows:
            return []
        told_rows = []
        for r in rows[:_ROWS]:
            s = statement(report, r.found, self._show, self._say, r)
            text = s.text + (f" ({s.count} times)" if s.count > 1 else "") + (f" Fix: {s.fix}" if s.fix else "")
            text += f" (suppressed: {escaped(s.suppressed)})" if s.suppressed else ""
            told_rows.append((s.severity, code(s.check), text, escaped(s.at)))
        more = [f"… and {len(rows) - _ROWS} more."] if len(rows) > _ROWS else []
        return ["## Other findings", table(("severity", "check", "finding", "where"), told_rows), *more]

    def checks(self) -> list[str]:
        report = self._report
        blocks = ["## Checks", f"{len(report.passed)} passed."]
        not_run = not_run_by_reason(report)
        if not_run:
            cells = ((escaped(why), ", ".join(code(i) for i in ids)) for why, ids in not_run)
            blocks.append(table(("not run, because", "checks"), cells))
        crashed = [f"- crashed: {code(c.check)}: {code(self._show(Text(c.error)))}" for c in report.crashed]
        return [*blocks, "\n".join(crashed)]

    def inputs(self) -> list[str]:
        show = self._show
        hashed = not self._unhashed
        cells = (
            (code(show(Text(file_name(i.path)))), i.kind, escaped(i.format), str(i.messages),
             *((code(i.sha256),) if hashed else ()), "; ".join(code(show(Text(p))) for p in i.problems))
            for i in self._report.inputs[:_ROWS]
        )  # fmt: skip
        head = ("file", "kind", "format", "messages", *(("SHA-256",) if hashed else ()), "problems")
        notes = "\n".join(f"- {code(show(Text(n)))}" for n in self._report.notes)
        return ["## Inputs", notes, table(head, cells), escaped(self._unhashed)]

    def foot(self) -> str:
        return f"sipdiag {__version__}. {', '.join([tally(self._report), *left_out(self._report)])}."


def _heard(part: Part) -> list[str]:
    """Who said to send audio where."""
    if not part.audio:
        return []
    cells = (
        (r.leg, r.who, r.when, code(r.where), r.state, code(r.listed), escaped(r.packets or "no RTP captured"), r.note)
        for r in part.audio
    )
    head = ("leg", "side", "when", "audio at", "direction", "codecs", "RTP packets", "note")
    shared = "\n".join(f"- Codecs in common, {leg}: {code(codecs)}" for leg, codecs in part.in_common)
    return [table(head, cells), shared]


def _excerpts(cited: Iterable[Citation]) -> Iterator[str]:
    """The messages that a cause compares, each behind its place, with carets under what it speaks of."""
    for citation in cited:
        head = f"{citation.at}  "
        for line in citation.lines:
            for text in line.lines(_EXCERPT):
                yield head + text
                head = " " * len(head)


def _crossed(box: Box) -> list[str]:
    """A message on both sides of a box."""
    blocks = [
        f"{code(box.message)} on both sides of a box: it came as {escaped(box.came)} and left as {escaped(box.left)}."
    ]
    if box.rows:
        rows = ((code(field), _value(before), _value(after)) for field, before, after in box.rows)
        blocks.append(table(("field", "came", "left"), rows))
    if box.usual:
        blocks.append(f"Changed too, as such a box has to: {escaped(box.usual)}.")
    if box.kept:
        blocks.append(f"Passed on as it came: {escaped(box.kept)}.")
    return blocks


def _value(text: str) -> str:
    return text if text == ABSENT else code(text)


def _at(places: Iterable[str]) -> str:
    return ", ".join(escaped(p) for p in places)


def _in(at: str) -> str:
    return f" ({escaped(at)})" if at else ""
