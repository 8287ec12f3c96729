"""A transfer has one number, whatever shows it, and `--transfer` takes that number."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sipdiag.cli import app
from sipdiag.pipeline import examine
from sipdiag.sources.captures import read_capture
from tests.support.hostile import call
from tests.support.pcap import pcap
from tests.support.sent import Sent

ROOT = Path(__file__).parents[2]
LAB = ROOT / "fixtures" / "captures" / "lab"
FAILED = "+155501900001"


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two calls; only the second transfer fails, so that it comes first where what failed comes first."""
    file = tmp_path_factory.mktemp("two") / "two.pcap"
    first = [
        Sent(p.frame.time, p.source, p.destination, "udp", p.data)
        for p in read_capture(LAB / "s01-blind-udp-complete.pcap", "in1").packets
        if p.frame.time is not None and p.source is not None and p.destination is not None
    ]
    later = [replace(s, time=s.time + 1e8) for s in call(1)]
    file.write_bytes(pcap([*first, *later]))
    report = examine([str(file)])
    assert [v.outcome.is_failure for v in report.verdicts] == [False, True]
    return file


def shown(*arguments: str | Path) -> str:
    done = CliRunner().invoke(app, [*map(str, arguments), "--redact", "off"])
    assert done.exit_code in (0, 1), done.output
    return done.stdout


def test_every_format_of_a_report_gives_the_failed_one_its_number(capture: Path) -> None:
    for more in ((), ("--transfer", "2")):
        text = shown("diagnose", capture, *more)
        assert re.search(r"Transfer 2 of 2 .* REJECTED", text)
        assert re.search(r"## Transfer 2 of 2: REJECTED", shown("diagnose", capture, "--format", "markdown", *more))
        assert "Transfer 2 of 2" in shown("diagnose", capture, "--format", "html", *more)
        told = json.loads(shown("diagnose", capture, "--format", "json", *more))["transfers"]
        assert [t["id"] for t in told if t["outcome"] == "rejected"] == ["t2"]
        assert "transfer t2: rejected" in shown("diagnose", capture, "--format", "plain", *more)


def test_flow_and_extract_take_the_same_number(capture: Path, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(shown("flow", capture, "--format", "csv", "--transfer", "2"))))
    assert {r["drawing"] for r in rows} == {"transfer t2"}
    assert "603 Decline x" in {r["message"] for r in rows}
    shown("extract", capture, "--transfer", "2", "-o", tmp_path / "x.pcapng")
    assert any(FAILED.encode() in p.data for p in read_capture(tmp_path / "x.pcapng", "in1").packets)


@pytest.mark.parametrize("path", sorted(LAB.glob("*.pcap*")), ids=lambda p: p.name)
def test_numbers_follow_the_order_of_a_report(path: Path) -> None:
    numbers = [v.transfer.number for v in examine([str(path)]).verdicts]
    assert numbers == list(range(1, len(numbers) + 1))
