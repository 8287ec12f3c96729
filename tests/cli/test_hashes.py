"""A capture is hashed where a report tells its hash, and only there."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sipdiag.cli.app import app
from sipdiag.sources import inputs

CAPTURE = next(iter(sorted((Path(__file__).parents[2] / "fixtures" / "captures" / "lab").glob("s01*.pcap"))))


def run(*options: str) -> str:
    return CliRunner().invoke(app, ["diagnose", str(CAPTURE), *options]).stdout


def test_json_of_originals_tells_the_hash() -> None:
    told = json.loads(run("--format", "json", "--redact", "off"))
    assert [i["sha256"] for i in told["inputs"]] == [hashlib.sha256(CAPTURE.read_bytes()).hexdigest()]


@pytest.mark.parametrize(
    "options", [("--format", "text"), ("--format", "json", "--redact", "on"), ("--format", "plain")]
)
def test_what_tells_no_hash_makes_none(options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "_Digest", None)
    assert CliRunner().invoke(app, ["diagnose", str(CAPTURE), *options]).exit_code == 0
