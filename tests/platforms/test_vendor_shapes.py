"""Configurations in the shapes that the vendors' documentation shows: each is read, and gets its errors and warnings, no others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from sipdiag.options import Options
from sipdiag.pipeline import examine
from sipdiag.places import Place
from sipdiag.reports.report import Report
from sipdiag.stages import Severity

SHAPES = Path(__file__).parents[2] / "fixtures" / "shapes"
Case = dict[str, Any]
CASES: dict[str, Case] = {
    f"{file.stem}-{case['name']}": case
    for file in sorted(SHAPES.glob("*.yaml"))
    for case in yaml.safe_load(file.read_text("utf-8"))
}
BROKEN = [name for name, case in CASES.items() if case["errors"]]


def written(files: dict[str, Any], folder: Path) -> list[str]:
    """The files of a case; what is no text is written as JSON."""
    for name, content in files.items():
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content, indent=2), "utf-8")
    return [str(folder / name) for name in files]


def said(report: Report, severity: Severity) -> list[str]:
    return sorted({f.found.check.id for f in report.findings if f.found.severity is severity})


@pytest.mark.parametrize("name", CASES)
def test_what_is_said_of_it(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    report = examine(written(case["files"], tmp_path), Options(command="lint", platform=case.get("platform")))
    assert [i.problems for i in report.inputs if i.failed] == []
    assert (said(report, Severity.ERROR), said(report, Severity.WARNING)) == (case["errors"], case["warnings"])


@pytest.mark.parametrize("name", BROKEN)
def test_without_what_an_error_depends_on_the_error_is_gone(name: str, tmp_path: Path) -> None:
    """Every key that an error points at is taken out of its document, one at a time."""
    case = CASES[name]
    names = list(case["files"])
    for error, place in errors(examine(written(case["files"], tmp_path), Options(command="lint"))):
        file = names[int(place.input.removeprefix("in")) - 1]
        left = without(case["files"][file], place.pointer or "")
        if left is None:
            continue
        report = examine(written({**case["files"], file: left}, tmp_path), Options(command="lint"))
        assert (error, place.pointer) not in {(e, p.pointer) for e, p in errors(report) if p.input == place.input}


def errors(report: Report) -> list[tuple[str, Place]]:
    return [
        (f.found.check.id, where)
        for f in report.findings
        if f.found.severity is Severity.ERROR
        for where in (f.found.finding.at, *(b.at for b in f.found.finding.because))
        if isinstance(where, Place)
    ]


def without(tree: Any, pointer: str) -> Any:
    """A copy without the member at a pointer; None where there is no such member, or what follows would take its place."""
    steps = pointer.split("/")[1:]
    if isinstance(tree, str) or not steps:
        return None
    copy = json.loads(json.dumps(tree))
    node = copy
    for step in steps[:-1]:
        node = node[int(step)] if isinstance(node, list) else node[step]
    if not isinstance(node, dict) or steps[-1] not in node:
        return None
    del node[steps[-1]]
    return copy
