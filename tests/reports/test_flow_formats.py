"""Ladders as SVG, Mermaid and CSV, whatever the labels hold."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from sipdiag.pipeline import examine
from sipdiag.reports.flow import choose, render
from sipdiag.reports.flow_csv import COLUMNS
from sipdiag.reports.report import Report
from sipdiag.reports.show import Show, is_harmless
from tests.support.hostile import TEXTS, call, hostile
from tests.support.pcap import pcap

ROOT = Path(__file__).parents[2]
CASE = ROOT / "fixtures" / "cases" / "rule-left-at-conference"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return hostile(tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize("n", range(1, len(TEXTS) + 1))
def test_an_svg_is_well_formed_and_cannot_act(report: Report, n: int) -> None:
    root = fromstring(render("svg", report, Show(), choose(report, n)))  # noqa: S314 - we wrote it
    assert {e.tag.removeprefix(SVG) for e in root.iter()} <= {"svg", "style", "title", "desc", "g", "path", "text", "a"}
    assert not [a for e in root.iter() for a in e.attrib if a.startswith("on") or a.endswith("href")]
    texts = ["".join(t.itertext()) for t in root.iter(f"{SVG}text")]
    assert "INVITE (SDP)" in texts
    assert "▲ error: refer-refused-by-policy" in texts
    assert all(map(is_harmless, texts))
    assert [e.tag for e in root][1:3] == [f"{SVG}title", f"{SVG}desc"]


@pytest.mark.parametrize("n", range(1, len(TEXTS) + 1))
def test_a_mermaid_diagram_has_one_statement_a_line(report: Report, n: int) -> None:
    lines = render("mermaid", report, Show(), choose(report, n)).splitlines()
    assert lines[0] == "sequenceDiagram"
    statement = re.compile(
        r"    (?:title|participant p\d+ as|p\d+-?->>p\d+:|Note over p\d+(?:,p\d+)?:) (?:[A-Za-z0-9 .,/=_+@()-]|#\d+;)*"
    )
    assert all(statement.fullmatch(line) for line in lines[1:])
    assert sum("->>" in line for line in lines) == 8


def test_a_csv_has_a_row_for_each_message_and_no_formula(report: Report) -> None:
    rows = list(csv.reader(io.StringIO(render("csv", report, Show(), choose(report)), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 1 + 8 * len(TEXTS)
    assert {len(r) for r in rows} == {len(COLUMNS)}
    assert not [c for r in rows for c in r if c.startswith(("=", "+", "-", "@"))]
    assert all(is_harmless(c) for r in rows for c in r)


def test_what_is_drawn_is_what_was_sent() -> None:
    report = examine([str(CASE)])
    text = render("mermaid", report, Show(), choose(report))
    assert "    participant p0 as transferee 198.51.100.20\n" in text
    assert "    p0->>p1: INVITE (SDP) - frame 1, 0.000 s\n" in text
    assert "    p1-->>p0: 200 OK (SDP) - frame 4, 0.800 s\n" in text


def test_the_margin_of_an_svg_is_as_wide_as_its_times(tmp_path: Path) -> None:
    """Captures that were made years apart, and frames of large captures, keep their columns."""
    late = [replace(s, time=s.time + n * 3e7) for n, s in enumerate(call(0))]
    (tmp_path / "late.pcap").write_bytes(pcap(late))
    for path in (tmp_path / "late.pcap", CASE):
        report = examine([str(path)])
        root = fromstring(render("svg", report, Show(), choose(report)))  # noqa: S314 - we wrote it
        (margin,) = (g for g in root if g.get("class") == "time")
        rows: dict[str, list[tuple[float, str]]] = {}
        for text in margin:
            rows.setdefault(text.get("y", ""), []).append((float(text.get("x", "")), text.text or ""))
        lane = min(float((p.get("d") or "")[1:].split()[0]) for p in root if p.get("class") == "lane")
        for row in rows.values():
            (number, frame), (time, seconds) = sorted(row)
            assert 6 * len(frame) <= number
            assert number + 6 * len(seconds) <= time < lane


@pytest.mark.parametrize(
    "capture", sorted((ROOT / "fixtures" / "captures" / "lab").glob("*.pcap*")), ids=lambda f: f.name
)
def test_a_ladder_fits_into_80_columns(capture: Path) -> None:
    report = examine([str(capture)])
    text = render("text", report, Show(), choose(report), 80, True) if report.calls else ""
    assert [line for line in text.splitlines() if len(line) > 80 and " " in line.strip()] == []
