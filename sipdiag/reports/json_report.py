"""The JSON report, version 1. Other programs depend on it: keys may come, none changes its meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sipdiag import __version__
from sipdiag.checking.run import Found
from sipdiag.facts.call import Call
from sipdiag.facts.config import Agent, TransferRule, Trunk
from sipdiag.facts.record import CallRecord
from sipdiag.places import Place, Where
from sipdiag.reports import candidates
from sipdiag.reports.indented import pieces
from sipdiag.reports.redacted import about_hashes
from sipdiag.reports.report import Report, Reported, Suppression
from sipdiag.reports.show import Show
from sipdiag.reports.words import summary, transfer_target
from sipdiag.stages import Severity, Stage
from sipdiag.values import Text, Token, UriText
from sipdiag.verdict import Verdict

if TYPE_CHECKING:
    from sipdiag.reports.audio import Row
    from sipdiag.reports.crossed import Passage

VERSION = 1
Object = dict[str, Any]

_BOUND: dict[type[TransferRule | Trunk | Agent | CallRecord], str] = {
    TransferRule: "rule",
    Trunk: "trunk",
    Agent: "agent",
    CallRecord: "record",
}
_EPOCH_KNOWN = 10**6  # smaller times are times of an unknown day


def render(report: Report, show: Show, exit_code: int = 0, redaction: str = "off", all_calls: bool = False) -> str:
    return "".join(stream(report, show, exit_code, redaction, all_calls))


def stream(
    report: Report, show: Show, exit_code: int = 0, redaction: str = "off", all_calls: bool = False
) -> Iterator[str]:
    """The text of `render` piece by piece: with thousands of transfers it is larger than all that was read."""
    yield from pieces(_document(report, show, exit_code, redaction, all_calls))
    yield "\n"


def to_object(
    report: Report, show: Show, exit_code: int = 0, redaction: str = "off", all_calls: bool = False
) -> Object:
    """The report as plain values, in the order of keys of the JSON contract."""
    document = _document(report, show, exit_code, redaction, all_calls)
    return {key: list(value) if isinstance(value, Iterator) else value for key, value in document.items()}


def _document(report: Report, show: Show, exit_code: int, redaction: str, all_calls: bool) -> Object:
    """As `to_object`, with iterators for the lists that may hold thousands of entries."""
    at = _Places(report)
    with_transfer = {id(v.transfer.call) for v in report.verdicts}
    calls = [c for c in report.calls if all_calls or id(c) in with_transfer]
    return {
        "version": VERSION,
        "tool": {"name": "sipdiag", "version": __version__},
        "redaction": redaction,
        "clock": {case: _clock(None if redaction == "strict" else time) for case, time in report.clocks.items()},
        "inputs": [
            {
                "id": i.id,
                "case": i.case,
                "path": show(Text(i.path)),
                "kind": i.kind,
                "format": i.format,
                "sha256": i.sha256,
                "messages": i.messages,
                "problems": [show(Text(p)) for p in i.problems],
            }
            for i in report.inputs
        ],
        "calls_total": report.calls_total,
        "calls": (_call(c, show, at) for c in calls),
        "transfers": (_transfer(v, report, show, at) for v in report.verdicts),
        "findings": (_finding(f, report, show, at) for f in report.findings),
        "passed": [{"check": k, "subjects": list(v)} for k, v in sorted(report.passed.items())],
        "not_run": [{"check": k, "why": v} for k, v in sorted(report.not_run.items())],
        "crashed": [{"check": c.check, "error": show(Text(c.error)), "origin": c.origin} for c in report.crashed],
        "notes": [*(show(Text(n)) for n in report.notes), *_about_hashes(report, redaction)],
        "summary": {
            "errors": report.counted(Severity.ERROR),
            "warnings": report.counted(Severity.WARNING),
            "infos": report.counted(Severity.INFO),
            "suppressed": sum(1 for f in report.findings if f.suppressed is not None),
            "below_min_severity": report.below,
            "exit_code": exit_code,
            "passed_over": report.passed_over,
        },
    }


def _about_hashes(report: Report, redaction: str) -> tuple[str, ...]:
    told = about_hashes(redaction, (i.sha256 for i in report.inputs)) if report.inputs else ""
    return (told,) if told else ()


class _Places:
    """Renders AT objects."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def __call__(self, where: Where | None) -> Object | None:
        if where is None:
            return None
        if isinstance(where, Place):
            return {
                "input": where.input, "frame": None, "time": None,
                "line": where.line, "column": where.column, "pointer": where.pointer,
            }  # fmt: skip
        time = self._report.time(where, self._report.case_of(where))
        return {
            "input": where.input, "frame": where.number, "time": time,
            "line": where.line, "column": None, "pointer": None,
        }  # fmt: skip

    def several(self, places: Iterable[Where]) -> list[Object]:
        return [o for o in map(self, places) if o is not None]


def _clock(time: float | None) -> str | None:
    if time is None or time < _EPOCH_KNOWN:
        return None
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _call(call: Call, show: Show, at: _Places) -> Object:
    leg = call.main
    first = leg.transactions[0].message
    ended = leg.ended
    return {
        "id": call.id,
        "case": call.case,
        "call_ids": [show(Token(i)) for i in call.call_ids],
        "from": show(UriText(first.from_.uri_text)) if first.from_ is not None else None,
        "to": show(UriText(first.to.uri_text)) if first.to is not None else None,
        "state": call.state,
        "transport": list(call.transports),
        "messages": call.messages,
        "first": at(leg.first.frame),
        "last": at(leg.last.frame),
        "ended_by": _ended_by(call) if ended is not None else None,
    }


def _ended_by(call: Call) -> str | None:
    for leg in call.legs:
        if leg.byes:
            side = leg.side_of(leg.byes[0])
            return f"BYE of the {side.value}" if side is not None else "BYE"
    return call.state


def _transfer(verdict: Verdict, report: Report, show: Show, at: _Places) -> Object:
    t = verdict.transfer
    binding = report.binding.get(t.case)
    bound = []
    for kind, word in _BOUND.items():
        facts: list[TransferRule | Trunk | Agent | CallRecord] = binding.linked(t, kind) if binding is not None else []
        for fact in facts:
            by = binding.reason(t, fact) if binding is not None else None
            bound.append({"kind": word, "at": at(fact.where), "by": by})
    target = transfer_target(t)
    cause = verdict.cause
    return {
        "id": t.id,
        "case": t.case,
        "call": t.call.id if t.call is not None else None,
        "target_call": report.call_of(t.target.leg, t.case) if t.target is not None else None,
        "method": t.method,
        "asked_for_in": list(t.asked_for_in),
        "refer_to": show(UriText(target)) if target is not None else None,
        "outcome": verdict.outcome.value,
        "cause": cause.check.id if cause is not None else None,
        "owner": verdict.owner.value if verdict.owner is not None else None,
        "summary": summary(verdict, show),
        "fix": show.sentence(cause.finding.fix, cause.finding.values) if cause is not None else None,
        "candidates": [_candidate(c, verdict, report, show) for c in verdict.candidates],
        "decides": candidates.decider(verdict, show) or None,
        "also": [{"cause": f.check.id, "message": _message(f, show)} for f in verdict.also],
        "stages": {
            s.slug: {"answer": verdict.ladder[s].answer.value, "at": at.several(verdict.ladder[s].at)} for s in Stage
        },
        "bound": bound,
        "attempts": [
            {
                "at": at.several([a.at, *a.repeats]),
                "status": a.status,
                "response_at": at(a.final.frame) if a.final is not None else None,
            }
            for a in t.attempts
        ],
        "notifies": [
            {"at": at(n.at), "status": n.status, "state": show(Text(n.state)) if n.state else None} for n in t.notifies
        ],
        **_heard(verdict, report, show, at),
        "evidence": list(verdict.evidence),
        "cannot_tell": [{"check": u.check.id, "needs": show(Text(u.cannot_tell.needs))} for u in verdict.undecided],
        "suppressed": _suppressed(report.forgiven_by(verdict), show),
    }


def _heard(verdict: Verdict, report: Report, show: Show, at: _Places) -> Object:
    """What only messages tell: the audio of the legs, and what boxes on the way changed."""
    if not verdict.transfer.legs:
        return {"media": [], "codecs_in_common": [], "crossings": []}
    from sipdiag.reports import audio  # and with it what reads messages
    from sipdiag.reports.crossed import passages

    return {
        "media": [_audio(row, at) for row in audio.rows(verdict, show)],
        "codecs_in_common": [{"leg": leg, "codecs": list(codecs)} for leg, codecs in audio.common(verdict, show)],
        "crossings": [_crossing(p, at) for p in passages(report, verdict, show)],
    }


def _audio(row: Row, at: _Places) -> Object:
    rtp = row.rtp
    return {
        "leg": row.leg,
        "side": row.who,
        "when": row.when,
        "address": row.address,
        "port": row.port,
        "direction": row.direction,
        "held": row.held,
        "codecs": list(row.codecs),
        "departed": row.departed,
        "at": at(row.at),
        "rtp": None
        if rtp is None
        else {"to": rtp.to, "from": rtp.back, "throughout": rtp.throughout, "exact": rtp.exact},
    }


def _crossing(passage: Passage, at: _Places) -> Object:
    return {
        "message": passage.message,
        "came": at(passage.came),
        "left": at(passage.left),
        "by": passage.by,
        "changes": [
            {"field": d.field, "before": d.before, "after": d.after, "usual": d.usual} for d in passage.differences
        ],
        "kept": list(passage.kept),
    }


def _candidate(found: Found, verdict: Verdict, report: Report, show: Show) -> Object:
    return {
        "cause": found.check.id,
        "for": [_message(found, show), *(show.sentence(b.template, b.values) for b in found.finding.because)],
        "against": candidates.against(report, verdict, found, show),
        "ruled_out_by": candidates.ruled_out_by(found),
    }


def _message(found: Found, show: Show) -> str:
    return show.sentence(found.finding.template, found.finding.values)


def _finding(reported: Reported, report: Report, show: Show, at: _Places) -> Object:
    found = reported.found
    edit = report.edit_of(found)
    return {
        "check": found.check.id,
        "severity": found.severity.slug,
        "stage": found.stage.slug,
        "owner": found.owner.value if found.owner is not None else None,
        "subjects": list(reported.transfers),
        "message": _message(found, show),
        "at": at(found.finding.at),
        "because": [{"message": show.sentence(b.template, b.values), "at": at(b.at)} for b in found.finding.because],
        "fix": show.sentence(found.finding.fix, found.finding.values),
        "fixable": None if edit is None else "safe" if edit.safe else "unsafe",
        "fingerprint": reported.fingerprint,
        "origin": found.check.origin,
        "suppressed": _suppressed(reported.suppressed, show),
    }


def _suppressed(kept: Suppression | None, show: Show) -> Object | None:
    return None if kept is None else {"kind": kept.kind, "reason": show(Text(kept.reason)), "until": kept.until}
