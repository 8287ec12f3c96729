"""What other programs rely on: the report's schema, plugins, exit codes, and rules that hold for any input."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.model.same import same_destination
from sipdiag.pipeline import Options, examine
from sipdiag.reports.json_report import render
from sipdiag.reports.show import Show
from sipdiag.verdict import closure

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "sipdiag" / "schemas" / "report.json").read_text("utf-8"))
CASE = str(ROOT / "fixtures" / "cases" / "rule-left-at-conference")
LAB = sorted((ROOT / "fixtures" / "captures" / "lab").glob("s*.pcap*"))


@pytest.mark.parametrize("path", [CASE, *map(str, LAB)], ids=lambda p: Path(p).name)
def test_a_report_is_valid_and_the_same_twice(path: str) -> None:
    report = examine([path], Options(expect_transfer=True))
    text = render(report, Show(), report.exit_code())
    jsonschema.validate(json.loads(text), SCHEMA)
    assert text == render(examine([path], Options(expect_transfer=True)), Show(), report.exit_code())


class _Point:
    dist = None

    def __init__(self, name: str, module: str) -> None:
        self.name, self._module = name, module

    def load(self) -> object:
        return importlib.import_module(self._module)


def test_a_plugin_speaks_and_a_broken_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "fixtures" / "plugin"))
    points = [_Point("acme", "acme_checks.acme_header"), _Point("gone", "acme_checks.no_such_module")]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: points)
    monkeypatch.setattr("sipdiag.checking.discover.may_hold", lambda group: True)
    refused = next(p for p in LAB if "603" in p.name)
    report = examine([str(refused)])
    assert "acme-header" in {f.found.check.id for f in report.findings}
    assert [c.check for c in report.crashed] == ["gone"]
    assert report.exit_code() == 3
    assert report.verdicts[0].cause is not None, "the verdict is given all the same"


def test_a_circle_of_beats_is_refused() -> None:
    with pytest.raises(ValueError, match="circle"):
        closure({"a": ["b"], "b": ["a"]})


@given(st.dictionaries(st.integers(0, 9), st.lists(st.integers(10, 19), max_size=4), max_size=8))
def test_what_is_beaten_still_beats(direct: dict[int, list[int]]) -> None:
    names = {str(k): [str(v) for v in vs] for k, vs in direct.items()}
    full = closure(names)
    assert all(set(below) <= full[name] for name, below in names.items())


@given(st.text(max_size=40), st.text(max_size=40))
def test_binding_a_destination_never_raises_and_knows_no_order(one: str, other: str) -> None:
    assert same_destination(one, one)
    assert same_destination(one, other) == same_destination(other, one)
