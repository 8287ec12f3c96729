"""`lint`: one URI, whole folders, and what it does not load."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sipdiag.cli import app
from sipdiag.sources.ignored import ignored_by_git

FIXTURES = Path(__file__).parents[2] / "fixtures" / "platforms"
AGENT = FIXTURES / "elevenlabs" / "agent_sip_refer_phone_ok.json"


def lint(*arguments: str) -> tuple[int, list[str], str]:
    result = CliRunner().invoke(app, ["lint", *arguments])
    return result.exit_code, result.stdout.splitlines(), result.stderr


@pytest.mark.parametrize(
    ("uri", "platform", "check"),
    [
        ("sip:500@pbx.example", None, None),
        ("sip:500@pbx.example", "asterisk", None),
        ("{{ desk }}", None, None),
        ("sip:5559990000", None, "refer-to-missing-domain"),
        ("sip: 500@pbx.example", None, "refer-to-malformed"),
        ("500@pbx.example", None, "refer-to-missing-scheme"),
        ("http://pbx.example", None, "transfer-target-not-a-uri"),
        ("+12025550123", "livekit", "refer-to-missing-scheme"),
        ("tel:+12025550123", "asterisk", "refer-to-uri-form-rejected-by-trunk"),
        ("sip:+12025550123@192.0.2.1", "twilio", "refer-to-uri-form-rejected-by-trunk"),
    ],
)
def test_one_uri(uri: str, platform: str | None, check: str | None) -> None:
    named = ["--platform", platform] if platform is not None else []
    code, lines, _ = lint("--uri", uri, "--format", "plain", *named)
    errors = [line.split(": ")[1] for line in lines]
    assert errors == ([f"error {check}"] if check is not None else [])
    assert code == (1 if check is not None else 0)


def test_a_uri_or_paths() -> None:
    assert lint()[0] == 2
    assert lint("--uri", "sip:a@b.example", str(AGENT))[0] == 2


def test_options_of_files_are_refused_with_a_uri() -> None:
    for option in (["--fix"], ["--unsafe-fixes"], ["--diff"], ["--baseline", "b.json"]):
        code, _, told = lint("--uri", "sip: a@b.example", *option)
        assert (code, told) == (
            2,
            "sipdiag: --fix, --unsafe-fixes, --diff and --baseline are for files; --uri names none\n",
        )


def test_a_uri_is_told_of_no_more_than_is_wanted() -> None:
    warned = lint("--uri", "sip:acme.pstn.twilio.com", "--format", "plain")[1]
    assert [line.split(": ")[1] for line in warned] == ["warning refer-to-missing-user"]
    assert lint("--uri", "sip:acme.pstn.twilio.com", "--format", "plain", "--min-severity", "error")[1] == [
        "sipdiag: 1 below --min-severity"
    ]


def test_the_json_report_tells_what_can_be_mended(tmp_path: Path) -> None:
    file = tmp_path / "agent.yaml"
    file.write_text('agent: {platform: elevenlabs, rules: [{name: a, type: conference, to: "sip: 500@pbx.example"}]}\n')
    report = json.loads(CliRunner().invoke(app, ["lint", str(file), "--format", "json"]).stdout)
    fixable = {f["check"]: f["fixable"] for f in report["findings"]}
    assert fixable["refer-to-malformed"] == "safe"
    assert fixable["transfer-rule-invalid-combination"] == "unsafe"


def test_a_platform_that_nobody_knows() -> None:
    code, _, told = lint("--platform", "twillio", "--uri", "sip:a@b.example")
    assert code == 2
    assert told.startswith("sipdiag: --platform: no platform 'twillio'; did you mean 'twilio'? There are 3cx, ")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(AGENT, tmp_path / "agent.json")
    (tmp_path / "README.md").write_text("# words\n")
    (tmp_path / "package.json").write_text('{"name": "x", "version": "1"}')
    (tmp_path / "docker.yaml").write_text("services: {web: {image: x}}\n")
    (tmp_path / "broken.yaml").write_text("services: [\n")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return tmp_path


def test_a_folder_is_passed_over_where_it_is_no_configuration(folder: Path) -> None:
    code, lines, told = lint(str(folder))
    assert code == 0
    assert " ".join(lines[-2:]).endswith("5 files passed over")
    assert told == ""
    result = CliRunner().invoke(app, ["lint", str(folder), "--format", "json"])
    assert '"passed_over": 5' in result.stdout
    assert "docker" not in result.stdout


def test_a_broken_configuration_is_not_passed_over(folder: Path) -> None:
    (folder / "broken.yaml").write_text("agent:\n  rules: [{type: sip_refer, to: [\n")
    code, lines, _ = lint(str(folder), "--format", "plain")
    assert [line for line in lines if "broken.yaml" in line]
    assert code == 0


def test_a_file_that_is_named_is_never_passed_over(folder: Path) -> None:
    assert lint(str(folder / "README.md"), str(folder / "agent.json"))[0] == 2


def test_a_folder_with_nothing_in_it_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# words\n")
    assert lint(str(tmp_path))[0] == 2


def test_a_folder_with_nothing_in_it_may_be_allowed(tmp_path: Path) -> None:
    """What was named and is not there, and what may be a configuration and is broken, is an error all the same."""
    (tmp_path / "README.md").write_text("# words\n")
    code, lines, told = lint(str(tmp_path), "--allow-empty")
    assert (code, lines, told) == (
        0,
        [],
        "sipdiag: nothing to read in what was named: 1 file passed over, none of calls\n",
    )
    assert (
        '"exit_code": 0' in CliRunner().invoke(app, ["lint", str(tmp_path), "--allow-empty", "--format", "json"]).stdout
    )
    assert lint(str(tmp_path), str(tmp_path / "gone"), "--allow-empty")[0] == 2
    (tmp_path / "a.yaml").write_text("agent:\n  rules: [{type: sip_refer, to: [\n")
    assert lint(str(tmp_path), "--allow-empty")[0] == 2


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_what_git_ignores_is_no_input(folder: Path) -> None:
    subprocess.run(["git", "init", "-q", str(folder)], check=True)  # noqa: S607 - whichever git is there
    (folder / ".gitignore").write_text("build/\nlocal-*.json\n")
    (folder / "build").mkdir()
    bad = FIXTURES / "elevenlabs" / "agent_conference_to_sip_uri.json"
    shutil.copy(bad, folder / "build" / "agent.json")
    shutil.copy(bad, folder / "local-agent.json")
    assert ignored_by_git(folder) == {str(folder / "build"), str(folder / "local-agent.json")}
    code, lines, _ = lint(str(folder))
    assert code == 0
    assert " ".join(lines[-2:]).endswith("7 files passed over")  # five others, a file and a folder that git ignores
    assert lint(str(folder / "local-agent.json"))[0] == 1
    assert ignored_by_git(folder / "gone") == frozenset()


def test_git_is_asked_of_repositories_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    monkeypatch.setattr("sipdiag.sources.ignored.shutil.which", lambda name: asked.append(folder))
    assert ignored_by_git(folder) == frozenset()
    assert asked == []
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    ignored_by_git(folder)
    (folder / ".git").touch()
    monkeypatch.delenv("GIT_DIR")
    ignored_by_git(folder)
    assert asked == [folder, folder]


@pytest.mark.parametrize("format", ["text", "plain", "json", "github", "gitlab", "sarif"])
def test_lint_loads_nothing_that_only_calls_need(format: str) -> None:
    """Nor what only colour, other formats or plugins need: each of these takes a good part of a start."""
    heavy = (
        "email", "importlib.metadata", "jinja2", "junitparser", "pydantic", "pyshark", "rich", "scapy",
        "sipdiag.cli.diagnose", "sipdiag.facts.leg", "sipdiag.facts.transaction", "sipdiag.model.calls", "sipdiag.raw",
        "sipdiag.platforms.kamailio_paths", "sipdiag.redaction.captures", "sipdiag.redaction.messages",
        "sipdiag.sip.message", "sipdiag.sources.captures", "sipdiag.sources.traces", "sipdiag.sources.tshark",
    )  # fmt: skip
    code = (
        f"import sys; sys.argv = ['sipdiag', 'lint', {str(AGENT)!r}, '--format', {format!r}]\n"
        "from sipdiag.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        f"print([m for m in sys.modules for h in {heavy!r} if m == h or m.startswith(h + '.')], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert format != "text" or "no error" in done.stdout or "0 errors" in done.stdout
    assert done.stderr.strip() == "[]"


_WARM = """\
agent:
  platform: retell
  rules: [{name: desk, type: %s, to: "+12025550123"}]
"""


@pytest.mark.parametrize(
    ("method", "expect", "outcome", "code"),
    [
        ("warm_transfer", "any", "predicted-ok", 0),  # a choice
        ("warm_transfer", "refer", "predicted-fail", 1),
        ("sip_refer", "refer", "predicted-ok", 0),
    ],
)
def test_another_method_than_refer_is_a_choice(
    tmp_path: Path, method: str, expect: str, outcome: str, code: int
) -> None:
    file = tmp_path / "agent.yaml"
    file.write_text(_WARM % method, "utf-8")
    done, lines, _ = lint(str(file), "--format", "plain", "--expect", expect)
    assert lines[0].split(": ")[1].split(" because ")[0] == outcome
    assert done == code


def test_what_is_bound_stays_bound_in_every_case(tmp_path: Path) -> None:
    """Transfers are numbered through all folders: those of the second one know their rule and agent as well."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        shutil.copy(FIXTURES / "elevenlabs" / "agent_blind_on_sip_trunk.json", tmp_path / name / "agent.json")
    _, lines, _ = lint(str(tmp_path), "--format", "text", "--redact", "off")
    assert [line.split("   ")[1] for line in lines if line.startswith("Transfer ")] == ["rule transfer_to_number"] * 2


def test_each_file_can_be_a_case_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "agent.yaml").write_text(
        'agent: {platform: other, trunk: a, rules: [{name: s, type: sip_refer, to: "sip:500@pbx.example"}]}\n'
    )
    (tmp_path / "trunk.yaml").write_text("trunks: [{name: a, address: sip.example, transport: tls, refer: deny}]\n")
    together = json.loads(CliRunner().invoke(app, ["lint", str(tmp_path), "--format", "json"]).stdout)
    apart = json.loads(CliRunner().invoke(app, ["lint", str(tmp_path), "--each", "--format", "json"]).stdout)
    assert [{i["case"] for i in r["inputs"]} for r in (together, apart)] == [{"k1"}, {"k1", "k2"}]
    assert [t["outcome"] for r in (together, apart) for t in r["transfers"]] == ["predicted-fail", "predicted-ok"]
