"""What a CI system is told, one notice for each thing: findings, failed transfers without a cause, inputs not read."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass
from sipdiag.places import Frame, Place, Where
from sipdiag.reports.words import placed, summary
from sipdiag.stages import Severity
from sipdiag.values import Text
from sipdiag.verdict import Verdict, failed

if TYPE_CHECKING:
    from sipdiag.reports.report import Input, Report, Reported, Suppression
    from sipdiag.reports.show import Show

OUTCOME = "transfer-outcome"
UNREAD = "input-not-read"
TITLES = {
    OUTCOME: "A transfer failed and no single cause can be named from the input.",
    UNREAD: "An input could not be opened or recognised.",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """`text` and `fix` are escaped for a terminal, not yet for the format. `line` and `column` are those of `where`,
    None in captures. `reported` is the finding, where the notice is one."""

    rule: str
    severity: Severity
    text: str
    fingerprint: str
    source: Input | None
    where: Where | None = None
    fix: str = ""
    transfers: tuple[str, ...] = ()
    suppressed: Suppression | None = None
    reported: Reported | None = None

    @property
    def line(self) -> int | None:
        return self.where.line if self.where is not None else None

    @property
    def column(self) -> int | None:
        return self.where.column if isinstance(self.where, Place) else None

    @property
    def frame(self) -> int | None:
        return self.where.number if isinstance(self.where, Frame) else None


def notices(report: Report, show: Show, *, suppressed: bool = False) -> list[Notice]:
    """The worst first; those that are suppressed only where they are wanted. Of what was not read, `lint` tells of files
    that nobody named too: they may be configurations."""
    lint = report.command == "lint"
    found = [_of_input(i, show) for i in report.inputs if i.failed and (i.named or lint)]
    found += [_of_finding(f, report, show) for f in report.findings]
    found += [_of_verdict(v, report, show) for v in unexplained(report)]
    found.sort(key=lambda n: -n.severity)
    return [n for n in found if suppressed or n.suppressed is None]


def unexplained(report: Report) -> list[Verdict]:
    """Transfers that failed without a finding that could be their cause."""
    return [v for v in report.verdicts if v.outcome.is_failure and v.cause is None and not v.candidates]


def outcome_fingerprint(verdict: Verdict) -> str:
    """As `fingerprint`, of a transfer that failed: of its outcome and Call-ID, or where its configuration stands."""
    transfer = verdict.transfer
    at = _where(verdict)
    place = at.pointer if isinstance(at, Place) else ""
    subject = transfer.leg.call_id if transfer.leg is not None else place or ""
    return hashlib.sha256(f"{OUTCOME}\n{verdict.outcome.value}\n{subject}".encode()).hexdigest()[:32]


def _of_finding(item: Reported, report: Report, show: Show) -> Notice:
    finding = item.found.finding
    return Notice(
        rule=item.found.check.id,
        severity=item.found.severity,
        text=show.sentence(finding.template, finding.values),
        fingerprint=item.fingerprint,
        source=report.input(finding.at.input) if finding.at is not None else None,
        where=finding.at,
        fix=show.sentence(finding.fix, finding.values),
        transfers=item.transfers,
        suppressed=item.suppressed,
        reported=item,
    )


def _of_verdict(verdict: Verdict, report: Report, show: Show) -> Notice:
    at = _where(verdict)
    return Notice(
        rule=OUTCOME,
        severity=Severity.ERROR,
        text=f"transfer {verdict.transfer.id}, {verdict.outcome.value}: {summary(verdict, show)}",
        fingerprint=outcome_fingerprint(verdict),
        source=report.input(at.input) if at is not None else None,
        where=at,
        transfers=(verdict.transfer.id,),
        suppressed=report.forgiven.get(verdict.transfer.id),
    )


def _where(verdict: Verdict) -> Where | None:
    """What shows that it failed, else its REFER, else the call's first message."""
    stage = failed(verdict.ladder)
    if stage is not None and verdict.ladder[stage].at:
        return verdict.ladder[stage].at[0]
    transfer = verdict.transfer
    if transfer.attempts:
        return transfer.attempts[0].at
    return transfer.leg.first.frame if transfer.leg is not None else None


def _of_input(item: Input, show: Show) -> Notice:
    place, problem = placed(item.problems[0]) if item.problems else ("", "it could not be read")
    print_of = hashlib.sha256(f"{UNREAD}\n{item.sha256}".encode()).hexdigest()[:32]
    severity = Severity.ERROR if item.named else Severity.WARNING
    line, _, column = place.partition(":")
    at = Place(item.id, int(line), int(column)) if place else None
    return Notice(UNREAD, severity, show(Text(problem)), print_of, item, at)
