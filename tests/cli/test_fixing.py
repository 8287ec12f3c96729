"""Fixes: what is mended is gone, nothing new is found, everything else stays as it was, and the second run is clean."""

from __future__ import annotations

import gzip
import shutil
import stat
import zipfile
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sipdiag.cli import app
from sipdiag.cli.fixing import mend, wanted
from sipdiag.pipeline import Options, examine
from sipdiag.reports.report import Report
from sipdiag.stages import Severity

FIXTURES = Path(__file__).parents[2] / "fixtures"
DOCUMENTS = sorted(
    f
    for f in (*FIXTURES.glob("platforms/*/*"), *FIXTURES.glob("checks/*/*/*"))
    if f.suffix in (".yaml", ".json", ".conf", ".xml", ".cfg") and f.name != "expect.yaml"
)


def options(file: Path) -> Options:
    return Options(command="lint", expect_refer=b"# --expect refer" in file.read_bytes())


def found(report: Report, least: Severity) -> set[tuple[str, str | None]]:
    """What is found, and where; a finding that says the same of a mended text is no new one."""
    places = {
        (f.found.check.id, getattr(f.found.finding.at, "pointer", None)): f.found.severity for f in report.findings
    }
    return {k for k, severity in places.items() if severity >= least}


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_what_can_be_mended_is_gone_and_nothing_new_is_found(file: Path, unsafe: bool) -> None:
    before = examine([str(file)], options(file))
    edits = wanted(before, str(file), unsafe=unsafe)
    mended = mend([str(file)], options(file), unsafe=unsafe)
    assert wanted(mended.report, str(file), unsafe=unsafe) == []
    assert bool(mended.files) == bool(edits)
    # Another method is another call: what is only worth knowing about it is new then.
    least = Severity.WARNING if unsafe else Severity.INFO
    assert found(mended.report, least) <= found(before, Severity.INFO)
    for old, new in mended.files.values():
        assert old == file.read_bytes()
        assert new.count(b"\r\n") == 0


def test_there_is_much_that_can_be_mended() -> None:
    """Or the test above would say nothing."""
    checks = set()
    for file in DOCUMENTS:
        report = examine([str(file)], options(file))
        checks |= {f.found.check.id for f in report.findings if f.found.finding.edit is not None}
    assert checks >= {
        "config-value-invalid",
        "dynamic-variable-form",
        "number-format-not-e164",
        "refer-header-ambiguous",
        "refer-to-malformed",
        "refer-to-missing-scheme",
        "sip-messages-not-stored",
        "transfer-mode-missing-in-config",
        "transfer-option-unknown",
        "transfer-rule-invalid-combination",
        "transfer-type-not-refer",
        "trunk-address-invalid",
        "trunk-entry-disabled",
        "trunk-refer-disabled",
    }


AGENT = (
    "# the night desk\r\n"
    "agent:\r\n"
    "  platform: other\r\n"
    "  rules:\r\n"
    '    - {to: "sip: 500@pbx.example", type: conference}   # the queue\r\n'
    "    - to: '500@pbx.example'\r\n"
    "      type: sip_refer\r\n"
)


def lint(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["lint", *arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def agent(tmp_path: Path) -> Path:
    file = tmp_path / "agent.yaml"
    file.write_bytes(AGENT.encode())
    file.chmod(0o640)
    return file


def test_safe_edits_are_written_and_the_rest_stays(agent: Path) -> None:
    code, _, told = lint("--fix", "--expect", "refer", str(agent))
    assert agent.read_bytes().decode() == AGENT.replace("sip: 500", "sip:500").replace("'500@", "'sip:500@")
    assert stat.S_IMODE(agent.stat().st_mode) == 0o640
    assert code == 1  # the conference is left
    assert told.splitlines() == [
        "sipdiag: made 2 edits in 1 file",
        "sipdiag: 1 more edit would change what a call does: --unsafe-fixes",
    ]
    assert lint("--fix", str(agent))[2].startswith("sipdiag: nothing to fix")


def test_unsafe_edits_change_what_a_call_does(agent: Path) -> None:
    code, _, told = lint("--unsafe-fixes", str(agent))
    assert "type: sip_refer}   # the queue\r\n" in agent.read_bytes().decode()
    assert (code, told) == (0, "sipdiag: made 3 edits in 1 file\n")


def test_a_diff_alone_writes_nothing(agent: Path) -> None:
    code, shown, told = lint("--diff", str(agent))
    assert agent.read_bytes() == AGENT.encode()
    assert shown.splitlines()[:2] == [f"--- a/{agent}", f"+++ b/{agent}"]
    assert [line for line in shown.splitlines() if line.startswith(("-  ", "+  "))] == [
        '-    - {to: "sip: 500@pbx.example", type: conference}   # the queue',
        "-    - to: '500@pbx.example'",
        '+    - {to: "sip:500@pbx.example", type: conference}   # the queue',
        "+    - to: 'sip:500@pbx.example'",
    ]
    assert code == 1
    assert told.startswith("sipdiag: would make 2 edits in 1 file\n")


def test_with_fix_a_diff_is_shown_and_written(agent: Path) -> None:
    code, shown, _ = lint("--fix", "--diff", "--expect", "refer", str(agent))
    assert "+    - to: 'sip:500@pbx.example'" in shown
    assert b"sip: 500" not in agent.read_bytes()
    assert code == 1


def test_secrets_and_controls_do_not_reach_a_diff(tmp_path: Path) -> None:
    file = tmp_path / "number.json"
    shutil.copy(FIXTURES / "platforms/livekit/outbound_trunk_address_is_uri.json", file)
    text = file.read_text("utf-8").replace(
        '"sip:', '"auth_password": "hunter2", "auth_username": "\x7f\u202e", "x": "sip:', 1
    )
    file.write_text(text, "utf-8")
    trunk = tmp_path / "own.yaml"
    trunk.write_text(
        'trunks:\n  - name: a\n    platform: livekit\n    password: hunter2\n    user: "\u202e"\n    address: "sip:a.example"\n'
    )
    _, shown, _ = lint("--diff", str(trunk))
    assert "+    address: " in shown
    assert "hunter2" not in shown
    assert "\u202e" not in shown


def test_a_link_is_not_written_through(agent: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.yaml"
    link.symlink_to(agent)
    code, _, told = lint("--fix", str(link))
    assert (code, agent.read_bytes()) == (2, AGENT.encode())
    assert "a link" in told


def test_standard_input_cannot_be_changed() -> None:
    result = CliRunner().invoke(app, ["lint", "--fix", "-"], input=AGENT)
    assert (result.exit_code, "standard input" in result.stderr) == (2, True)
    result = CliRunner().invoke(app, ["lint", "--diff", "-"], input=AGENT)
    assert "+    - to: 'sip:500@pbx.example'" in result.stdout


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_an_edit_touches_its_value_alone(file: Path) -> None:
    for old, new in mend([str(file)], options(file), unsafe=True).files.values():
        changed = SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False).get_opcodes()
        lines = sum(max(b - a, d - c) for tag, a, b, c, d in changed if tag != "equal")
        assert lines <= 8


def test_words_between_tags_are_mended_in_their_place(tmp_path: Path) -> None:
    file = tmp_path / "refer.xml"
    before = (
        b"<Response>\r\n  <!-- the desk -->\r\n  <Refer><Sip>sip: a&amp;b@pbx.example </Sip></Refer>\r\n</Response>\r\n"
    )
    file.write_bytes(before)
    assert lint("--fix", str(file))[2] == "sipdiag: made 1 edit in 1 file\n"
    assert file.read_bytes() == before.replace(b"sip: a", b"sip:a")
    assert lint("--fix", str(file))[2] == "sipdiag: nothing to fix\n"


def test_a_space_within_a_name_is_not_taken_out_unasked(tmp_path: Path) -> None:
    """The name may have had another sign there, and then somebody else is called."""
    file = tmp_path / "agent.yaml"
    file.write_bytes(b'agent: {platform: other, rules: [{type: sip_refer, to: "sip:front desk@pbx.example"}]}\n')
    assert lint("--fix", str(file))[2].splitlines()[0] == "sipdiag: nothing to fix"
    lint("--fix", "--unsafe-fixes", str(file))
    assert b"sip:frontdesk@pbx.example" in file.read_bytes()


@pytest.mark.parametrize(
    ("value", "mended"),
    [
        ('"500@pbx.example"', True),
        ("500@pbx.example", True),
        ('&desk "500@pbx.example"', False),
        ("!!str 500@pbx.example", False),
        (">-\n      500@pbx.example", False),
    ],
)
def test_only_what_can_be_mended_is_said_to_be(value: str, mended: bool, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(f"agent:\n  platform: other\n  rules:\n  - name: s\n    type: sip_refer\n    to: {value}\n")
    before = CliRunner().invoke(app, ["lint", str(file), "--redact", "off"])
    assert ("(--fix does this)" in before.stdout) is mended
    after = CliRunner().invoke(app, ["lint", str(file), "--redact", "off", "--fix"])
    assert "--fix does this" not in after.stdout
    assert ("refer-to-missing-scheme" not in after.stdout) is mended


_PROFILE = '<profile name="ai"><settings><param name="disable-transfer" value="{}"/></settings></profile>\n'
_SET = '<include><X-PRE-PROCESS cmd="set" data="closed=true"/></include>\n'
_ENDPOINT = "[carrier]\ntype=endpoint\n{}\n"


@pytest.mark.parametrize(
    ("files", "mended"),
    [
        ({"ai.xml": _PROFILE.format("true")}, "ai.xml"),
        ({"ai.xml": _PROFILE.format("$${closed}"), "vars.xml": _SET}, None),
        ({"pjsip.conf": _ENDPOINT.format("allow_transfer=no")}, "pjsip.conf"),
        ({"pjsip.conf": _ENDPOINT.format("#include more.conf"), "more.conf": "allow_transfer=no\n"}, "more.conf"),
    ],
)
def test_a_value_that_a_variable_tells_is_left_to_people(
    files: dict[str, str], mended: str | None, tmp_path: Path
) -> None:
    """What is set elsewhere counts for more than this trunk; what another file includes is changed in that file."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    before = CliRunner().invoke(app, ["lint", str(tmp_path)])
    assert "trunk-refer-disabled" in before.stdout
    assert ("does this)" in before.stdout) is (mended is not None)
    CliRunner().invoke(app, ["lint", str(tmp_path), "--unsafe-fixes"])
    assert [n for n, text in files.items() if (tmp_path / n).read_text() != text] == ([mended] if mended else [])


@pytest.mark.parametrize("packed", ["agent.yaml.gz", "a.zip"])
def test_what_is_packed_is_not_said_to_be_mended(packed: str, agent: Path, tmp_path: Path) -> None:
    file = tmp_path / packed
    if packed.endswith(".gz"):
        file.write_bytes(gzip.compress(agent.read_bytes()))
    else:
        with zipfile.ZipFile(file, "w") as archive:
            archive.write(agent, "agent.yaml")
    told = CliRunner().invoke(app, ["lint", str(file)]).stdout
    assert "fix: " in told
    assert "does this)" not in told
