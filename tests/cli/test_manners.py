"""Nothing that was read is written over, nothing half-written is left, and what cannot be written is said in one line."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from sipdiag.__main__ import main
from sipdiag.cli import app
from sipdiag.sources.inputs import Reading, read_sources
from sipdiag.sources.source import Opened, Source

ROOT = Path(__file__).parents[2]
CASE = ROOT / "fixtures" / "cases" / "rule-left-at-conference"
TLS = ROOT / "fixtures" / "captures" / "lab" / "s03-tls-with-keylog-complete"
COMMANDS = {
    "diagnose": ("diagnose", "{}", "-o", "json={out}"),
    "flow": ("flow", "{}", "-o", "{out}"),
    "extract": ("extract", "{}/call.pcap", "-o", "{out}"),
    "bundle": ("bundle", "{}", "-o", "{out}"),
    "redact": ("redact", "{}/call.pcap", "-o", "{out}"),
    "baseline": ("baseline", "write", "{out}", "{}"),
}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def written(name: str, folder: Path, out: Path) -> Result:
    return run(*(a.replace("{out}", str(out)).replace("{}", str(folder)) for a in COMMANDS[name]))


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    shutil.copytree(CASE, folder)
    return folder


@pytest.mark.parametrize("name", COMMANDS)
def test_an_input_is_never_written_over(case: Path, name: str) -> None:
    """Also one that was not named, but found in a folder that was."""
    target = case / ("call.pcap" if name in ("extract", "redact") else "agent.json")
    before = {p: p.read_bytes() for p in case.iterdir()}
    done = written(name, case, target)
    assert done.exit_code == 2
    assert "it is one of the inputs, which are never changed" in done.stderr
    assert {p: p.read_bytes() for p in case.iterdir()} == before


@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_is_written_through_a_link_or_into_a_device(case: Path, tmp_path: Path, name: str) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "target")
    for out, words in (
        (link, "it is a link"),
        (Path("/dev/null"), "it is no regular file"),
        (tmp_path, "it is a folder"),
    ):
        if name == "redact" and out == tmp_path:
            continue  # the copy goes into a folder
        done = written(name, case, out)
        assert (done.exit_code, words in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_disk_that_is_full_leaves_nothing_behind(
    case: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sipdiag.artefacts.files.os.replace", full)
    before = sorted(tmp_path.iterdir())
    done = written(name, case, tmp_path / "out")
    assert done.exit_code == 2
    assert "out: No space left on device" in done.stderr
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("name", COMMANDS)
def test_what_stood_there_is_said_to_be_replaced_and_its_owner_alone_reads_it(
    case: Path, tmp_path: Path, name: str
) -> None:
    out = tmp_path / "out"
    for words in ("wrote", "replaced"):
        done = written(name, case, out)
        assert done.exit_code in (0, 1), done.stderr
        assert f"{words} {out}" in done.stderr
        assert out.stat().st_mode & 0o777 == 0o600


def test_keys_are_inputs_too(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    shutil.copy(f"{TLS}.keylog.txt", keys)
    before = keys.read_bytes()
    for command in ("diagnose", "flow", "extract", "bundle", "redact"):
        done = run(command, f"{TLS}.pcapng", "--keylog", keys, "-o", keys)
        assert done.exit_code == 2
        assert "one of the inputs" in done.stderr
    assert keys.read_bytes() == before


def test_two_outputs_are_two_files(case: Path, tmp_path: Path) -> None:
    out = tmp_path / "x"
    for more in (("-o", f"html={out}"), ("--write-map", out)):
        done = run("diagnose", case, "-o", f"json={out}", *more)
        assert (done.exit_code, done.stderr) == (2, f"sipdiag: {out}: named for two outputs\n")
    assert not out.exists()


def test_a_starter_file_that_cannot_be_written_whole_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            raise OSError(28, "No space left on device")

        def write(self, _: bytes) -> None: ...

    plain = Path.open

    def opened(path: Path, mode: str = "r", **more: Any) -> Any:
        if mode != "xb":
            return plain(path, mode, **more)
        path.touch()
        return Full()

    monkeypatch.setattr(Path, "open", opened)
    done = run("init", tmp_path, "--only", "settings")
    assert done.exit_code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_standard_output_that_takes_no_more_is_no_fault_of_ours() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sipdiag", "diagnose", str(CASE)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (2, "sipdiag: standard output: No space left on device\n")


@pytest.mark.skipif(sys.platform == "win32", reason="a folder in use cannot be removed there")
@pytest.mark.parametrize("command", [["lint", "."], ["diagnose", str(CASE)], ["redact", ".", "-o", "out"]])
def test_a_folder_that_is_gone_is_no_fault_of_ours(command: list[str], tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    begun = (
        "import os, runpy, sys\nos.rmdir(os.getcwd())\nrunpy.run_module('sipdiag', run_name='__main__', alter_sys=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", begun, *command], cwd=here, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("sipdiag: ")
    assert "internal error" not in done.stderr


def test_an_interrupt_leaves_nothing(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sipdiag.artefacts.files.os.replace", interrupt)
    monkeypatch.setattr(sys, "argv", ["sipdiag", "bundle", str(case), "-o", str(tmp_path / "out.zip")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
    assert list(tmp_path.iterdir()) == [case]


def test_an_interrupt_while_python_imports_is_quiet() -> None:
    interrupted = (
        "import sys, runpy\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "runpy.run_module('sipdiag', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", interrupted], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize("command", ["lint", "diagnose"])
def test_an_interrupt_leaves_what_was_finished(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        for number in (1, 2):
            rule = f'{{name: {name}{number}, type: sip_refer, to: "sip:500"}}'
            (tmp_path / name / f"{number}.yaml").write_text(f"agent: {{platform: other, rules: [{rule}]}}\n")

    def interrupted(sources: list[Source], reading: Reading) -> Iterator[Opened]:
        for opened in read_sources(sources, reading):
            if opened.source.path.endswith(stop):
                raise KeyboardInterrupt
            yield opened

    monkeypatch.setattr("sipdiag.pipeline.read_sources", interrupted)
    stop = "b/2.yaml"
    done = CliRunner().invoke(app, [command, str(tmp_path), "--format", "json"])
    assert done.exit_code == 130
    report = json.loads(done.stdout)
    assert [Path(i["path"]).parent.name for i in report["inputs"]] == ["a", "a"]
    assert report["summary"]["exit_code"] == 130
    assert "interrupted" in done.stderr
    stop = "a/2.yaml"
    assert CliRunner().invoke(app, [command, str(tmp_path), "--format", "json"]).stdout == ""
    stop = "b/2.yaml"
    before = {f: f.read_bytes() for f in tmp_path.rglob("*.yaml")}
    assert CliRunner().invoke(app, ["lint", str(tmp_path), "--fix", "--unsafe-fixes"]).exit_code != 0
    assert CliRunner().invoke(app, ["baseline", "write", str(tmp_path / "known.json"), str(tmp_path)]).exit_code != 0
    assert {f: f.read_bytes() for f in tmp_path.rglob("*.yaml")} == before
    assert not (tmp_path / "known.json").exists()
