"""A report with what is suppressed marked, and with findings about suppressions that do not fit. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from sipdiag.checking.finding import Finding
from sipdiag.checking.run import Found
from sipdiag.dataclass import dataclass
from sipdiag.places import Place
from sipdiag.reports.notices import OUTCOME, Notice, notices, unexplained
from sipdiag.reports.report import Input, Report, Reported, Suppression
from sipdiag.reports.show import Show
from sipdiag.suppressions.baseline import INPUT, Baseline, Entry, match
from sipdiag.suppressions.claim import KINDS, Claim, Unmatched
from sipdiag.suppressions.claim_checks import suppression_expired, suppression_malformed, suppression_unused
from sipdiag.values import Text
from sipdiag.verdict import failed

if TYPE_CHECKING:
    from sipdiag.checking.check import Check

BASELINE = "baseline"
NOT_SELECTED = "not selected"


@dataclass(frozen=True, slots=True)
class Spared:
    """All that may keep a finding from counting. `own` are sipdiag's files that claims stand in, as inputs;
    `unmatched` are settings for files that are nowhere.
    """

    claims: tuple[Claim, ...] = ()
    baseline: Baseline | None = None
    own: tuple[Input, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()


def apply(report: Report, spared: Spared, today: date, muted: Sequence[str] = ()) -> Report:
    """Per path, per check, inline, baseline: the first that fits gives the reason; each that fits counts as used.

    `muted` are names of checks of suppressions that the user does not want to hear of.
    """
    claims = sorted(spared.claims, key=lambda c: KINDS.index(c.kind))
    holding = [c for c in claims if not c.broken and not c.expired(today)]
    used: set[int] = set()
    findings = tuple(_judged(f, report, holding, used) for f in report.findings)
    report = replace(report, findings=findings)
    report = replace(report, forgiven=_forgiven(report, holding, used))
    stale: list[Entry] = []
    if spared.baseline is not None:
        report, stale = _with_baseline(report, spared.baseline)
    told = [f for c in claims if (f := _of_claim(c, report, c in holding and id(c) in used, today)) is not None]
    told += [_of_unmatched(u) for u in spared.unmatched]
    if spared.baseline is not None and stale:
        told.append(_of_stale(spared.baseline, stale))
    told = [f for f in told if not {f.check.id, f.check.family} & set(muted)]
    return _with_own(report, told, spared)


def _judged(item: Reported, report: Report, claims: Sequence[Claim], used: set[int]) -> Reported:
    at = item.found.finding.at
    source = report.input(at.input) if at is not None else None
    names = {item.found.check.id, item.found.check.family}
    place = at if isinstance(at, Place) else None
    return replace(item, suppressed=_claimed(names, place, source.path if source is not None else "", claims, used))


def _claimed(
    names: set[str], place: Place | None, path: str, claims: Sequence[Claim], used: set[int]
) -> Suppression | None:
    fitting = [c for c in claims if c.covers(names, place, path)]
    used |= {id(c) for c in fitting}
    return fitting[0].suppression if fitting else None


def _forgiven(report: Report, claims: Sequence[Claim], used: set[int]) -> dict[str, Suppression]:
    """Failed transfers without a cause: those that a claim names, and those whose findings at the stage that failed
    are all suppressed."""
    forgiven = dict(report.forgiven)
    for notice in notices(report, Show()):
        if notice.rule == OUTCOME:
            kept = _claimed({OUTCOME}, _place(notice), _path(notice), claims, used)
            forgiven |= {notice.transfers[0]: kept} if kept is not None else {}
    for verdict in unexplained(report):
        at_stage = [report.suppression_of(f) for f in verdict.findings if f.stage is failed(verdict.ladder)]
        if at_stage and at_stage[0] is not None and None not in at_stage:
            forgiven.setdefault(verdict.transfer.id, at_stage[0])
    return forgiven


def _place(notice: Notice) -> Place | None:
    return notice.where if isinstance(notice.where, Place) else None


def _path(notice: Notice) -> str:
    return notice.source.path if notice.source is not None else ""


def _with_baseline(report: Report, baseline: Baseline) -> tuple[Report, list[Entry]]:
    told = [n for n in notices(report, Show(), suppressed=True) if n.reported is not None or n.transfers]
    positions, left = match(told, baseline)
    known = Suppression(BASELINE, "known: it stands in the baseline")
    in_baseline = [told[n] for n in positions]
    ids = {id(n.reported) for n in in_baseline}
    findings = tuple(
        replace(f, suppressed=known) if id(f) in ids and f.suppressed is None else f for f in report.findings
    )
    forgiven = {n.transfers[0]: known for n in in_baseline if n.reported is None} | report.forgiven
    read = set(baseline.names.values()) | baseline.gone
    stale = [e for e in left if e.file in read and report.not_run.get(e.check) != NOT_SELECTED]
    return replace(report, findings=findings, forgiven=forgiven), stale


def _of_claim(claim: Claim, report: Report, used: bool, today: date) -> Found | None:
    if claim.broken:
        return _found(suppression_malformed, claim)
    if claim.expired(today):
        return _found(suppression_expired, claim)
    if used or not _ran(claim, report):
        return None
    return _found(suppression_unused, claim)


def _ran(claim: Claim, report: Report) -> bool:
    """Whether a check that is meant looked at something here: else nothing tells that the claim is unused."""
    if claim.paths is not None and not any(claim.paths(i.path) for i in report.inputs):
        return False
    families = {f.found.check.id: f.found.check.family for f in report.findings} | report.families
    ran = {*report.passed, *(f.found.check.id for f in report.findings)}
    return any(name in ran or name in {families.get(c) for c in ran} for name in claim.names)


def _found(check: Check, claim: Claim) -> Found:
    finding = next(iter(check(claim)))
    assert isinstance(finding, Finding)  # noqa: S101 - these checks yield nothing else
    return Found(check, claim, finding)


def _of_unmatched(unmatched: Unmatched) -> Found:
    several = len(unmatched.patterns) > 1
    finding = Finding(
        "no file here is meant by " + ("these patterns" if several else "this pattern") + ": {patterns}",
        at=unmatched.where,
        fix="mend the pattern, or take the table out",
        patterns=Text(", ".join(unmatched.patterns)),
    )
    return Found(suppression_unused, unmatched, finding)


def _of_stale(baseline: Baseline, stale: Sequence[Entry]) -> Found:
    several = len(stale) > 1
    words = "{count} entries fit" if several else "an entry fits"
    finding = Finding(
        words + " no finding any more: {names}",
        at=Place(INPUT),
        fix="sipdiag baseline update with the same inputs takes them out",
        count=len(stale),
        names=Text(
            ", ".join(dict.fromkeys(f"{e.check} in {e.file}" for e in stale[:3])) + ("…" if len(stale) > 3 else "")
        ),
    )
    return Found(suppression_unused, baseline, finding)


def _with_own(report: Report, told: Iterable[Found], spared: Spared) -> Report:
    """Findings about suppressions, with sipdiag's files that they point to as inputs."""
    more = []
    for found in told:
        at = found.finding.at
        source = report.input(at.input) if at is not None else None
        subject = f"{found.check.id}\n{source.path if source else at}\n{found.finding.plain}"
        more.append(Reported(found, (), hashlib.sha256(subject.encode()).hexdigest()[:32]))
    pointed = {f.found.finding.at.input for f in more if f.found.finding.at is not None}
    own = tuple(i for i in spared.own if i.id in pointed)
    return replace(report, findings=(*report.findings, *more), inputs=(*report.inputs, *own))
