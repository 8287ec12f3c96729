"""A report as shown text in the order in which it is read: what Markdown and HTML lay out.

Sentences are marked for their medium by the `say` that is handed in (see `Show.sentence`); all other texts are plain, and
the layout escapes them. Nothing here knows of either medium.
"""

from __future__ import annotations

from dataclasses import replace

from sipdiag.checking.run import Found
from sipdiag.dataclass import dataclass
from sipdiag.reports.audio import Row, common, matters, rows
from sipdiag.reports.candidates import against, decider, ruled_out_by
from sipdiag.reports.checklist import checklist
from sipdiag.reports.cited import Citation, citations
from sipdiag.reports.crossed import passages
from sipdiag.reports.excerpt import Excerpt, excerpt
from sipdiag.reports.parties import Facts, facts_of
from sipdiag.reports.report import Report, Reported
from sipdiag.reports.show import LONGEST, Show
from sipdiag.reports.words import NEEDS, NEEDS_SHORT, capital, place, ruled_out, summary
from sipdiag.stages import Answer, Outcome, Severity, Stage
from sipdiag.values import Text
from sipdiag.verdict import Verdict, one_each

NOT_REACHED = "not reached"
ABSENT = "–"  # a field that is not there
_CHECKLIST = {
    "ok": "ok: nothing speaks against it",
    "NO": "NO: this is wrong",
    "!": "a warning",
    "?": "not known from this input",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One stage. `answer` is yes, no, unknown, or not reached; `words` is a sentence, `at` are places."""

    name: str
    answer: str
    words: str
    at: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A finding. `text` and `fix` are sentences, `because` are sentences with their places. Of one cause among several
    `against` are sentences that speak against it, and `ruled_out_by` tells what would disprove it.
    """

    check: str
    severity: str
    stage: str
    owner: str
    text: str
    at: str
    because: tuple[tuple[str, str], ...]
    fix: str
    excerpt: Excerpt | None
    transfers: tuple[str, ...] = ()
    suppressed: str = ""
    count: int = 1
    against: tuple[str, ...] = ()
    ruled_out_by: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """What cannot be told, and what would tell."""

    check: str
    needs: str


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """One thing that people are told to verify. `mark` is ok, NO, ! or ?."""

    name: str
    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class Box:
    """What a box in the way made of a message. `came` and `left` are places; of each row field, before, after."""

    message: str
    came: str
    left: str
    by: str
    rows: tuple[tuple[str, str, str], ...]
    usual: str
    kept: str


@dataclass(frozen=True, slots=True)
class Part:
    """What is told of one transfer. `causes` are one cause, or the candidates."""

    verdict: Verdict
    id: str
    number: int
    outcome: str
    failed: bool
    summary: str
    facts: Facts
    steps: tuple[Step, ...]
    causes: tuple[Statement, ...]
    certain: bool
    decides: str
    also: tuple[Statement, ...]
    notes: tuple[Statement, ...]
    needs: tuple[Need, ...]
    cited: tuple[Citation, ...]
    ruled_out: str
    checklist: tuple[Prerequisite, ...]
    audio: tuple[Row, ...]
    in_common: tuple[tuple[str, str], ...]
    boxes: tuple[Box, ...]
    owner: str
    fix: str


def part_of(report: Report, verdict: Verdict, show: Show, say: Show) -> Part:
    """All that is told of one transfer."""
    causes = (verdict.cause,) if verdict.cause is not None else verdict.candidates
    cause = verdict.cause
    warnings = [f for f in verdict.findings if f.severity is Severity.WARNING]
    return Part(
        verdict=verdict,
        id=verdict.transfer.id,
        number=verdict.transfer.number,
        outcome=verdict.outcome.value,
        failed=verdict.outcome.is_failure,
        summary=capital(summary(verdict, say)),
        facts=facts_of(report, verdict.transfer, show),
        steps=_steps(report, verdict, show, say),
        causes=tuple(_doubted(report, verdict, f, show, say) for f in causes),
        certain=cause is not None,
        decides=decider(verdict, show),
        also=tuple(statement(report, f, show, say) for f in verdict.also[:5]),
        notes=tuple(statement(report, f, show, say) for f in one_each(warnings)[:5]),
        needs=_needs(verdict, show),
        cited=citations(report, verdict.transfer, cause, show) if cause is not None else (),
        ruled_out=ruled_out(report, verdict, show) if verdict.outcome.is_failure else "",
        checklist=tuple(Prerequisite(n, m, _CHECKLIST[m]) for n, m in checklist(verdict, report)),
        audio=tuple(rows(verdict, show)) if matters(verdict) else (),
        in_common=tuple((leg, " ".join(c) or "none") for leg, c in common(verdict, show)) if matters(verdict) else (),
        boxes=_boxes(report, verdict, show),
        owner=(verdict.owner.value if verdict.owner is not None else "unknown") if cause is not None else "",
        fix=capital(say.sentence(cause.finding.fix, cause.finding.values)) if cause is not None else "",
    )


def statement(report: Report, found: Found, show: Show, say: Show, reported: Reported | None = None) -> Statement:
    """A finding as it is told; with `reported`, also of which transfers, and whether it is suppressed."""
    finding = found.finding
    suppressed = reported.suppressed if reported is not None else None
    return Statement(
        check=found.check.id,
        severity=found.severity.slug,
        stage=found.stage.slug,
        owner=found.owner.value if found.owner is not None else "",
        text=capital(say.sentence(finding.template, finding.values)),
        at=place(report, finding.at, show),
        because=tuple((say.sentence(b.template, b.values), place(report, b.at, show)) for b in finding.because[:5]),
        fix=capital(say.sentence(finding.fix, finding.values)),
        excerpt=_excerpt(report, found, show),
        transfers=reported.transfers if reported is not None else (),
        suppressed=show(Text(f"{suppressed.kind}: {suppressed.reason}")) if suppressed is not None else "",
        count=reported.count if reported is not None else 1,
    )


def _doubted(report: Report, verdict: Verdict, found: Found, show: Show, say: Show) -> Statement:
    """A cause, with what is to be said against it where it is one of several."""
    told = statement(report, found, show, say)
    if verdict.cause is not None:
        return told
    return replace(told, against=tuple(against(report, verdict, found, say)), ruled_out_by=ruled_out_by(found))


def not_run_by_reason(report: Report) -> list[tuple[str, tuple[str, ...]]]:
    """Why checks were not run, each reason with its checks, the most frequent first."""
    reasons: dict[str, list[str]] = {}
    for check, why in sorted(report.not_run.items()):
        reasons.setdefault(why, []).append(check)
    return [(why, tuple(ids)) for why, ids in sorted(reasons.items(), key=lambda pair: (-len(pair[1]), pair[0]))]


def undecided_by_need(report: Report) -> list[tuple[str, str, tuple[str, ...]]]:
    """What could not be told: check, what it needs, and of which transfers."""
    rows: dict[tuple[str, str], dict[str, None]] = {}
    for check, needs, _, transfers in report.cannot_tell:
        rows.setdefault((check, needs), {}).update(dict.fromkeys(transfers))
    return [(check, needs, tuple(transfers)) for (check, needs), transfers in sorted(rows.items())]


def _steps(report: Report, verdict: Verdict, show: Show, say: Show) -> tuple[Step, ...]:
    ladder = verdict.ladder
    broke = next((s for s in Stage if s.on_the_wire and ladder[s].answer is Answer.NO), None)
    steps = []
    for stage in Stage:
        step = ladder[stage]
        beyond = broke is not None and stage > broke and step.answer is Answer.UNKNOWN
        words = say.sentence(NEEDS_SHORT.get(step.words, step.words), step.values or {}) if step.words else ""
        at = tuple(dict.fromkeys(place(report, w, show) for w in step.at[:2]))
        steps.append(Step(stage.slug, NOT_REACHED if beyond else step.answer.value, "" if beyond else words, at))
    return tuple(steps)


def _boxes(report: Report, verdict: Verdict, show: Show) -> tuple[Box, ...]:
    return tuple(
        Box(
            passage.message,
            place(report, passage.came, show),
            place(report, passage.left, show),
            passage.by,
            tuple((d.field, d.before or ABSENT, d.after or ABSENT) for d in passage.telling),
            ", ".join(passage.usual),
            ", ".join(passage.kept),
        )
        for passage in passages(report, verdict, show)
        if passage.differences
    )


def _needs(verdict: Verdict, show: Show) -> tuple[Need, ...]:
    lacking = verdict.outcome in (Outcome.UNKNOWN, Outcome.FAILED) or (
        verdict.outcome.is_failure and verdict.cause is None
    )
    general = [Need("", NEEDS[e]) for e in verdict.evidence if e in NEEDS] if lacking else []
    own = [Need(u.check.id, show(Text(u.cannot_tell.needs))) for u in verdict.undecided]
    return tuple(dict.fromkeys(general + own))[:6]


def _excerpt(report: Report, found: Found, show: Show) -> Excerpt | None:
    """Without the space before it: a page has no columns to keep."""
    shown = excerpt(report, found.finding.at, show, LONGEST)
    if shown is None:
        return None
    indent = len(shown.text) - len(shown.text.lstrip(" "))
    return Excerpt(shown.line, shown.text[indent:], max(0, shown.column - indent))
