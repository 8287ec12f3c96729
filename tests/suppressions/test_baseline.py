"""A baseline forgives what is known, through edits, and nothing that is new."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from sipdiag.cli import app
from sipdiag.suppressions.baseline import BaselineError, Entry, read_entries, write_entries

ROOT = Path(__file__).parents[2]
AGENT = (ROOT / "fixtures" / "cases" / "rule-left-at-conference" / "agent.json").read_text("utf-8")
OWN = """\
agent:
  platform: other
  rules:
    - {name: one, type: conference, to: "sip:500@pbx.example"}
    - {name: two, type: sip_refer, to: "sip:501@pbx.example"}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIPDIAG_SETTINGS", raising=False)
    (tmp_path / "sipdiag.toml").write_text('expect = "refer"\nbaseline = "known.json"\n')
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "a.yaml").write_text(OWN)
    assert run("baseline", "write", "known.json").exit_code == 0
    assert run("lint", ".").exit_code == 0
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def entries(folder: Path) -> tuple[Entry, ...]:
    return read_entries((folder / "known.json").read_bytes())


def test_it_holds_check_fingerprint_and_file_and_no_message(folder: Path) -> None:
    (entry,) = entries(folder)
    assert (entry.file, entry.check) == ("agents/a.yaml", "transfer-type-not-refer")
    assert "500" not in (folder / "known.json").read_text()


@pytest.mark.parametrize(
    "edited",
    [
        "# a comment\n\n" + OWN,
        OWN.replace("  rules:\n", "  rules:\n    - {name: zero, type: sip_refer, to: 'sip:502@pbx.example'}\n"),
        "agent:\n  rules:\n" + "".join(reversed(OWN.splitlines(True)[3:])) + "  platform: other\n",
        OWN.replace("{name: one, type: conference, to:", "{to:").replace(
            '500@pbx.example"}', '500@pbx.example", type: conference, name: one}'
        ),
    ],
    ids=["lines moved", "a rule before it", "order of rules", "order of keys"],
)
def test_it_survives_edits(folder: Path, edited: str) -> None:
    (folder / "agents" / "a.yaml").write_text(edited)
    done = run("lint", ".", "--format", "json")
    assert done.exit_code == 0, done.stdout
    assert [f["suppressed"]["kind"] for f in json.loads(done.stdout)["findings"]] == ["baseline"]


def test_it_survives_a_new_name_of_the_file(folder: Path) -> None:
    (folder / "agents" / "a.yaml").rename(folder / "agents" / "b.yaml")
    assert run("lint", ".").exit_code == 0


def test_it_survives_being_called_from_elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "agents")
    assert run("lint", "a.yaml").exit_code == 0


def test_what_is_new_counts(folder: Path) -> None:
    (folder / "agents" / "a.yaml").write_text(OWN.replace("sip_refer", "conference"))
    done = run("lint", ".", "--format", "json")
    assert done.exit_code == 1
    assert [bool(f["suppressed"]) for f in json.loads(done.stdout)["findings"]] == [True, False]


def test_a_twin_in_another_file_is_new(folder: Path) -> None:
    (folder / "agents" / "b.yaml").write_text(OWN)
    assert run("lint", ".").exit_code == 1
    assert run("lint", "agents/b.yaml").exit_code == 1, "also where the first is not read"


def test_update_takes_out_what_is_mended_and_adds_nothing(folder: Path) -> None:
    mended = OWN.replace("sip_refer", "dial").replace("conference", "sip_refer").replace("dial", "conference")
    (folder / "agents" / "a.yaml").write_text(mended)
    assert "b.yaml" not in run("lint", ".").stdout
    assert "known.json: warning suppression-unused: an entry fits no finding any more" in run("lint", ".").stdout
    done = run("baseline", "update", "known.json")
    assert "0 kept, 1 taken out; 1 new one counts on" in done.stderr
    assert entries(folder) == ()
    assert run("lint", ".").exit_code == 1
    assert run("baseline", "write", "known.json").exit_code == 0
    assert run("lint", ".").exit_code == 0


def test_update_keeps_what_was_not_looked_at(folder: Path) -> None:
    (folder / "agents" / "b.yaml").write_text(OWN)
    assert run("baseline", "write", "known.json").exit_code == 0
    (folder / "agents" / "b.yaml").write_text(OWN.replace("conference", "sip_refer"))
    assert "1 kept, 0 taken out" in run("baseline", "update", "known.json", "agents/a.yaml").stderr.replace(
        "2 kept", "1 kept"
    )
    assert len(entries(folder)) == 2
    run("baseline", "update", "known.json", ".")
    assert [e.file for e in entries(folder)] == ["agents/a.yaml"]


def test_failed_transfers_of_captures_can_be_known(folder: Path) -> None:
    refused = next((ROOT / "fixtures" / "captures" / "lab").glob("*603*.pcap"))
    capture = folder / "call.pcap"
    capture.write_bytes(refused.read_bytes())
    assert run("diagnose", "call.pcap").exit_code == 1
    assert run("baseline", "write", "calls.json", "call.pcap", "--diagnose").exit_code == 0
    assert run("diagnose", "call.pcap", "--baseline", "calls.json").exit_code == 0
    chosen = ("call.pcap", "--ignore", "refer-refused-by-policy", "--ignore", "refer-rejected")
    assert run("diagnose", *chosen, "--no-settings").exit_code == 1
    assert run("baseline", "write", "calls.json", *chosen, "--diagnose").exit_code == 0
    assert entries_of(folder / "calls.json") == ["transfer-outcome"]
    assert run("diagnose", *chosen, "--baseline", "calls.json").exit_code == 0


def entries_of(file: Path) -> list[str]:
    return [e.check for e in read_entries(file.read_bytes())]


def test_no_baseline_is_written_over_an_input_or_of_what_was_not_read(folder: Path) -> None:
    assert run("baseline", "write", "agents/a.yaml", "agents/a.yaml").exit_code == 2
    assert (folder / "agents" / "a.yaml").read_text() == OWN
    done = run("baseline", "write", "new.json", "gone.yaml")
    assert (done.exit_code, (folder / "new.json").exists()) == (2, False)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{", "1:2: "),
        (b"[]", "1:1: no baseline"),
        (b'{"version": 2, "findings": []}', "no baseline"),
        (b'{"version": 1,\n "findings": [{"check": 1}]}', "2:15: an entry needs file, check and fingerprint"),
    ],
)
def test_what_is_no_baseline_is_said_with_its_place(folder: Path, data: bytes, words: str) -> None:
    with pytest.raises(BaselineError, match=r"^[0-9]+:[0-9]+: "):
        read_entries(data)
    (folder / "known.json").write_bytes(data)
    done = run("lint", ".")
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr


_texts = st.text(max_size=8).filter(lambda t: t.isprintable())


@given(st.lists(st.builds(Entry, _texts, _texts, _texts), max_size=5))
def test_what_is_written_is_read(found: list[Entry]) -> None:
    assert read_entries(write_entries(found).encode()) == tuple(sorted(found))
