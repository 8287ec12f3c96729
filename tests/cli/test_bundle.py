"""A bundle holds what a ticket needs: the same verdict, hashes that fit, and nobody's numbers."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sipdiag.cli import app
from sipdiag.pipeline import Options, examine
from sipdiag.reports.report import Report

ROOT = Path(__file__).parents[2]
CASE = ROOT / "fixtures" / "cases" / "rule-left-at-conference"
LAB = ROOT / "fixtures" / "captures" / "lab"


def made(out: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["bundle", *arguments, "-o", str(out)], env={"SIPDIAG_CASE_KEY": "of the test"})
    return result.exit_code, result.stderr


def told(report: Report) -> list[tuple[str, str | None]]:
    return [(v.outcome.value, v.cause.check.id if v.cause is not None else None) for v in report.verdicts]


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ([CASE], False),
        ([LAB / "s12-never-emitted-agent-hung-up.pcap", LAB / "s12-never-emitted-agent-hung-up.agent.json"], True),
        ([LAB / "s21-tcp-split-messages.pcap"], False),
        ([LAB / "s24-capture-starts-mid-call.pcap"], False),
    ],
)
def test_a_bundle_has_the_verdict_of_its_case(tmp_path: Path, inputs: list[Path], expected: bool) -> None:
    out = tmp_path / "case.zip"
    options = ["--expect-transfer"] if expected else []
    assert made(out, *map(str, inputs), *options)[0] == 0
    paths = [str(p) for p in inputs]
    assert told(examine([str(out)])) == told(examine(paths, Options(expect_transfer=expected)))
    with zipfile.ZipFile(out) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        for listed in (*manifest["inputs"], *manifest["reports"]):
            assert hashlib.sha256(archive.read(listed["name"])).hexdigest() == listed["sha256"]
        report = json.loads(archive.read("report.json"))
    assert {i["sha256"] for i in report["inputs"]} == {i["sha256"] for i in manifest["inputs"]}
    assert report["redaction"] == "on"


def test_no_number_host_or_file_name_of_the_case_is_in_it(tmp_path: Path) -> None:
    out = tmp_path / "case.zip"
    here = tmp_path / "customer-4711"
    here.mkdir()
    for file in CASE.iterdir():
        (here / f"acme-{file.name}").write_bytes(file.read_bytes())
    assert made(out, str(here))[0] == 0
    with zipfile.ZipFile(out) as archive:
        whole = b"".join(n.encode() + archive.read(n) for n in archive.namelist())
    for original in (b"2025550170", b"2025550100", b"7f3c91-55a0", b"acme", b"4711"):
        assert original not in whole


def test_the_same_case_and_key_give_the_same_bytes(tmp_path: Path) -> None:
    one, other = tmp_path / "one.zip", tmp_path / "other.zip"
    assert made(one, str(CASE))[0] == made(other, str(CASE))[0] == 0
    assert one.read_bytes() == other.read_bytes()


def test_nothing_readable_makes_no_bundle(tmp_path: Path) -> None:
    out = tmp_path / "case.zip"
    code, said = made(out, str(tmp_path / "nobody.pcap"))
    assert (code, out.exists()) == (2, False)
    assert "nothing that was named could be read" in said
