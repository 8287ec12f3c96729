"""What a machine lacks is said with the command that mends it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sipdiag.checking.discover import Broken
from sipdiag.cli import app, doctor


def run() -> tuple[int, list[str]]:
    result = CliRunner().invoke(app, ["doctor"])
    return result.exit_code, result.stdout.splitlines()


def test_a_missing_tshark_is_no_failure_and_has_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(sys, "platform", "linux")
    code, lines = run()
    assert code == 0
    at = next(i for i, line in enumerate(lines) if line.startswith("lacks    tshark"))
    assert lines[at + 1].strip() == "fix: sudo apt-get install tshark"


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"--version": "TShark (Wireshark) 2.6.20\n"}, "2.6 is too old"),
        ({"--version": "TShark 4.4.1\n", "-G": "F\tx\tframe.time_epoch\t\n"}, "4.4 lacks the fields sip.Method"),
        ({"--version": "no\n"}, "does not say its version"),
        (
            {"--version": "TShark 4.4.1\n", "-G": "".join(f"F\tx\t{f}\t\n" for f in doctor._FIELDS)},
            "4.4, with the fields",
        ),
    ],
)
def test_tshark_is_asked_what_it_can(monkeypatch: pytest.MonkeyPatch, answers: dict[str, str], words: str) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: "tshark")
    monkeypatch.setattr(doctor, "_run", lambda _, question, *__: answers.get(question, ""))
    row = doctor._tshark()
    assert words in row.found
    assert bool(row.fix) == ("with the fields" not in words)


def test_an_old_python_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_OLDEST_PYTHON", (99, 0))
    code, lines = run()
    assert code == 1
    assert lines[0].startswith("MISSING  Python")


def test_a_plugin_that_cannot_be_loaded_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sipdiag.checking.discover.plugins", lambda: ([], [Broken("acme", "ImportError: no")]))
    code, lines = run()
    assert code == 1
    assert any("acme cannot be loaded: ImportError: no" in line for line in lines)


def test_the_settings_that_hold_here_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIPDIAG_SETTINGS", raising=False)
    assert [line for line in run()[1] if "no file, so the defaults hold" in line]
    (tmp_path / "sipdiag.toml").write_text('fail-on = "never"\n')
    assert [line.split() for line in run()[1] if " settings " in line] == [["ok", "settings", "sipdiag.toml"]]
    (tmp_path / "a b.toml").write_text('\nfail-onn = "never"\n')
    monkeypatch.setenv("SIPDIAG_SETTINGS", "a b.toml")
    code, lines = run()
    assert code == 1
    at = next(
        i for i, line in enumerate(lines) if line.startswith("MISSING  settings   a b.toml:2:1: no key 'fail-onn'")
    )
    assert lines[at + 1].strip() == "fix: vi +2 'a b.toml'"
    monkeypatch.setenv("SIPDIAG_SETTINGS", "gone.toml")
    assert any("gone.toml: no such file" in line for line in run()[1])
