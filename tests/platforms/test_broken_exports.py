"""Broken exports: a mutated document ends in findings, silence or one error with its place, never in a traceback."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sipdiag.checking.check import Check
from sipdiag.checking.discover import built_in
from sipdiag.checking.run import Found, Run, run_checks
from sipdiag.places import Place
from sipdiag.sources.documents import DocumentError
from sipdiag.stages import Severity
from tests.support.config_case import NotRecognisedError, case_of_documents

EXPORTS = sorted(
    f for f in (Path(__file__).parents[2] / "fixtures" / "platforms").glob("*/*") if f.suffix not in (".md", ".yaml")
)
DOCUMENTS = [f for f in EXPORTS if f.suffix == ".json"]
SUBJECTS = ("TransferRule", "Agent", "Trunk", "CallRecord", "Destination", "Misread", "Deprecated")
CHECKS: list[Check] = [k.load() for k in built_in() if k.subject in SUBJECTS]
ODD: list[Any] = [
    None,
    True,
    -1,
    1e308,
    "",
    " ",
    "x" * 5000,
    [],
    {},
    [[]],
    {"type": []},
    "${X}",
    "\u202e\x1b[31m",
    10**40,
]
EACH = 40  # mutations of every export


def run_on(text: str, name: str) -> Run | None:
    """None where the document was refused with its place, or is of no known shape."""
    try:
        case = case_of_documents([(name, text)])
    except DocumentError as error:
        if error.line is None or "\n" in str(error):
            raise
        return None
    except NotRecognisedError:
        return None
    run = run_checks(CHECKS, case)
    assert not run.crashed, [c.trace for c in run.crashed]
    for found in run.found:
        assert found.finding.plain
        assert found.finding.fix.format_map(found.finding.values)
        assert all(b.template.format_map(b.values) for b in found.finding.because)
    return run


def spots(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all values beneath a value."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in steps:
        yield (*path, step)
        yield from spots(below, (*path, step))


def holder(document: Any, path: tuple[Any, ...]) -> Any:
    for step in path[:-1]:
        document = document[step]
    return document


def mutated(document: Any, chance: random.Random) -> Any:
    changed = copy.deepcopy(document)
    for _ in range(chance.randint(1, 3)):
        paths = list(spots(changed))
        if not paths:
            break
        path = chance.choice(paths)
        parent = holder(changed, path)
        if chance.random() < 0.3:
            del parent[path[-1]]
        else:
            other = holder(changed, elsewhere := chance.choice(paths))[elsewhere[-1]]
            parent[path[-1]] = copy.deepcopy(chance.choice([*ODD, other]))
    return changed


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_changed_values(file: Path) -> None:
    chance = random.Random(file.name)
    document = json.loads(file.read_text("utf-8"))
    for _ in range(EACH):
        run_on(json.dumps(mutated(document, chance)), file.name)


@pytest.mark.parametrize("file", EXPORTS, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_changed_text(file: Path) -> None:
    chance = random.Random(file.name)
    text = file.read_text("utf-8")
    for _ in range(EACH // 2):
        at, size = chance.randrange(len(text)), chance.randint(0, 30)
        new = "".join(chance.choice('{}[]",:\t\n\\ \x00é;=<>&#*-aZ0') for _ in range(chance.randint(0, 6)))
        run_on(text[:at] + new + text[at + size :], file.name)
        run_on(text[:at], file.name)


def errors(run: Run | None) -> list[Found]:
    return [f for f in (run.found if run is not None else ()) if f.severity is Severity.ERROR]


def told(run: Run | None) -> set[tuple[str, object, str]]:
    return {(f.check.id, getattr(f.finding.at, "pointer", None), f.finding.plain) for f in errors(run)}


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_an_error_does_not_outlive_what_it_rests_on(file: Path) -> None:
    document = json.loads(file.read_text("utf-8"))
    for found in errors(run_on(json.dumps(document), file.name)):
        at = found.finding.at
        if not isinstance(at, Place) or not at.pointer:
            continue
        path = next(p for p in spots(document) if pointer(p) == at.pointer)
        rest = copy.deepcopy(document)
        del holder(rest, path)[path[-1]]
        assert (found.check.id, at.pointer, found.finding.plain) not in told(run_on(json.dumps(rest), file.name))


@pytest.mark.parametrize(
    "file", [f for f in EXPORTS if f.suffix in (".conf", ".cfg", ".xml")], ids=lambda f: f"{f.parent.name}/{f.stem}"
)
def test_an_error_does_not_outlive_its_line(file: Path) -> None:
    lines = file.read_text("utf-8").splitlines()
    for found in errors(run_on("\n".join(lines), file.name)):
        at = found.finding.at
        assert isinstance(at, Place)
        assert at.line is not None
        rest = "\n".join([*lines[: at.line - 1], "", *lines[at.line :]])
        after = {(c, words) for c, _, words in told(run_on(rest, file.name))}
        assert (found.check.id, found.finding.plain) not in after


def pointer(path: tuple[Any, ...]) -> str:
    return "".join("/" + str(s).replace("~", "~0").replace("/", "~1") for s in path)


def test_two_thousand_documents_are_changed() -> None:
    assert len(DOCUMENTS) * EACH + len(EXPORTS) * (EACH // 2) * 2 > 2000
