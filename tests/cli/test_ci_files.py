"""What CI systems run is run here: the action, the GitLab job, the hook, and each command of docs/ci.md."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from sipdiag.cli import app
from sipdiag.cli.init import FILES, Starter
from sipdiag.settings.read import read_settings

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "ci.md").read_text("utf-8")
BAD = 'agent: {platform: other, rules: [{name: s, type: sip_refer, to: "sip:@pbx.example"}]}\n'
BASH = shutil.which("bash") or ""
needs_bash = pytest.mark.skipif(not BASH, reason="bash is not installed")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository"
    for name in (".git", "agents", "trunks", "captures"):
        (folder / name).mkdir(parents=True)
    (folder / "agents" / "a b.yaml").write_text(BAD)
    (folder / "trunks" / "t.yaml").write_text(
        "trunks: [{name: a, address: sip.example, transport: tls, refer: allow}]\n"
    )
    refused = next((ROOT / "fixtures" / "captures" / "lab").glob("*603*.pcap"))
    shutil.copy(refused, folder / "captures")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("SIPDIAG_SETTINGS", raising=False)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return folder


def bash(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """As GitHub and GitLab run a script."""
    command = [BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


def step(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The second step of the action; the first has installed sipdiag where it is already."""
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    values = {name: str(i["default"]) for name, i in action["inputs"].items()} | inputs
    run = next(s for s in action["runs"]["steps"] if s.get("id") == "run")
    given = {k: re.sub(r"\$\{\{ inputs\.(\S+) \}\}", lambda m: values[m[1]], v) for k, v in run["env"].items()}
    tools = folder.parent / "temp" / "sipdiag" / "bin"
    tools.mkdir(parents=True, exist_ok=True)
    python = tools / "python"
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    given |= {"RUNNER_TEMP": str(folder.parent / "temp"), "GITHUB_OUTPUT": str(folder.parent / "output")}
    return bash(run["run"], GITHUB_STEP_SUMMARY=str(folder.parent / "summary"), **given)


@needs_bash
def test_the_action_annotates_and_ends_as_sipdiag_does(repository: Path) -> None:
    done = step(
        repository, paths="'agents/a b.yaml' trunks", arguments="--expect refer", sarif="out.sarif", junit="out.xml"
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error file=agents/a b.yaml,line=1,")
    assert json.loads((repository / "out.sarif").read_text())["version"] == "2.1.0"
    assert (repository / "out.xml").read_text().startswith("<testsuites")
    assert (repository.parent / "output").read_text() == "exit-code=1\n"
    assert (repository.parent / "summary").read_text().startswith("## sipdiag")
    assert step(repository, arguments="--fail-on never").returncode == 0


@needs_bash
@pytest.mark.parametrize(
    "paths", ["$(touch owned)", "`touch owned`; touch owned", "--settings=x agents", "'; touch owned #'"]
)
def test_inputs_of_the_action_are_data(repository: Path, paths: str) -> None:
    assert step(repository, paths=paths).returncode == 2
    assert step(repository, command="lint; touch owned").returncode == 2
    assert not (repository / "owned").exists()


def test_no_input_stands_in_a_script_of_the_action() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    assert action["runs"]["using"] == "composite"
    for part in action["runs"]["steps"]:
        assert "${{" not in part["run"]
        assert part["shell"] == "bash"


def init(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["init", *arguments])
    assert done.exit_code == 0, done.stderr
    return done.stderr


@needs_bash
def test_the_gitlab_job_writes_what_it_promises(repository: Path) -> None:
    init("--only", "gitlab")
    job = yaml.safe_load((repository / ".gitlab" / "sipdiag.gitlab-ci.yml").read_text())["sipdiag"]
    install, *commands = job["script"]
    assert install.startswith("pip install")
    done = bash("\n".join(commands))
    assert done.returncode == 1, done.stderr
    reports = job["artifacts"]["reports"]
    rows = json.loads((repository / reports["codequality"]).read_text())
    assert {r["location"]["path"] for r in rows} == {"agents/a b.yaml"}
    assert (repository / reports["junit"]).read_text().startswith("<testsuites")
    assert "PREDICTED FAIL" in done.stdout


@needs_bash
def test_the_hook_runs_as_pre_commit_would(repository: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert (hook["language"], hook["pass_filenames"]) == ("python", False)
    for name in ("agents/a.yaml", "pjsip.conf", "sipdiag.toml", "x/dialplan.xml", "kamailio.cfg", "b.json"):
        assert re.search(hook["files"], name), name
    assert not re.search(hook["files"], "src/main.py")
    entry = shlex.join([*shlex.split(hook["entry"]), *hook["args"]])
    done = bash(entry)
    assert (done.returncode, "PREDICTED FAIL" in done.stdout) == (1, True)
    (repository / "agents" / "a b.yaml").write_text(BAD.replace("sip:@", "sip:500@"))
    assert bash(entry).returncode == 0


@needs_bash
def test_a_repository_without_anything_of_calls_is_in_order(repository: Path) -> None:
    for name in ("agents", "trunks", "captures"):
        shutil.rmtree(repository / name)
    (repository / "compose.yaml").write_text("services: {web: {image: x}}\n")
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    init("--only", "gitlab")
    job = yaml.safe_load((repository / ".gitlab" / "sipdiag.gitlab-ci.yml").read_text())["sipdiag"]
    assert bash(shlex.join([*shlex.split(hook["entry"]), *hook["args"]])).returncode == 0
    assert step(repository).returncode == 0
    assert step(repository, paths="agents").returncode == 2
    assert bash("\n".join(job["script"][1:])).returncode == 0


def test_init_never_changes_what_is_there(repository: Path) -> None:
    (repository / "sipdiag.toml").write_text('expect = "refer"\n')
    (repository / ".pre-commit-config.yaml").symlink_to(repository / "nowhere")
    told = init()
    assert "left as it is: sipdiag.toml" in told
    assert "left as it is: .pre-commit-config.yaml" in told
    assert (repository / "sipdiag.toml").read_text() == 'expect = "refer"\n'
    assert not (repository / "nowhere").exists()
    assert told.count("wrote") == 2
    assert init().count("left as it is") == 4


def test_init_writes_the_others_where_one_cannot_be_written(repository: Path) -> None:
    (repository / ".github").write_text("")
    (repository / ".gitlab").write_text("")
    done = CliRunner().invoke(app, ["init"])
    assert done.exit_code == 2
    assert done.stderr.count("wrote") == 2
    assert "sipdiag: .github/workflows/sipdiag.yml: " in done.stderr
    assert "sipdiag: .gitlab/sipdiag.gitlab-ci.yml: a file stands where its folder should" in done.stderr
    assert (repository / "sipdiag.toml").exists()


def test_init_names_the_repository_or_says_that_it_has_to_be_named(repository: Path) -> None:
    told = init("--only", "github")
    assert "github" in told
    assert "put the repository that you have sipdiag from for OWNER/sipdiag" in told
    told = init("--only", "pre-commit", "--repository", "acme/sipdiag")
    assert "OWNER" not in told
    hook = yaml.safe_load((repository / ".pre-commit-config.yaml").read_text())["repos"][0]
    assert hook["repo"] == "https://github.com/acme/sipdiag"


@pytest.mark.parametrize("wrong", ["acme", "https://github.com/acme/sipdiag", "acme/sip diag", "../x"])
def test_a_repository_that_is_none_is_refused(wrong: str, repository: Path) -> None:
    done = CliRunner().invoke(app, ["init", "--repository", wrong])
    assert done.exit_code == 2
    assert not (repository / "sipdiag.toml").exists()


def test_what_init_writes_is_read(repository: Path) -> None:
    init()
    for starter in Starter:
        text = (repository / FILES[starter][0]).read_text()
        if starter is Starter.SETTINGS:
            assert tomllib.loads(text) == {}
            (repository / "sipdiag.toml").write_text(re.sub(r"^# (?=[\w-]+ = |\[\[)", "", text, flags=re.MULTILINE))
            found = read_settings(repository / "sipdiag.toml")
            assert (found.expect, len(found.claims), len(found.paths)) == ("refer", 2, 1)
        else:
            assert yaml.safe_load(text)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", DOCS, re.MULTILINE | re.DOTALL)


@needs_bash
def test_the_commands_of_the_manual_page_do_what_it_says(repository: Path) -> None:
    commands = [line for block in blocks("sh") for line in block.splitlines()]
    assert len(commands) == 8
    assert [bash(line).returncode for line in commands] == [0, 1, 0, 0, 1, 0, 0, 0]
    for file in ("sipdiag.sarif", "sipdiag.xml", "gl-code-quality-report.json", "sipdiag-baseline.json", "calls.json"):
        assert (repository / file).stat().st_size > 0


def test_the_examples_of_the_manual_page_are_whole(repository: Path) -> None:
    (settings,) = blocks("toml")
    (repository / "sipdiag.toml").write_text(settings)
    found = read_settings(repository / "sipdiag.toml")
    assert (found.expect, found.fail_on, len(found.claims)) == ("refer", "error", 2)
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    github, gitlab, hook = map(yaml.safe_load, blocks("yaml"))
    assert set(github[1]["with"]) <= set(action["inputs"])
    assert gitlab["include"][0]["local"] == FILES[Starter.GITLAB][0]
    known = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert {h["id"] for h in hook["repos"][0]["hooks"]} <= {h["id"] for h in known}
    for name in re.findall(r"`(\w+)`", DOCS.split("The action takes", 1)[1].split(",\nand", 1)[0].split("gives")[0]):
        assert name in {*action["inputs"], "lint", "diagnose"}
