"""SARIF 2.1.0 (OASIS): one run, with the rules that spoke, the inputs as artifacts, and a failed transfer's messages
as code flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sipdiag import __version__
from sipdiag.reports.indented import indented
from sipdiag.reports.notices import Notice, notices
from sipdiag.reports.report import Report, Suppression
from sipdiag.reports.sarif_places import ROOT, Places, message_text
from sipdiag.reports.sarif_rules import LEVELS, rules
from sipdiag.reports.show import Show
from sipdiag.stages import Severity
from sipdiag.values import Text

if TYPE_CHECKING:
    from sipdiag.reports.sequence import Drawing

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS = 5_000  # GitHub shows no more
MOST_STEPS = 1_000  # of one code flow
FINGERPRINT = "sipdiag/v1"
Object = dict[str, Any]


def render(report: Report, show: Show, files: Mapping[str, str], exit_code: int = 0) -> str:
    return indented(to_object(report, show, files, exit_code)) + "\n"


def to_object(report: Report, show: Show, files: Mapping[str, str], exit_code: int = 0) -> Object:
    places = Places(report, show, files)
    told = notices(report, show, suppressed=True)
    shown = told[:MOST_RESULTS]
    used = rules(shown)
    index = {rule["id"]: n for n, rule in enumerate(used)}
    driver = {"name": "sipdiag", "version": __version__, "semanticVersion": __version__, "rules": used}
    flows = _Flows(report, show, places)
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"sipdiag/{report.command}/"},
        "originalUriBaseIds": {ROOT: {"description": {"text": "the root of the repository"}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, show, places, exit_code, len(told) - len(shown))],
        "artifacts": places.artifacts(),
        "results": [_result(n, index[n.rule], show, places, flows) for n in shown],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(notice: Notice, index: int, show: Show, places: Places, flows: _Flows) -> Object:
    text = notice.text + (f" (fix: {notice.fix})" if notice.fix else "")
    made: Object = {
        "ruleId": notice.rule,
        "ruleIndex": index,
        "level": LEVELS[notice.severity],
        "message": {"text": message_text(text)},
        "locations": [],
        "partialFingerprints": {FINGERPRINT: notice.fingerprint},
    }
    if notice.where is not None:
        made["locations"] = [places.location(notice.where)]
    elif notice.source is not None:
        made["locations"] = [{"physicalLocation": {"artifactLocation": places.file(notice.source)}}]
    if notice.reported is not None:
        item = notice.reported
        made["relatedLocations"] = [
            {"id": n, **places.location(b.at, show.sentence(b.template, b.values))}
            for n, b in enumerate(item.found.finding.because, 1)
            if b.at is not None
        ]
        made["occurrenceCount"] = item.count
        made["properties"] = {
            "stage": item.found.stage.slug,
            "owner": item.found.owner.value if item.found.owner is not None else None,
            "transfers": list(item.transfers),
        }
    if notice.suppressed is not None:
        made["suppressions"] = [_suppression(notice.suppressed, show)]
    if flow := flows.take(notice):
        made["codeFlows"] = [flow]
    return made


def _suppression(kept: Suppression, show: Show) -> Object:
    words = show(Text(kept.reason)) + (f" (until {kept.until})" if kept.until else "")
    return {"kind": "inSource" if kept.kind == "inline" else "external", "status": "accepted", "justification": words}


class _Flows:
    """The messages of each failed transfer, given once: to the finding that is its cause, else to its first."""

    def __init__(self, report: Report, show: Show, places: Places) -> None:
        self._report, self._show, self._places = report, show, places
        self._left = {v.transfer.id: v for v in report.verdicts if v.outcome.is_failure and v.transfer.leg is not None}

    def take(self, notice: Notice) -> Object | None:
        for name in notice.transfers:
            verdict = self._left.get(name)
            found = notice.reported.found if notice.reported is not None else None
            if verdict is not None and (verdict.cause is None or verdict.cause is found):
                del self._left[name]
                if not verdict.transfer.legs:
                    return None
                from sipdiag.reports.sequence import of_transfer  # and with it what reads messages

                drawing = of_transfer(verdict)
                return {"threadFlows": [{"id": name, "locations": self._steps(drawing)}]} if drawing.arrows else None
        return None

    def _steps(self, drawing: Drawing) -> Sequence[Object]:
        show = self._show
        steps = []
        for n, arrow in enumerate(drawing.arrows[:MOST_STEPS], 1):
            ends = f"{show(drawing.lanes[arrow.source].label)} → {show(drawing.lanes[arrow.target].label)}"
            words = f"{show(arrow.label)}: {ends}"
            steps.append(
                {
                    "executionOrder": n,
                    "importance": "essential" if arrow.check else "important",
                    "location": self._places.location(arrow.frame, words),
                }
            )
        return steps


def _invocation(report: Report, show: Show, places: Places, exit_code: int, left_out: int) -> Object:
    notes: list[Object] = []
    for item in report.inputs:
        at = [{"physicalLocation": {"artifactLocation": places.file(item)}}]
        level = "error" if item.failed else "warning"
        notes += [
            {"level": level, "message": {"text": message_text(show(Text(p)))}, "locations": at} for p in item.problems
        ]
    notes += [{"level": "note", "message": {"text": message_text(show(Text(n)))}} for n in report.notes]
    for crash in report.crashed:
        words = message_text(f"{show(Text(crash.check))}: {show(Text(crash.error))}")
        notes.append({"level": "error", "message": {"text": words}})
    if left_out:
        notes.append({"level": "warning", "message": {"text": f"{left_out} more results, the mildest, are left out"}})
    return {
        "executionSuccessful": exit_code in (0, 1),
        "exitCode": exit_code,
        "toolExecutionNotifications": notes,
        "properties": {
            "errors": report.counted(Severity.ERROR),
            "warnings": report.counted(Severity.WARNING),
            "infos": report.counted(Severity.INFO),
            "passed": len(report.passed),
            "notRun": len(report.not_run),
            "cannotTell": len({c for c, *_ in report.cannot_tell}),
        },
    }
