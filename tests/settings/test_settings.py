"""Settings: found upward, read with places, and overruled by what was typed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from sipdiag.cli import app
from sipdiag.settings.find import find_settings
from sipdiag.settings.read import SettingsError, read_settings
from sipdiag.settings.shape import settings_schema
from sipdiag.sources.repository import names_below, root_above

BAD = 'agent: {platform: other, rules: [{name: s, type: conference, to: "sip:500@pbx.example"}]}\n'
WHOLE = """\
select = ["settings", "transfer-type-not-refer"]
ignore = ["number-format-not-e164"]
expect = "refer"
fail-on = "warning"
min-severity = "info"
baseline = "known.json"
agent = "agent.example"
platform = "other"
profiles = ["acme.yaml"]
redact = "off"
exclude = ["drafts/"]
[[paths]]
match = ["legacy/"]
ignore = ["settings"]
reason = "old"
until = 2027-01-31
platform = "vapi"
expect = "any"
[[suppress]]
check = "trunk-refer-disabled"
reason = "known"
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "agents" / "deep").mkdir(parents=True)
    (tmp_path / "agents" / "deep" / "a.yaml").write_text(BAD)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIPDIAG_SETTINGS", raising=False)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_every_key_is_read(tmp_path: Path) -> None:
    file = tmp_path / "sipdiag.toml"
    file.write_text(WHOLE)
    found = read_settings(file)
    assert (found.select, found.ignore) == (("settings", "transfer-type-not-refer"), ("number-format-not-e164",))
    assert (found.expect, found.fail_on, found.min_severity, found.redact) == ("refer", "warning", "info", "off")
    assert (found.agent, found.platform) == ("agent.example", "other")
    assert (found.baseline, found.profiles) == (tmp_path / "known.json", (tmp_path / "acme.yaml",))
    assert found.exclude is not None
    assert found.exclude(str(tmp_path / "drafts" / "a.yaml"))
    (of_legacy,) = found.paths
    assert (of_legacy.platform, of_legacy.expect) == ("vapi", "any")
    assert of_legacy.matches(str(tmp_path / "legacy" / "x" / "a.json"))
    assert not of_legacy.matches(str(tmp_path / "agents" / "a.json"))
    assert [(c.kind, c.names, c.reason, str(c.until)) for c in found.claims] == [
        ("path", ("settings",), "old", "2027-01-31"),
        ("check", ("trunk-refer-disabled",), "known", "None"),
    ]
    assert set(settings_schema()["properties"]) == {
        *re.findall(r"^([\w-]+) =", WHOLE.split("[[")[0], re.MULTILINE),
        "paths",
        "suppress",
    }


def test_the_published_schema_takes_what_the_reader_takes(repository: Path) -> None:
    schema = json.loads(run("schema", "settings").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert "transfer-type-not-refer" in schema["$defs"]["name"]["enum"]
    assert "elevenlabs" in schema["$defs"]["platform"]["enum"]
    good = {"select": ["settings"], "paths": [{"match": ["a"], "ignore": ["settings"], "reason": "x"}]}
    validator.validate(good)
    wrong: tuple[dict[str, object], ...] = (
        {"selct": []},
        {"ignore": ["nothing-such"]},
        {"paths": [{"match": ["a"], "ignore": ["settings"]}]},
    )
    for bad in wrong:
        assert not validator.is_valid(bad)
    for part in (schema, *(schema["$defs"][n] for n in ("paths", "suppress"))):
        for key, value in part["properties"].items():
            assert value.get("description") or schema["$defs"][value["$ref"].rpartition("/")[2]].get("description"), key


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ('selct = ["x"]', "1:1", "no key 'selct'; did you mean 'select'?"),
        ('select = [\n  "refer-to-missing-domian"]', "2:3", "did you mean 'refer-to-missing-domain'?"),
        ('ignore = ["qqqqqqqq"]', "1:11", "no check or family 'qqqqqqqq'; sipdiag checks lists them"),
        ('fail-on = "warnin"', "1:11", "did you mean 'warning'? valid are error, warning, info, never"),
        ('expect = "maybe-so"', "1:10", "'maybe-so' is no value of expect; valid are refer, any"),
        ('platform = "elevenlab"', "1:12", "no platform 'elevenlab'; did you mean 'elevenlabs'?"),
        ("min-severity = 3", "1:16", "3 is no value of min-severity"),
        ('ignore = "settings"', "1:10", "ignore is 'settings', and a list is wanted"),
        ('[[suppress]]\ncheck = "settings"', "1:1", "reason is missing"),
        ('[[suppress]]\ncheck = "settings"\nreason = " "', "3:10", "reason is empty"),
        ('[[suppress]]\ncheck = "settings"\nreason = "x"\nuntil = "soon"', "4:9", "until is no date"),
        ('[[paths]]\nmatch = ["a"]\nignore = ["settings"]', "1:1", "reason is missing, which ignore needs"),
        ("[paths]", "1:1", "paths is a table, and a list is wanted"),
        ("select = ", "1:10", "invalid value"),
        ("a\x1b[31m = 1", "1:2", ""),
    ],
)
def test_what_does_not_fit_is_said_with_its_place(repository: Path, text: str, at: str, words: str) -> None:
    (repository / "sipdiag.toml").write_text(text)
    done = run("lint", "agents")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"sipdiag: sipdiag.toml:{at}: ")
    assert words in done.stderr
    assert "\x1b" not in done.stderr


def test_all_that_is_wrong_is_said_at_once(repository: Path) -> None:
    (repository / "sipdiag.toml").write_text('selct = []\nexpect = "x"\n')
    assert len(run("lint", "agents").stderr.splitlines()) == 2


def test_settings_are_found_upward_to_the_root_of_the_repository(repository: Path) -> None:
    inputs = ["agents/deep/a.yaml"]
    assert find_settings(inputs, repository) is None
    (repository.parent / "sipdiag.toml").write_text("")
    assert find_settings(inputs, repository) is None, "not beyond the repository"
    (repository / "pyproject.toml").write_text("[tool.other]\n")
    assert find_settings(inputs, repository) is None
    (repository / "pyproject.toml").write_text('[tool.sipdiag]\nexpect = "refer"\n')
    assert find_settings(inputs, repository) == repository / "pyproject.toml"
    (repository / "sipdiag.toml").write_text("")
    assert find_settings(inputs, repository) == repository / "sipdiag.toml"
    (repository / "agents" / "sipdiag.toml").write_text("")
    assert find_settings(inputs, repository) == repository / "agents" / "sipdiag.toml"
    assert find_settings(["agents/deep/a.yaml", "."], repository) == repository / "sipdiag.toml"
    assert find_settings(["-"], repository / "agents") == repository / "agents" / "sipdiag.toml"


def test_outside_of_a_repository_a_folder_speaks_for_itself_alone(repository: Path) -> None:
    (repository / ".git").rmdir()
    (repository / "sipdiag.toml").write_text("")
    assert root_above(repository) is None
    assert find_settings(["agents/deep/a.yaml"], repository / "agents") is None
    assert find_settings(["agents/deep/a.yaml"], repository) == repository / "sipdiag.toml"


def test_pyproject_places_are_its_own(repository: Path) -> None:
    (repository / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.sipdiag]\nexpct = "refer"\n')
    assert "sipdiag: pyproject.toml:4:1: no key 'expct'" in run("lint", "agents").stderr


def test_what_is_typed_goes_before_the_settings(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def severity(*more: str) -> str:
        document = json.loads(run("lint", "agents", "--format", "json", *more).stdout)
        (finding,) = document["findings"]
        return str(finding["severity"])

    assert severity() == "warning"
    (repository / "sipdiag.toml").write_text('expect = "refer"\n')
    assert severity() == "error"
    assert severity("--expect", "any") == "warning"
    assert severity("--no-settings") == "warning"
    other = repository / "other.toml"
    other.write_text('expect = "any"\n')
    monkeypatch.setenv("SIPDIAG_SETTINGS", str(other))
    assert severity() == "warning"
    assert severity("--settings", "sipdiag.toml") == "error"


def test_fail_on_and_min_severity(repository: Path) -> None:
    (repository / "agents" / "deep" / "a.yaml").write_text(
        'agent: {platform: other, trunk: a, rules: [{name: s, type: sip_refer, to: "sip:500@pbx.example"}]}\n'
        "trunks: [{name: a, address: sip.example, transport: tls, refer: unknown}]\n"
    )
    told = json.loads(run("lint", "agents", "--format", "json").stdout)["summary"]
    assert told["errors"] == 0
    (repository / "agents" / "deep" / "a.yaml").write_text(BAD)
    assert run("lint", "agents", "--fail-on", "never").exit_code == 0
    less = json.loads(run("lint", "agents", "--format", "json", "--min-severity", "error").stdout)
    assert (less["findings"], less["summary"]["below_min_severity"]) == ([], 1)
    assert "1 below --min-severity" in run("lint", "agents", "--min-severity", "error").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("--select", "refer-to-missing-domian"),
            "--select: no check or family 'refer-to-missing-domian'; did you mean",
        ),
        (("--ignore", "setings"), "did you mean 'settings'?"),
        (("--platform", "elevenlab"), "did you mean 'elevenlabs'?"),
        (("--settings", "gone.toml"), "gone.toml: no such file or directory"),
        (("--baseline", "gone.json"), "gone.json: no such file or directory; sipdiag baseline write makes it"),
    ],
)
def test_mistyped_names_end_with_two(repository: Path, arguments: tuple[str, ...], words: str) -> None:
    done = run("lint", "agents", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr


def test_settings_for_some_paths(repository: Path) -> None:
    other = repository / "old"
    other.mkdir()
    (other / "b.yaml").write_text(BAD.replace("500", "501"))
    (repository / "sipdiag.toml").write_text('expect = "refer"\n[[paths]]\nmatch = ["old/"]\nexpect = "any"\n')
    found = json.loads(run("lint", ".", "--format", "json").stdout)["findings"]
    assert sorted(f["severity"] for f in found) == ["error", "warning"]


def test_what_a_folder_holds_beside_configuration_is_counted(repository: Path) -> None:
    (repository / "README.md").write_text("hello\n")
    (repository / "package.json").write_text('{"name": "x"}')
    (repository / "drafts").mkdir()
    (repository / "drafts" / "c.yaml").write_text(BAD)
    (repository / "broken.json").write_text('{"to": "sip:a@b.example", ')
    (repository / "sipdiag.toml").write_text('exclude = ["drafts/"]\n')
    done = run("lint", ".")
    assert "README.md" not in done.stdout
    assert "4 files passed over" in done.stdout, "README.md, package.json, drafts/c.yaml, sipdiag.toml"
    assert "broken.json:1:" in done.stdout
    assert run("lint", "README.md").exit_code == 2, "what is named must be readable"


def test_names_are_relative_to_the_root(repository: Path) -> None:
    inside = str(repository / "agents" / "deep" / "a.yaml")
    assert names_below(repository, [inside, "agents/deep/a.yaml", "-", "/etc/hostname"]) == {
        inside: "agents/deep/a.yaml",
        "agents/deep/a.yaml": "agents/deep/a.yaml",
    }


def test_a_huge_file_is_no_settings(tmp_path: Path) -> None:
    file = tmp_path / "sipdiag.toml"
    file.write_bytes(b"#" * (1 << 21))
    with pytest.raises(SettingsError, match="larger than 1 MiB"):
        read_settings(file)
