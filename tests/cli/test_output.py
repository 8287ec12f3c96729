"""Formats, files and exit codes of a report, as a user asks for them."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sipdiag.cli import app

ROOT = Path(__file__).parents[2]
CASE = str(ROOT / "fixtures" / "cases" / "rule-left-at-conference")


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_a_file_alone_takes_the_report_from_the_screen(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    code, out, err = run("diagnose", CASE, "-o", str(file))
    assert (code, out) == (1, "")
    assert err == f"sipdiag: wrote {file}\n"
    assert json.loads(file.read_text("utf-8"))["summary"]["exit_code"] == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_one_run_writes_several_formats_and_prints_one(tmp_path: Path) -> None:
    one, other = tmp_path / "a.json", tmp_path / "b.out"
    code, out, _ = run("diagnose", CASE, "--format", "plain", "-o", f"json={one}", "-o", f"plain={other}")
    assert code == 1
    assert out.splitlines()[0].startswith("transfer t1: not-emitted because transfer-type-not-refer")
    assert other.read_text("utf-8") == out
    assert json.loads(one.read_text("utf-8"))["version"] == 1


@pytest.mark.parametrize(
    ("options", "environment", "colored"),
    [
        ((), {}, False),
        (("--color", "always"), {}, True),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_reaches_a_pipe_where_it_is_asked_for(
    options: tuple[str, ...], environment: dict[str, str], colored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    command = [sys.executable, "-m", "sipdiag", "diagnose", CASE, *options]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (b"\x1b[" in done.stdout) is colored


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "latin-1", "ascii", "utf-8"])
def test_a_code_page_that_lacks_a_character_stops_no_report(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    rule = {"name": "日本語 é", "type": "sip_refer", "to": "sip:500"}
    file.write_text(json.dumps({"agent": {"platform": "other", "rules": [rule]}}, ensure_ascii=False), "utf-8")
    command = [sys.executable, "-m", "sipdiag", "lint", str(file), "--redact", "off"]
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"refer-to-missing-domain" in done.stdout


@pytest.mark.parametrize(("encoding", "ascii_only"), [("cp1252", True), ("ascii", True), ("utf-8", False)])
def test_the_ladder_is_drawn_in_what_the_output_can_show(encoding: str, ascii_only: bool) -> None:
    capture = next((ROOT / "fixtures" / "captures" / "lab").glob("*603*.pcap"))
    command = [sys.executable, "-m", "sipdiag", "flow", str(capture)]
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    assert done.returncode == 0
    text = done.stdout.decode("utf-8")
    assert text.isascii() is ascii_only
    assert ("--->|" in text) is ascii_only
    assert ("▶│" in text) is not ascii_only


@pytest.mark.parametrize("told", ["", "abc", "0", "-3", "1", "100", "99999999999", "²"])
def test_columns_are_heeded_where_they_are_a_width(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", told)
    width = {"1": 72, "100": 100}.get(told, 80)
    for command in (("diagnose", CASE), ("lint", CASE)):
        code, out, _ = run(*command)
        assert code in (0, 1)
        texts = [line for line in out.splitlines() if not line.startswith("agent.json:")]
        assert max(map(len, texts)) <= width or told == "99999999999"
    assert run("flow", CASE)[0] in (0, 2)


def test_what_stood_there_is_said_to_be_replaced(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text("old")
    assert f"sipdiag: replaced {file}\n" in run("diagnose", CASE, "-o", str(file))[2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--format", "jsn"), "no format 'jsn'; did you mean json?"),
        (("-o", "jsno=x"), "no format 'jsno'; did you mean json?"),
        (("--format", "qqq"), "no format 'qqq'; there are text, plain, json"),
        (("-o", "no/such/folder/x.json"), "no/such/folder/x.json: its folder does not exist"),
        (("--transfer", "7"), "there is no transfer 7; there are 1"),
        (("--call", "nobody"), "no call fits; there are 1"),
        (("--since", "noon"), "'noon' is no time"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(arguments: tuple[str, ...], words: str) -> None:
    code, out, err = run("diagnose", CASE, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"sipdiag: {words}")
    assert err.count("\n") == 1


def test_quiet_prints_nothing_where_nothing_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "agent: {platform: other, trunk: a, rules: [{name: s, type: sip_refer, to: 'sip:500@pbx.example'}]}\n"
        "trunks: [{name: a, address: sip.example, transport: tls, refer: allow, credentials: true}]\n"
    )
    assert run("lint", str(file), "-q")[:2] == (0, "")
    assert run("diagnose", CASE, "-q")[1].startswith("Transfer 1 of 1")


def test_no_output_ever_takes_the_place_of_an_input(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("agent: {platform: other}\n")
    code, _, err = run("lint", str(file), "-o", f"json={file}")
    assert code == 2
    assert "it is one of the inputs" in err
    assert file.read_text() == "agent: {platform: other}\n"


def test_what_is_kept_stays_in_a_shared_report_and_the_map_tells_who_the_others_are(tmp_path: Path) -> None:
    for command, form in (("diagnose", "markdown"), ("flow", "csv")):
        file, who = tmp_path / f"{command}.{form}", tmp_path / f"{command}.json"
        code, _, err = run(
            command, CASE, "--format", form, "-o", str(file), "--keep", "198.51.100.*", "--write-map", str(who)
        )
        assert code in (0, 1), err
        assert "198.51.100.20" in file.read_text("utf-8")
        told = {e["original"]: e["pseudonym"] for e in json.loads(who.read_text("utf-8"))["map"]}
        assert "198.51.100.20" not in told
        (call_id,) = (k for k in told if k == "7f3c91")
        assert told[call_id] in file.read_text("utf-8")
        assert call_id not in file.read_text("utf-8")
        assert stat.S_IMODE(who.stat().st_mode) == 0o600


def test_there_is_no_map_where_nothing_was_replaced(tmp_path: Path) -> None:
    who = tmp_path / "who.json"
    _, _, err = run("diagnose", CASE, "--format", "json", "--write-map", str(who))
    assert not who.exists()
    assert "nothing was replaced" in err
    assert run("diagnose", CASE, "--write-map", CASE)[0] == 2


def test_a_drawing_in_a_file_takes_its_form_from_the_ending_and_is_redacted(tmp_path: Path) -> None:
    for name, start in (
        ("a.svg", "<?xml"),
        ("a.mmd", "sequenceDiagram"),
        ("a.csv", "drawing,leg"),
        ("a.txt", "transfer t1"),
    ):
        code, out, err = run("flow", CASE, "-o", str(tmp_path / name))
        assert (code, out, err) == (0, "", f"sipdiag: wrote {tmp_path / name}\n")
        text = (tmp_path / name).read_text("utf-8")
        assert text.startswith(start)
        assert "7f3c91" not in text


def test_a_redacted_report_says_why_it_gives_no_hashes(tmp_path: Path) -> None:
    for form, mode, words in (
        ("markdown", "on", True),
        ("html", "on", True),
        ("markdown", "off", False),
        ("html", "off", False),
    ):
        out = run("diagnose", CASE, "--format", form, "--redact", mode)[1]
        assert ("No SHA-256 is given" in out) is words
        assert bool(re.search(r"[0-9a-f]{64}", out)) is not words


def test_nothing_is_foretold_from_what_could_not_be_read(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("nothing of SIP here\n", "utf-8")
    done = CliRunner().invoke(app, ["diagnose", str(log), "--expect-transfer", "--format", "json"])
    (transfer,) = json.loads(done.stdout)["transfers"]
    assert transfer["outcome"] == "unknown"
    assert transfer["cause"] is None


def test_what_is_printed_piece_by_piece_is_what_is_written_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sipdiag.cli.output._PORTION", 100)
    capture, file = str(ROOT / "fixtures" / "captures" / "lab" / "s23-two-calls-one-fails.pcap"), tmp_path / "r.json"
    _, whole, _ = run("diagnose", capture, "--redact", "off", "-o", str(file))
    _, printed, _ = run("diagnose", capture, "--redact", "off", "--format", "json")
    assert whole == ""
    assert printed == file.read_text("utf-8")
