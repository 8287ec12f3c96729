"""Hashes of inputs and fingerprints of findings are made where a report tells them, and only there."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sipdiag.cases import assemble
from sipdiag.cli.app import app
from sipdiag.sources import inputs

CAPTURE = next(iter(sorted((Path(__file__).parents[2] / "fixtures" / "captures" / "lab").glob("s01*.pcap"))))

TRUNK = Path(__file__).parents[2] / "fixtures" / "platforms" / "elevenlabs" / "agent_blind_on_sip_trunk.json"


def run(*options: str) -> str:
    return CliRunner().invoke(app, ["diagnose", str(CAPTURE), *options]).stdout


def test_json_of_originals_tells_the_hash() -> None:
    told = json.loads(run("--format", "json", "--redact", "off"))
    assert [i["sha256"] for i in told["inputs"]] == [hashlib.sha256(CAPTURE.read_bytes()).hexdigest()]


@pytest.mark.parametrize(
    "options", [("--format", "text"), ("--format", "json", "--redact", "on"), ("--format", "plain")]
)
def test_what_tells_no_hash_makes_none(options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "Digest", None)
    assert CliRunner().invoke(app, ["diagnose", str(CAPTURE), *options]).exit_code == 0


@pytest.mark.parametrize(("form", "told"), [("text", False), ("plain", False), ("json", True), ("gitlab", True)])
def test_findings_get_fingerprints_where_one_is_told(form: str, told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def fingerprint(found: object, nodes: object) -> str:
        asked.append(found)
        return "f" * 32

    monkeypatch.setattr(assemble, "fingerprint", fingerprint)
    result = CliRunner().invoke(app, ["lint", str(TRUNK), "--format", form])
    assert result.exit_code == 1
    assert bool(asked) is ("f" * 32 in result.stdout) is told
