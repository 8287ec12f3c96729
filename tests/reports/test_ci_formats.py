"""What CI systems read: each format parsed as its reader would, also with values that were made to break it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase
from typer.testing import CliRunner

from sipdiag.cli import app
from sipdiag.cli.spared import spare
from sipdiag.pipeline import Options, examine
from sipdiag.reports import github, gitlab, junit, sarif
from sipdiag.reports.formats import FORMATS, Style
from sipdiag.reports.notices import OUTCOME, UNREAD, notices
from sipdiag.reports.report import Report
from sipdiag.reports.show import Show, is_harmless
from sipdiag.settings.settings import Settings
from sipdiag.stages import Severity

ROOT = Path(__file__).parents[2]
CASE = ROOT / "fixtures" / "cases" / "rule-left-at-conference"
LAB = sorted((ROOT / "fixtures" / "captures" / "lab").glob("s*.pcap*"))
SCHEMA = json.loads((ROOT / "tests" / "vendored" / "sarif-2.1.0.json").read_text("utf-8"))
VALID = jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.FormatChecker())

HOSTILE = [
    "<script>alert(1)</script>",
    "\x1b[31mred\x1b[0m \x9b2J",
    "\u202egnp.exe \u2066x\u2069 \u200b",
    "a\n::error file=x::owned\r\n::stop-commands::z",
    "100%0A::warning::%0D%25",
    "\x00\x01\x07",
    "]]><!--&amp;<failure/>",
    "[click](https://evil.example) {0} {{x}} `x` | <b> @all #1 **b** www.evil.example",
    "\ufffe\uffff",
    "x" * 1_000_000,
]


def files(report: Report) -> dict[str, str]:
    return {i.path: Path(i.path).name for i in report.inputs}


def hostile(folder: Path, value: str) -> Report:
    """A rule whose name and destination are the value."""
    rule = {"name": value, "type": "conference", "to": f"sip:{value}"}
    file = folder / "own.json"
    file.write_text(json.dumps({"agent": {"platform": "other", "rules": [rule, {**rule, "type": "sip_refer"}]}}))
    report = examine([str(file)])
    assert report.findings
    return report


@pytest.fixture(params=HOSTILE, ids=lambda v: repr(v[:12]))
def made_to_break(request: pytest.FixtureRequest, tmp_path: Path) -> Report:
    return hostile(tmp_path, request.param)


def log_of(report: Report, exit_code: int = 0) -> dict[str, object]:
    text = sarif.render(report, Show(), files(report), exit_code)
    log: dict[str, object] = json.loads(text)
    VALID.validate(log)
    return log


def run_of(report: Report) -> dict[str, list[dict[str, object]]]:
    runs = log_of(report)["runs"]
    assert isinstance(runs, list)
    found: dict[str, list[dict[str, object]]] = runs[0]
    return found


@pytest.mark.parametrize("path", [CASE, *LAB], ids=lambda p: p.name)
def test_sarif_is_valid_and_holds_every_finding(path: Path) -> None:
    report = examine([str(path)])
    results = run_of(report)["results"]
    assert [r["ruleId"] for r in results] == [n.rule for n in notices(report, Show(), suppressed=True)]
    assert sarif.render(report, Show(), {}) == sarif.render(examine([str(path)]), Show(), {})


def test_sarif_names_rules_places_and_the_order_of_messages() -> None:
    refused = next(p for p in LAB if "603" in p.name)
    run = json.loads(sarif.render(examine([str(refused)]), Show(), {str(refused): "lab/a b.pcap"}))["runs"][0]
    (rule,), (result,) = run["tool"]["driver"]["rules"], run["results"]
    assert rule["id"] == result["ruleId"] == "refer-refused-by-policy"
    assert rule["helpUri"].startswith("https://www.rfc-editor.org/rfc/rfc3515")
    assert rule["help"]["markdown"].endswith("`sipdiag explain refer-refused-by-policy`")
    assert len(rule["properties"]["tags"]) <= 10
    assert set(result["partialFingerprints"]) == {"sipdiag/v1"}
    (place,) = result["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "lab/a%20b.pcap", "uriBaseId": "%SRCROOT%", "index": 0},
        "region": {"startLine": 1},
    }
    assert place["logicalLocations"][0]["fullyQualifiedName"] == f"frame {place['properties']['frame']}"
    assert run["artifacts"][0]["hashes"]["sha-256"]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    frames = [s["location"]["properties"]["frame"] for s in steps]
    assert frames == sorted(frames)
    assert "REFER" in " ".join(s["location"]["message"]["text"] for s in steps)
    assert [s for s in steps if s["importance"] == "essential"]


def test_sarif_marks_lines_of_configuration() -> None:
    report = examine([str(CASE)])
    result = run_of(report)["results"][0]
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "agent.json", "uriBaseId": "%SRCROOT%", "index": 0},
                "region": {"startLine": 25, "startColumn": 36},
            },
            "logicalLocations": [
                {"fullyQualifiedName": report.findings[0].found.finding.at.pointer, "kind": "value"}  # type: ignore[union-attr]
            ],
        }
    ]


def test_sarif_keeps_no_folder_of_what_lies_outside_the_repository() -> None:
    text = sarif.render(examine([str(CASE)]), Show(), {})
    assert '"uri": "agent.json"' in text
    assert str(ROOT) not in text


def many(folder: Path, rules: int) -> Report:
    rule = {"type": "conference", "to": "sip:500@pbx.example"}
    file = folder / "many.json"
    agent = {"platform": "other", "rules": [{**rule, "name": f"r{n}"} for n in range(rules)]}
    file.write_text(json.dumps({"agent": agent}))
    return examine([str(file)])


def test_sarif_stops_at_five_thousand_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sarif.MOST_RESULTS == 5_000
    assert sarif.MOST_STEPS == 1_000
    monkeypatch.setattr(sarif, "MOST_RESULTS", 7)
    run = run_of(many(tmp_path, 9))
    assert len(run["results"]) == 7
    assert "more results, the mildest, are left out" in json.dumps(run["invocations"])


def test_a_code_flow_stops_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_STEPS", 3)
    refused = next(p for p in LAB if "603" in p.name)
    flow = run_of(examine([str(refused)]))["results"][0]["codeFlows"]
    assert len(flow[0]["threadFlows"][0]["locations"]) == 3  # type: ignore[index]


def test_sarif_survives(made_to_break: Report) -> None:
    text = sarif.render(made_to_break, Show(), files(made_to_break))
    VALID.validate(json.loads(text))
    assert is_harmless(text.replace("\n", ""))
    assert len(text) < 200_000
    for result in json.loads(text)["runs"][0]["results"]:
        words = result["message"]["text"]
        assert not re.search(r"(?<!\\)\]\(", words), "no link"
        assert not re.search(r"(?<!\{)(\{\{)*\{(?!\{)", words), "no placeholder"


def cases_of(report: Report, fail_on: Severity | None = Severity.ERROR) -> dict[str, dict[str, TestCase]]:
    text = junit.render(report, Show(), fail_on)
    assert is_harmless(text.replace("\n", ""))
    return {suite.name: {c.name: c for c in suite} for suite in JUnitXml.fromstring(text.encode())}


def test_junit_has_a_suite_for_each_input_and_a_case_for_each_check() -> None:
    report = examine([str(CASE)])
    suites = cases_of(report)
    assert list(suites) == [*(i.path for i in report.inputs), junit.WHOLE]
    bad = suites[str(CASE / "agent.json")]["transfer-type-not-refer"]
    assert [type(r) for r in bad.result] == [Failure]
    assert "agent.json:25:36" in bad.result[0].text
    whole = suites[junit.WHOLE]
    assert whole.keys() >= set(report.passed)
    for check in report.not_run:
        assert [type(r) for r in whole[check].result] == [Skipped]
    assert len(whole) + 1 == report.checks_total


def test_junit_fails_what_the_exit_code_fails() -> None:
    report = examine([str(CASE)])
    file = str(CASE / "agent.json")
    assert not cases_of(report, None)[file]["transfer-type-not-refer"].result


def test_junit_says_which_input_could_not_be_read(tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text('{"a": [')
    (suite,) = cases_of(examine([str(file)])).values()
    assert [type(r) for r in suite[UNREAD].result] == [Error]


def test_a_broken_document_of_a_folder_is_a_warning(tmp_path: Path) -> None:
    """Nobody named it, so the exit code stays; it may be a configuration, so each format tells of it and of its place."""
    (tmp_path / "agent.yaml").write_text("agent:\n  platform: other\n  rules: [{type: sip_refer\n")
    (tmp_path / "good.yaml").write_text("agent: {platform: other, rules: []}\n")
    report = examine([str(tmp_path)], Options(command="lint"))
    assert report.exit_code(Severity.WARNING) == 0
    (notice,) = [n for n in notices(report, Show()) if n.rule == UNREAD]
    assert (notice.severity, notice.line) == (Severity.WARNING, 4)
    assert not notice.text[0].isdigit()
    (case,) = [
        c for suite in cases_of(report, Severity.WARNING).values() for name, c in suite.items() if name == UNREAD
    ]
    assert [type(r) for r in case.result] == [Skipped]
    plain = FORMATS["plain"](report, Show(), Style())
    assert f"agent.yaml:4:{notice.column}: error: {notice.text}\n" in "".join(plain)
    assert not [n for n in notices(examine([str(tmp_path)]), Show()) if n.rule == UNREAD]


def test_junit_survives(made_to_break: Report) -> None:
    suites = cases_of(made_to_break, Severity.INFO)
    assert any(type(r) is Failure for s in suites.values() for c in s.values() for r in c.result)


COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """As the runner reads them."""
    found = []
    for line in text.splitlines():
        match = COMMAND.fullmatch(line)
        assert match is not None, line[:200]
        properties = dict(p.split("=", 1) for p in match[2].split(","))
        found.append((match[1], {k: unquote(v) for k, v in properties.items()}, match[3]))
    return found


def test_github_annotates_the_line() -> None:
    report = examine([str(CASE)])
    ((level, properties, message),) = commands(github.render(report, Show(), files(report)))
    assert level == "error"
    assert properties == {"file": "agent.json", "line": "25", "col": "36", "title": "transfer-type-not-refer"}
    assert message.startswith("rule transfer_to_number has type conference")


def test_github_survives(made_to_break: Report) -> None:
    text = github.render(made_to_break, Show(), files(made_to_break))
    told = commands(text)
    assert len(told) == len(notices(made_to_break, Show()))
    assert is_harmless(text.replace("\n", ""))
    assert {p["file"] for _, p, _ in told} == {"own.json"}
    assert not any(re.search(r"%(?!25|0A|0D)", message) for _, _, message in told)


def test_the_job_summary_survives(made_to_break: Report) -> None:
    text = github.job_summary(made_to_break, Show())
    assert is_harmless(text.replace("\n", ""))
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) > 4
    for row in rows:
        assert row.count("|") in (5, 6), row[:200]
        assert not re.search(r"[<>`@\[\]*]|https?://|www\.", row), row[:200]


def test_the_job_summary_goes_to_the_file_that_github_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "summary.md"
    file.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    done = CliRunner().invoke(app, ["lint", str(CASE / "agent.json"), "--format", "github", "--expect", "refer"])
    assert done.exit_code == 1
    assert file.read_text().startswith("before\n## sipdiag\n")
    assert "transfer&#45;type" not in file.read_text()
    assert "transfer-type-not-refer" in file.read_text()


@pytest.mark.parametrize("format", ["text", "plain", "markdown", "html", "summary"])
def test_what_is_left_out_is_counted(format: str, tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "agent.yaml").write_text(
        "agent:\n  platform: other\n  # sipdiag: ignore[refer-to-missing-domain] known\n"
        '  rules: [{name: s, type: sip_refer, to: "sip:500"}]\n'
    )
    report = spare(examine([str(tmp_path)], Options(command="lint")), Settings())
    summary = github.job_summary(report, Show())
    text = summary if format == "summary" else "".join(FORMATS[format](report, Show(), Style()))
    assert "1 suppressed, 1 file passed over" in text


def test_gitlab_has_what_its_widget_wants() -> None:
    report = examine([str(CASE)])
    (row,) = json.loads(gitlab.render(report, Show(), files(report)))
    assert row["check_name"] == "transfer-type-not-refer"
    assert row["severity"] == "major"
    assert row["location"] == {"path": "agent.json", "lines": {"begin": 25}}
    assert row["fingerprint"] == report.findings[0].fingerprint


def test_gitlab_fingerprints_are_unique(tmp_path: Path) -> None:
    twin = (CASE / "agent.json").read_bytes()
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_bytes(twin)
    report = examine([str(tmp_path)])
    rows = json.loads(gitlab.render(report, Show(), files(report)))
    assert len({r["fingerprint"] for r in rows}) == len(rows) >= 2
    assert len({f.fingerprint for f in report.findings}) < len(rows)


def test_gitlab_survives(made_to_break: Report) -> None:
    text = gitlab.render(made_to_break, Show(), files(made_to_break))
    assert json.loads(text)
    assert is_harmless(text.replace("\n", ""))


def test_a_failed_transfer_without_cause_is_told_too() -> None:
    refused = next(p for p in LAB if "603" in p.name)
    report = examine([str(refused)], Options(ignore=("refer-refused-by-policy", "refer-rejected")))
    assert report.verdicts[0].cause is None
    assert report.exit_code() == 1
    (told,) = notices(report, Show())
    assert (told.rule, told.severity, told.transfers) == (OUTCOME, Severity.ERROR, ("t1",))
    assert told.frame is not None
    assert run_of(report)["results"][0]["ruleId"] == OUTCOME


@pytest.mark.parametrize("name", ["sarif", "junit", "github", "gitlab"])
def test_the_exit_code_is_the_same_in_every_format(name: str) -> None:
    assert CliRunner().invoke(app, ["diagnose", str(CASE), "--format", name]).exit_code == 1
    assert CliRunner().invoke(app, ["lint", "no-such-file", "--format", name]).exit_code == 2
