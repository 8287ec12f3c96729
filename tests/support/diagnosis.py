"""What a diagnosis says, without the identities in it: to compare that of an original with that of its redacted copy."""

from __future__ import annotations

from typing import Any

from sipdiag.places import Frame
from sipdiag.reports.report import Report
from sipdiag.verdict import Verdict


def essence(report: Report) -> list[Any]:
    """Outcomes, causes, owners, stages, findings and frames."""
    return [_inputs(report), *(_verdict(v) for v in report.verdicts), _findings(report)]


def outcomes(report: Report) -> list[Any]:
    """The same without places: of a text that prints octets, whose copy has its messages at other lines."""
    return [
        (
            v.outcome.value, v.cause and v.cause.check.id, v.owner, [step.answer.value for step in v.ladder.values()],
            [f.check.id for f in v.candidates], [f.check.id for f in v.also], sorted(v.evidence),
        )
        for v in report.verdicts
    ]  # fmt: skip


def _inputs(report: Report) -> list[Any]:
    return [(i.id, i.kind, i.messages, i.frames, i.failed) for i in report.inputs]


def _at(where: object) -> Any:
    if where is None:
        return None
    if isinstance(where, Frame):
        return (where.input, where.number, where.line)
    return (getattr(where, "input", None), getattr(where, "line", None))


def _verdict(verdict: Verdict) -> Any:
    t = verdict.transfer
    stages = {stage.slug: (step.answer.value, [_at(a) for a in step.at]) for stage, step in verdict.ladder.items()}
    owner = verdict.owner.value if verdict.owner is not None else None
    return (
        verdict.outcome.value, verdict.cause and verdict.cause.check.id, owner, t.method, tuple(t.asked_for_in), stages,
        [f.check.id for f in verdict.candidates], [f.check.id for f in verdict.also],
        sorted(verdict.evidence),
    )  # fmt: skip


def _findings(report: Report) -> Any:
    return sorted(
        (
            f.found.check.id, f.found.severity.slug, str(_at(f.found.finding.at)),
            tuple(str(_at(b.at)) for b in f.found.finding.because), f.transfers,
        )
        for f in report.findings
    )  # fmt: skip
