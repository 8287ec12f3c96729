"""What an `expect.yaml` says has to be said of documents, held against a report.

An entry names `file` or `files`, `command`, `expect`, and lists `must` (each met by a finding), `may` (allowed up to that
severity) and `must_not`; an item names `check`, `severity`, `pointer` or `line`, `in` (the file), `once`. A pointer is met
at its node and beneath it. No error may be said that neither `must` nor `may` lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sipdiag.places import Place
from sipdiag.reports.report import Report

Item = Mapping[str, Any]
_RANK = {"info": 0, "warning": 1, "error": 2}


@dataclass(frozen=True)
class Entry:
    folder: Path
    data: Item

    @property
    def files(self) -> list[Path]:
        return [self.folder / f for f in several(self.data.get("files") or self.data.get("file"))]

    @property
    def name(self) -> str:
        return f"{self.folder.name}/{'+'.join(f.name for f in self.files)}-{self.data['command']}-{self.data['expect']}"

    def items(self, key: str) -> list[Item]:
        return list(self.data.get(key) or ())


def entries(root: Path) -> list[Entry]:
    return [
        Entry(f.parent, e) for f in sorted(root.glob("*/expect.yaml")) for e in yaml.safe_load(f.read_text("utf-8"))
    ]


def several(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


@dataclass(frozen=True)
class Said:
    """A finding of the report, by where it stands."""

    check: str
    severity: str
    file: str
    pointer: str
    line: int | None

    def at(self, item: Item) -> bool:
        pointers, lines = several(item.get("pointer")), several(item.get("line"))
        if item.get("in") and self.file != Path(item["in"]).name:
            return False
        beneath = any(self.pointer == p or self.pointer.startswith(p.rstrip("/") + "/") for p in pointers)
        return (not pointers or beneath) and (not lines or self.line in lines)

    def about(self, item: Item) -> bool:
        return (not item.get("check") or self.check in several(item["check"])) and self.at(item)

    def allowed(self, items: list[Item]) -> bool:
        return any(self.about(i) and _RANK[self.severity] <= _RANK[i.get("severity", "error")] for i in items)


def said_in(report: Report) -> list[Said]:
    said = []
    for reported in report.findings:
        at = reported.found.finding.at
        source = report.input(at.input) if at is not None else None
        pointer = (at.pointer or "") if isinstance(at, Place) else ""
        file = Path(source.path).name if source is not None else ""
        said.append(Said(reported.found.check.id, reported.found.severity.slug, file, pointer, at.line if at else None))
    return said


def wrong_with(entry: Entry, report: Report) -> list[str]:
    """Everything in which the report does not say what the entry wants; empty where it does."""
    said, must, may = said_in(report), entry.items("must"), entry.items("may")
    wrong = [f"not read: {i.path}: {i.problems}" for i in report.inputs if i.failed]
    for item in must:
        about = [s for s in said if s.about(item)]
        severities = {item.get("severity")} | {m.get("severity") for m in may for s in about if s.about(m)}
        if not any(s.severity in severities for s in about):
            wrong.append(f"missing: {item}")
    for item in (*must, *may):
        if item.get("once") and sum(s.about(item) for s in said) > 1:
            wrong.append(f"said twice: {item}")
    wrong += [f"unexpected: {s}" for s in said if s.severity == "error" and not s.allowed([*must, *may])]
    wrong += [f"twice at one place: {s}" for s in set(said) if said.count(s) > 1 and s.pointer]
    for item in entry.items("must_not"):
        if not set(item) & {"check", "severity", "pointer", "line"}:
            continue
        for s in said:
            told = item.get("severity", s.severity) == s.severity and s.about(item)
            if told and (item.get("check") or not s.allowed([*must, *may])):
                wrong.append(f"must not: {s}")
    outcomes = [v.outcome.value for v in report.verdicts]
    wrong += [f"outcome {i['outcome']}" for i in entry.items("must_not") if i.get("outcome") in outcomes]
    if "outcome" in entry.data and (not outcomes or set(outcomes) - set(several(entry.data["outcome"]))):
        wrong.append(f"outcome {entry.data['outcome']} wanted, got {outcomes}")
    if "cause" in entry.data:
        causes = {v.cause.check.id if v.cause is not None else None for v in report.verdicts}
        if causes - set(several(entry.data["cause"]) or [None]):
            wrong.append(f"cause {entry.data['cause']} wanted, got {causes}")
    return wrong + [f"crashed: {c.check}: {c.error}" for c in report.crashed]
