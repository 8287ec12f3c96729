"""A bundle holds what a ticket needs: the same verdict, hashes that fit, and nobody's numbers."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import stat
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from typer.testing import CliRunner

from sipdiag.cli import app
from sipdiag.pipeline import Options, examine
from sipdiag.reports.report import Report
from sipdiag.sources.inputs import Reading

ROOT = Path(__file__).parents[2]
CASE = ROOT / "fixtures" / "cases" / "rule-left-at-conference"
LAB = ROOT / "fixtures" / "captures" / "lab"


def made(out: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["bundle", *arguments, "-o", str(out)], env={"SIPDIAG_CASE_KEY": "of the test"})
    return result.exit_code, result.stderr


def told(report: Report) -> list[tuple[str, str | None]]:
    return [(v.outcome.value, v.cause.check.id if v.cause is not None else None) for v in report.verdicts]


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ([CASE], False),
        ([LAB / "s12-never-emitted-agent-hung-up.pcap", LAB / "s12-never-emitted-agent-hung-up.agent.json"], True),
        ([LAB / "s21-tcp-split-messages.pcap"], False),
        ([LAB / "s24-capture-starts-mid-call.pcap"], False),
    ],
)
def test_a_bundle_has_the_verdict_of_its_case(tmp_path: Path, inputs: list[Path], expected: bool) -> None:
    out = tmp_path / "case.zip"
    options = ["--expect-transfer"] if expected else []
    assert made(out, *map(str, inputs), *options)[0] == 0
    paths = [str(p) for p in inputs]
    assert told(examine([str(out)])) == told(examine(paths, Options(expect_transfer=expected)))
    with zipfile.ZipFile(out) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        for listed in (*manifest["inputs"], *manifest["reports"]):
            assert hashlib.sha256(archive.read(listed["name"])).hexdigest() == listed["sha256"]
        report = json.loads(archive.read("report.json"))
    assert {i["sha256"] for i in report["inputs"]} == {i["sha256"] for i in manifest["inputs"]}
    assert report["redaction"] == "on"


def test_no_number_host_or_file_name_of_the_case_is_in_it(tmp_path: Path) -> None:
    out = tmp_path / "case.zip"
    here = tmp_path / "customer-4711"
    here.mkdir()
    for file in CASE.iterdir():
        (here / f"acme-{file.name}").write_bytes(file.read_bytes())
    assert made(out, str(here))[0] == 0
    with zipfile.ZipFile(out) as archive:
        whole = b"".join(n.encode() + archive.read(n) for n in archive.namelist())
    for original in (b"2025550170", b"2025550100", b"7f3c91-55a0", b"acme", b"4711"):
        assert original not in whole


def test_the_same_case_and_key_give_the_same_bytes(tmp_path: Path) -> None:
    one, other = tmp_path / "one.zip", tmp_path / "other.zip"
    assert made(one, str(CASE))[0] == made(other, str(CASE))[0] == 0
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_a_bundle_of_tls_holds_what_the_keys_opened_and_no_key(tmp_path: Path) -> None:
    capture, keys = LAB / "s03-tls-with-keylog-complete.pcapng", LAB / "s03-tls-with-keylog-complete.keylog.txt"
    out = tmp_path / "case.zip"
    assert made(out, str(capture), str(keys), "--keylog", str(keys))[0] == 0
    whole = examine([str(capture)], Options(reading=Reading(keylog=keys)))
    assert told(examine([str(out)])) == told(whole)
    assert told(whole)[0][0] == "completed"
    with zipfile.ZipFile(out) as archive:
        copy, opened = (n for n in archive.namelist() if n.startswith("inputs/"))
        assert (PurePosixPath(copy).suffix, opened) == (".pcapng", f"{copy}.tls.txt")
        held = b"".join(archive.read(n) for n in archive.namelist())
    secrets = [bytes.fromhex(x) for line in keys.read_text().splitlines() if line for x in line.split()[1:]]
    assert len(secrets) > 2
    assert not any(s in held or s.hex().encode() in held for s in secrets if len(s) > 32)
    assert not any(i.encode() in held for i in whole.calls[0].call_ids)


def test_what_is_to_be_kept_stays_and_the_map_tells_the_rest(tmp_path: Path) -> None:
    out, who = tmp_path / "case.zip", tmp_path / "who.json"
    assert made(out, str(CASE / "call.pcap"), "--keep", "+1202555*", "--write-map", str(who))[0] == 0
    with zipfile.ZipFile(out) as archive:
        assert b"+12025550170" in archive.read("inputs/k1/call.pcap")
        assert who.name not in archive.namelist()
    assert stat.S_IMODE(who.stat().st_mode) == 0o600
    assert "+12025550170" not in {e["original"] for e in json.loads(who.read_text())["map"]}


def test_originals_are_never_bundled(tmp_path: Path) -> None:
    code, said = made(tmp_path / "case.zip", str(CASE), "--redact", "off")
    assert (code, list(tmp_path.iterdir())) == (2, [])
    assert "there are on, strict" in said


def test_an_input_that_was_changed_afterwards_is_not_taken_for_that_of_the_bundle(tmp_path: Path) -> None:
    out, changed = tmp_path / "case.zip", tmp_path / "changed.zip"
    assert made(out, str(CASE))[0] == 0
    with zipfile.ZipFile(out) as archive, zipfile.ZipFile(changed, "w") as copy:
        for name in archive.namelist():
            data = archive.read(name)
            copy.writestr(name, data.replace(b"conference", b"sip_refer ") if name.endswith("agent.json") else data)
    before, after = examine([str(out)]), examine([str(changed)])
    assert [i.failed for i in before.inputs] == [False] * 3
    assert [i.failed for i in after.inputs] == [True, False, False]
    assert "its SHA-256 is another one" in after.inputs[0].problems[0]


def test_nothing_readable_makes_no_bundle(tmp_path: Path) -> None:
    out = tmp_path / "case.zip"
    code, said = made(out, str(tmp_path / "nobody.pcap"))
    assert (code, out.exists()) == (2, False)
    assert "nothing that was named could be read" in said


def test_the_settings_hold_for_a_bundle_too(tmp_path: Path) -> None:
    """As far as whoever gets it can be told: the zip names them, and its diagnosis is the same."""
    case, out = tmp_path / "case", tmp_path / "case.zip"
    shutil.copytree(LAB.parent.parent / "platforms" / "retell", case)
    (case / "sipdiag.toml").write_text(
        'expect = "refer"\nexclude = ["llm_refer*", "phone*"]\nselect = ["never-sent"]\n'
    )
    code, said = made(out, str(case), "--settings", str(case / "sipdiag.toml"))
    assert code == 0
    assert "do not count" not in said
    with zipfile.ZipFile(out) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        report = json.loads(archive.read("report.json"))
    assert manifest["options"] == {"expect_refer": True, "select": ["never-sent"]}
    assert len(manifest["inputs"]) == 2
    assert {f["severity"] for f in report["findings"] if f["check"] == "transfer-type-not-refer"} == {"error"}


def test_what_a_bundle_cannot_tell_of_the_settings_is_said(tmp_path: Path) -> None:
    case, out = tmp_path / "case", tmp_path / "case.zip"
    shutil.copytree(CASE, case)
    (tmp_path / "sipdiag.toml").write_text('[[paths]]\nmatch = ["*.json"]\nexpect = "refer"\n')
    code, said = made(out, str(case), "--settings", str(tmp_path / "sipdiag.toml"))
    assert code == 0
    assert "sipdiag: profiles, and settings of single paths, do not count in a bundle\n" in said


CORE = {"asterisk.conf": "[options]\nverbose = 3\n", "modules.conf": "[modules]\nautoload = yes\n"}
PJSIP = "[carrier]\ntype = endpoint\n{}\n"
AGENT = 'agent: {platform: other, trunk: carrier, rules: [{name: s, type: sip_refer, to: "sip:500@pbx.example"}]}\n'
SWITCH = '<profile name="ai"><gateways><X-PRE-PROCESS cmd="include" data="{}"/></gateways></profile>\n'
GATEWAY = '<include><gateway name="a"><param name="proxy" value="sip.example"/></gateway></include>\n'


@pytest.mark.parametrize(
    ("files", "check"),
    [
        ({"pjsip.conf": PJSIP.format("#include pjsip_hortensia.conf"), "pjsip_hortensia.conf": "allow_transfer = no\n"}, "trunk-refer-disabled"),
        ({"pjsip.conf": PJSIP.format("#include acme*.conf"), "acme 1.conf": "allow_transfer = no\n"}, None),
        ({"pjsip.conf": PJSIP.format('#include "/etc/asterisk/acme.conf"'), "acme.conf": "allow_transfer = no\n"}, "trunk-refer-disabled"),
        ({"ai.xml": SWITCH.format("hortensia.xml"), "hortensia.xml": GATEWAY}, None),
        ({"pjsip.conf": PJSIP.format("set_var = TRANSFER_CONTEXT=nowhere"), "extensions.conf": "[desk]\nexten => 500,1,Hangup()\n", **CORE}, "config-reference-dangling"),
    ],
)  # fmt: skip
def test_a_file_that_another_one_includes_is_found_in_a_bundle(
    tmp_path: Path, files: dict[str, str], check: str | None
) -> None:
    """What a name tells of its file is kept: which one includes it, and that the configuration is the whole one."""
    here, out = tmp_path / "here", tmp_path / "case.zip"
    here.mkdir()
    for name, text in (files | {"agent.yaml": AGENT}).items():
        (here / name).write_text(text)
    code, said = made(out, str(here))
    assert code == 0, said
    before, after = examine([str(here)]), examine([str(out)])
    assert [(f.found.check.id, f.found.severity) for f in after.findings] == [
        (f.found.check.id, f.found.severity) for f in before.findings
    ]
    assert [len(i.problems) for i in after.inputs] == [
        len(i.problems) for i in before.inputs if not i.failed or CORE.items() <= files.items()
    ]
    assert check is None or check in {f.found.check.id for f in after.findings}
    assert (told(after), after.exit_code()) == (told(before), before.exit_code())
    with zipfile.ZipFile(out) as archive:
        assert b"hortensia" not in b"".join(n.encode() + archive.read(n) for n in archive.namelist()).lower()


def test_files_without_folders_are_known_by_their_names_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As they are where they were given: a bundle puts them into a folder of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pjsip.conf").write_text(PJSIP.format("#include more/x.conf"))
    (tmp_path / "x.conf").write_text("allow_transfer = no\n")
    assert made(tmp_path / "case.zip", "pjsip.conf", "x.conf")[0] == 0
    for inputs in (["pjsip.conf", "x.conf"], ["case.zip"]):
        assert {f.found.check.id for f in examine(inputs).findings} == {"trunk-refer-disabled"}


@pytest.mark.parametrize(
    "name", ["acme-4711.json", "Hortensia.json", "+12025550170.json", "acme.de.json", "-.json", "a\tb.json"]
)
def test_a_name_tells_no_more_than_the_copies(tmp_path: Path, name: str) -> None:
    here, out = tmp_path / "here", tmp_path / "case.zip"
    here.mkdir()
    for file in CASE.iterdir():
        shutil.copy(file, here / (name if file.name == "agent.json" else file.name))
    assert made(out, str(here))[0] == 0
    with zipfile.ZipFile(out) as archive:
        names = " ".join(archive.namelist()).lower()
        assert len({n for n in archive.namelist() if n.endswith(".json") and n.startswith("inputs/")}) == 2
    assert not any(word in names for word in ("acme", "4711", "hortensia", "2025550170", "\t"))
    assert told(examine([str(out)])) == told(examine([str(CASE)]))


def test_two_files_whose_names_become_one_are_both_there(tmp_path: Path) -> None:
    one, other, out = tmp_path / "call.pcap", tmp_path / "call.pcap.gz", tmp_path / "case.zip"
    shutil.copy(CASE / "call.pcap", one)
    other.write_bytes(gzip.compress((LAB / "s24-capture-starts-mid-call.pcap").read_bytes()))
    assert made(out, str(one), str(other))[0] == 0
    with zipfile.ZipFile(out) as archive:
        assert [n for n in archive.namelist() if n.startswith("inputs/")] == [
            "inputs/k1/call.pcap",
            "inputs/k1/in2.pcap",
        ]


def test_a_bundle_of_before_is_diagnosed_as_it_was(tmp_path: Path) -> None:
    """Its inputs have no names but their ids, and the manifest tells no more of them."""
    out, old = tmp_path / "case.zip", tmp_path / "old.zip"
    assert made(out, str(CASE))[0] == 0
    with zipfile.ZipFile(out) as archive, zipfile.ZipFile(old, "w") as copy:
        manifest = json.loads(archive.read("manifest.json"))
        for n, item in enumerate(manifest["inputs"], 1):
            data = archive.read(item["name"])
            item["name"] = f"inputs/k1/in{n}{PurePosixPath(item['name']).suffix}"
            del item["named"], item["called"]
            copy.writestr(item["name"], data)
        copy.writestr("manifest.json", json.dumps(manifest))
    assert told(examine([str(old)])) == told(examine([str(CASE)]))
    assert [i.named for i in examine([str(old)]).inputs] == [True] * 3


@pytest.mark.parametrize("twice", [False, True])
def test_what_is_packed_is_redacted_and_not_packed_any_more(tmp_path: Path, twice: bool) -> None:
    packed, out = tmp_path / "given" / "agent.json.gz", tmp_path / "case.zip"
    packed.parent.mkdir()
    shutil.copy(CASE / "call.pcap", packed.parent)
    data = gzip.compress((CASE / "agent.json").read_bytes())
    packed.write_bytes(gzip.compress(data) if twice else data)
    _, err = made(out, str(packed.parent))
    with zipfile.ZipFile(out) as archive:
        inputs = [n for n in archive.namelist() if n.startswith("inputs/")]
    assert ("inputs/k1/agent.json" in inputs) is not twice
    assert ("left out of the bundle" in err) is twice
