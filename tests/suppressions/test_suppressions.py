"""What is suppressed does not count, stays visible, and is warned of when it fits nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sipdiag.cli import app
from sipdiag.pipeline import Options, examine
from sipdiag.places import Place
from sipdiag.reports.report import Report
from sipdiag.suppressions.apply import Spared, apply
from sipdiag.suppressions.claim import Claim

TWO = """\
agent:
  platform: other
  rules:
    - name: one
      type: conference{one}
      to: "sip:500@pbx.example"
    - name: two
      type: conference{two}
      to: "sip:501@pbx.example"
"""
RULE = "transfer-type-not-refer"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIPDIAG_SETTINGS", raising=False)
    (tmp_path / "sipdiag.toml").write_text('expect = "refer"\n')
    document(tmp_path)
    return tmp_path


def document(folder: Path, one: str = "", two: str = "", name: str = "a.yaml") -> None:
    (folder / name).write_text(TWO.format(one=one, two=two))


def settings(folder: Path, more: str) -> None:
    (folder / "sipdiag.toml").write_text(f'expect = "refer"\n{more}')


def lint(*arguments: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(app, ["lint", *(arguments or ["."]), "--format", "json"])
    assert done.stdout, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    assert document["summary"]["exit_code"] == done.exit_code
    return done.exit_code, document


def told(document: dict[str, Any], check: str = RULE) -> list[dict[str, str] | None]:
    return [f["suppressed"] for f in document["findings"] if f["check"] == check]


def test_without_any_both_count(folder: Path) -> None:
    code, document = lint()
    assert (code, told(document)) == (1, [None, None])


def test_a_comment_spares_its_line_and_the_transfer_with_it(folder: Path) -> None:
    document(folder, one=f"  # sipdiag: ignore[{RULE}] the desk is old")
    code, found = lint()
    assert (code, told(found)) == (1, [{"kind": "inline", "reason": "the desk is old", "until": None}, None])
    document(folder, one=f"  # sipdiag: ignore[{RULE}] old", two=f"  # sipdiag: ignore[{RULE}] old too")
    code, found = lint()
    assert code == 0
    assert found["summary"]["errors"] == 0
    assert found["summary"]["suppressed"] == 2
    assert len(found["findings"]) == 2, "they stay"
    assert [t["suppressed"]["kind"] for t in found["transfers"]] == ["inline", "inline"]


def test_a_file_is_spared_by_its_path(folder: Path) -> None:
    settings(folder, f'[[paths]]\nmatch = ["*.yaml"]\nignore = ["{RULE}"]\nreason = "old"\nuntil = 9999-01-01\n')
    code, found = lint()
    assert (code, told(found)) == (0, [{"kind": "path", "reason": "old", "until": "9999-01-01"}] * 2)


def test_a_check_is_spared_by_its_id_or_family(folder: Path) -> None:
    for name in (RULE, "never-sent"):
        settings(folder, f'[[suppress]]\ncheck = "{name}"\nreason = "old"\n')
        code, found = lint()
        assert (code, [t["kind"] for t in told(found) if t]) == (0, ["check"] * 2)


def test_the_first_that_fits_gives_the_reason_and_all_count_as_used(folder: Path) -> None:
    document(folder, one=f"  # sipdiag: ignore[{RULE}] inline", two=f"  # sipdiag: ignore[{RULE}] inline")
    suppress = f'[[suppress]]\ncheck = "{RULE}"\nreason = "check"\n'
    settings(folder, suppress + f'[[paths]]\nmatch = ["*.yaml"]\nignore = ["{RULE}"]\nreason = "path"\n')
    code, found = lint()
    assert (code, [t["reason"] for t in told(found) if t]) == (0, ["path", "path"])
    assert told(found, "suppression-unused") == []


@pytest.mark.parametrize(
    ("more", "comment", "check", "at"),
    [
        (
            f'[[suppress]]\ncheck = "{RULE}"\nreason = "x"\nuntil = 2020-01-01\n',
            "",
            "suppression-expired",
            ("settings", 2),
        ),
        ('[[suppress]]\ncheck = "transfer-tool-missing"\nreason = "x"\n', "", "suppression-unused", ("settings", 2)),
        ("", f"  # sipdiag: ignore[{RULE}] until 2020-01-01 x", "suppression-expired", ("in1", 5)),
        ("", "  # sipdiag: ignore[transfer-tool-missing] x", "suppression-unused", ("in1", 5)),
        ("", f"  # sipdiag: ignore[{RULE}]", "suppression-malformed", ("in1", 5)),
        ("", "  # sipdiag: ignore[transfer-type-not-refr] x", "suppression-malformed", ("in1", 5)),
    ],
)
def test_what_fits_nothing_or_is_over_is_a_warning_with_its_place(
    folder: Path, more: str, comment: str, check: str, at: tuple[str, int]
) -> None:
    settings(folder, more)
    document(folder, one=comment)
    code, found = lint()
    assert (code, told(found)) == (1, [None, None])
    (warning,) = [f for f in found["findings"] if f["check"] == check]
    assert (warning["severity"], warning["at"]["input"], warning["at"]["line"]) == ("warning", *at)
    text = CliRunner().invoke(app, ["lint", "."]).stdout
    name = "sipdiag.toml" if at[0] == "settings" else "a.yaml"
    assert f"{name}:{at[1]}:" in text
    settings(folder, 'ignore = ["suppressions"]\n' + more)
    assert [f for f in lint()[1]["findings"] if f["check"] == check] == []


def test_nothing_is_said_of_checks_that_had_nothing_to_look_at(folder: Path) -> None:
    settings(folder, '[[suppress]]\ncheck = "refer-refused-by-policy"\nreason = "x"\n')
    assert told(lint()[1], "suppression-unused") == []


def test_settings_for_files_that_are_nowhere_are_told_where_all_was_read(folder: Path) -> None:
    """What is there and passed over is meant; a run over less than the folder of the settings tells nothing."""
    below = folder / "legacy"
    below.mkdir()
    document(below)
    (below / "notes.json").write_text('{"name": "x"}')
    settings(folder, '[[paths]]\nmatch = ["legacy/notes.*"]\nplatform = "vapi"\n')
    assert told(lint()[1], "suppression-unused") == []
    settings(folder, '[[paths]]\nmatch = ["legcy/", "*.draft"]\nplatform = "vapi"\n')
    (warning,) = [f for f in lint()[1]["findings"] if f["check"] == "suppression-unused"]
    assert warning["message"] == "no file here is meant by these patterns: legcy/, *.draft"
    assert (warning["at"]["input"], warning["at"]["line"]) == ("settings", 2)
    for less in ("legacy", "a.yaml"):
        assert "no file here" not in CliRunner().invoke(app, ["lint", less]).stdout


def test_a_warning_about_settings_is_no_input_that_was_read(folder: Path) -> None:
    (folder / "a.yaml").unlink()
    settings(folder, f'[[suppress]]\ncheck = "{RULE}"\nreason = "x"\nuntil = 2020-01-01\n')
    assert CliRunner().invoke(app, ["lint", "."]).exit_code == 2


def test_the_footer_counts_what_does_not_count(folder: Path) -> None:
    document(folder, one=f"  # sipdiag: ignore[{RULE}] the desk is old")
    CliRunner().invoke(app, ["baseline", "write", "known.json", "."])
    done = CliRunner().invoke(app, ["lint", ".", "--baseline", "known.json"])
    assert done.exit_code == 0
    assert "1 suppressed, 1 in the baseline" in done.stdout
    assert "suppressed (inline): the desk is old" in " ".join(done.stdout.split())
    plain = CliRunner().invoke(app, ["lint", ".", "--baseline", "known.json", "--format", "plain"])
    assert "1 suppressed, 1 in the baseline" in plain.stdout
    assert "transfer t1: does not count: suppressed (inline): the desk is old" in plain.stdout.splitlines()


def test_suppressed_results_stay_in_sarif_with_their_reason(folder: Path) -> None:
    document(folder, one=f"  # sipdiag: ignore[{RULE}] until 9999-01-01 the desk is old")
    settings(folder, f'[[paths]]\nmatch = ["b.yaml"]\nignore = ["{RULE}"]\nreason = "old [x](y)"\n')
    document(folder, name="b.yaml")
    log = json.loads(CliRunner().invoke(app, ["lint", ".", "--format", "sarif"]).stdout)
    kept = [r["suppressions"][0] for r in log["runs"][0]["results"] if "suppressions" in r]
    assert sorted((k["kind"], k["justification"]) for k in kept) == [
        ("external", "old [x](y)"),
        ("external", "old [x](y)"),
        ("inSource", "the desk is old (until 9999-01-01)"),
    ]


def test_the_last_day_is_one_of_those_on_which_it_holds(folder: Path) -> None:
    report: Report = examine(["a.yaml"], Options(command="lint"))
    claim = Claim("check", (RULE,), "x", Place("settings", 1, 1), until=date(2027, 1, 31))
    for today, spared in ((date(2027, 1, 31), True), (date(2027, 2, 1), False)):
        done = apply(report, Spared((claim,)), today)
        assert [f.suppressed is not None for f in done.findings if f.found.check.id == RULE] == [spared, spared]


def test_what_is_suppressed_or_excluded_is_not_mended(folder: Path) -> None:
    wrong = 'agent: {platform: other, rules: [{name: s, type: sip_refer, to: "sip:500 @pbx.example"}]}'
    (folder / "a.yaml").write_text(f"{wrong}  # sipdiag: ignore[refer-to-syntax] it is an example\n")
    (folder / "b.yaml").write_text(f"{wrong}\n")
    (folder / "drafts").mkdir()
    (folder / "drafts" / "c.yaml").write_text(f"{wrong}\n")
    settings(folder, 'exclude = ["drafts/"]\n')
    CliRunner().invoke(app, ["lint", ".", "--fix"])
    assert "500 @" in (folder / "a.yaml").read_text()
    assert "500 @" not in (folder / "b.yaml").read_text()
    assert "500 @" in (folder / "drafts" / "c.yaml").read_text()
