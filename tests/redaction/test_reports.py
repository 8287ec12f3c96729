"""Reports that are shared: searched before they are written, and redacted afterwards without losing their structure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from sipdiag.cli import app
from sipdiag.redaction import verify
from sipdiag.redaction.verify import LeakError

FIXTURES = Path(__file__).parents[2] / "fixtures"
CASE = FIXTURES / "cases" / "rule-left-at-conference"
LAB = FIXTURES / "captures" / "lab"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A report that was not redacted when it was made."""
    (tmp_path / "report.json").write_text(
        run("diagnose", LAB / "s06-refer-403-by-carrier.pcap", CASE, "--format", "json", "--calls", "all").stdout
    )
    return tmp_path / "report.json"


def structure(value: Any, name: str = "") -> Any:
    """A report without what may tell of its inputs."""
    if isinstance(value, dict):
        return {k: structure(v, k) for k, v in value.items() if k not in ("sha256", "redaction", "clock", "port")}
    if isinstance(value, list):
        return [structure(v, name) for v in value]
    free = (
        "path",
        "call_ids",
        "from",
        "to",
        "refer_to",
        "summary",
        "message",
        "fix",
        "for",
        "against",
        "problems",
        "before",
        "after",
    )
    return None if name in free and isinstance(value, str) else value


@pytest.mark.parametrize("mode", ["on", "strict"])
def test_a_redacted_report_keeps_its_structure(plain: Path, tmp_path: Path, mode: str) -> None:
    out = tmp_path / "shared.json"
    done = run("redact", plain, "-o", out, "--redact", mode)
    assert done.exit_code == 0, done.output
    before, after = (json.loads(p.read_text()) for p in (plain, out))
    jsonschema.validate(after, json.loads(run("schema", "report").stdout))
    assert structure(after) == structure(before)
    assert after["redaction"] == mode
    assert {i["sha256"] for i in after["inputs"]} == {""}
    assert (after["clock"]["k1"] is None) is (mode == "strict")
    for original in ("15551237000", "2025550170", "7f3c91", str(FIXTURES), "fa17cf7398b97526"):
        assert original in plain.read_text()
        assert original not in out.read_text()


def test_what_only_begins_like_a_report_is_redacted_as_any_text(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(
        '{"version": 1, "tool": {"name": "sipdiag"}, "owner": "+12025550170 Featherstone", '
    )
    done = run("redact", tmp_path / "x.json", "-o", tmp_path / "y")
    assert done.exit_code == 0, done.output
    assert "2025550170" not in (tmp_path / "y").read_text()
    (tmp_path / "x.json").write_text(
        '{"version": 1, "tool": {"name": "sipdiag"}, "case": "Featherstone <+12025550170>"}'
    )
    assert run("redact", tmp_path / "x.json", "-o", tmp_path / "y").exit_code == 0
    assert "Featherstone" not in (tmp_path / "y").read_text()


def test_a_redacted_report_says_why_it_has_no_hashes() -> None:
    for mode, told in (("on", True), ("off", False)):
        report = json.loads(run("diagnose", CASE, "--format", "json", "--redact", mode).stdout)
        assert any("No SHA-256" in note for note in report["notes"]) is told
        assert all(bool(i["sha256"]) is not told for i in report["inputs"])


@pytest.mark.parametrize("command", ["diagnose", "flow"])
def test_what_gives_something_away_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def leak(*_: object) -> None:
        raise LeakError("a number of 12 characters is still in it")

    monkeypatch.setattr(verify, "search", leak)
    name = "html" if command == "diagnose" else "svg"
    done = run(command, CASE, "-o", tmp_path / f"out.{name}")
    assert done.exit_code == 3
    assert f"the {name} was not written" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["html", "sarif", "markdown"])
def test_what_a_format_says_itself_is_no_leak(tmp_path: Path, form: str) -> None:
    """Words and numbers of the page and of the manual of a check are in it whatever was read."""
    (tmp_path / "agent.yaml").write_text(
        "agent: {platform: other, name: minmax dotted, rules: [{name: tabular, type: sip_refer, to: 'sip:+15559990000'}]}\n"
    )
    done = run("lint", tmp_path / "agent.yaml", "-o", f"{form}={tmp_path / 'report'}")
    assert done.exit_code == 1, done.output
    assert "15559990000" not in (tmp_path / "report").read_text().replace("+15559990000@pbx.example", "")
