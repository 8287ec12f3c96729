"""Folders whose files belong to one configuration are one case; other folders stay cases of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.pipeline import Options, examine
from sipdiag.reports.report import Report

PROFILE = """<profile name="external">
  <gateways><X-PRE-PROCESS cmd="include" data="external/*.xml"/></gateways>
  <settings><param name="context" value="public"/><param name="sip-port" value="$${port}"/></settings>
</profile>"""
SWITCH = {
    "freeswitch.xml": '<document type="freeswitch/xml"><X-PRE-PROCESS cmd="include" data="vars.xml"/>'
    '<section name="configuration"><X-PRE-PROCESS cmd="include" data="autoload_configs/*.xml"/></section>'
    '<section name="dialplan"><X-PRE-PROCESS cmd="include" data="dialplan/*.xml"/></section></document>',
    "vars.xml": '<include><X-PRE-PROCESS cmd="set" data="port=5080"/>'
    '<X-PRE-PROCESS cmd="set" data="carrier=gw.carrier.example"/></include>',
    "autoload_configs/sofia.conf.xml": '<configuration name="sofia.conf"><profiles>'
    '<X-PRE-PROCESS cmd="include" data="../sip_profiles/*.xml"/></profiles></configuration>',
    "sip_profiles/external.xml": PROFILE,
    "sip_profiles/external/carrier.xml": '<include><gateway name="carrier"><param name="proxy" value="$${carrier}"/>'
    "</gateway></include>",
    "dialplan/public.xml": '<include><context name="public"><X-PRE-PROCESS cmd="include" data="public/*.xml"/></context>'
    "</include>",
    "dialplan/public/in.xml": '<include><extension name="in"><condition field="destination_number" expression="^(.*)$">'
    '<action application="bridge" data="sofia/gateway/{}/$1"/></condition></extension></include>',
}
PJSIP = "[transport]\ntype=transport\nprotocol=udp\nbind=0.0.0.0\n"
CARRIER = "[carrier]\ntype=endpoint\ntransport=transport\ncontext=from-carrier\naors=carrier\n\n[carrier]\ntype=aor\ncontact=sip:gw.example\n"


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def lint(*paths: Path, each: bool = False) -> Report:
    return examine([str(p) for p in paths], Options(command="lint", each=each))


def said(report: Report) -> list[tuple[str, str]]:
    return [(f.found.check.id, f.found.finding.plain) for f in report.findings]


def cases(report: Report) -> set[str]:
    return {i.case for i in report.inputs}


def test_a_switch_and_all_that_it_includes_is_one_case(tmp_path: Path) -> None:
    files = SWITCH | {"dialplan/public/in.xml": SWITCH["dialplan/public/in.xml"].format("carrier")}
    report = lint(write(tmp_path, files))
    assert cases(report) == {"k1"}
    assert not [p for i in report.inputs for p in i.problems]
    assert said(report) == []


def test_a_gateway_that_no_file_of_the_tree_has_is_told_once(tmp_path: Path) -> None:
    files = SWITCH | {"dialplan/public/in.xml": SWITCH["dialplan/public/in.xml"].format("carier")}
    found = said(lint(write(tmp_path, files)))
    assert [check for check, _ in found] == ["config-reference-dangling"]
    assert "carier" in found[0][1]


def test_variables_count_for_what_lies_below_the_folder_of_their_file(tmp_path: Path) -> None:
    files = {k: v for k, v in SWITCH.items() if k != "freeswitch.xml"}
    report = lint(
        write(tmp_path, files | {"dialplan/public/in.xml": files["dialplan/public/in.xml"].format("carrier")})
    )
    assert not [p for i in report.inputs for p in i.problems if "$$" in p]


def test_without_the_files_it_is_said_what_is_missing(tmp_path: Path) -> None:
    report = lint(write(tmp_path, {"sip_profiles/external.xml": PROFILE}))
    assert [p for i in report.inputs for p in i.problems if p.startswith("includes external/*.xml")]


@pytest.mark.parametrize("named", ["pjsip.d/*.conf", "/etc/asterisk/pjsip.d/*.conf", "pjsip.d/carrier.conf"])
def test_asterisk_looks_below_its_folder_of_configuration(tmp_path: Path, named: str) -> None:
    plan = "[from-carrier]\nexten => _X.,1,Dial(PJSIP/${EXTEN}@carrer)\n"
    files = {"pjsip.conf": f"{PJSIP}\n#include {named}\n", "pjsip.d/carrier.conf": CARRIER, "extensions.conf": plan}
    report = lint(write(tmp_path, files))
    assert cases(report) == {"k1"}
    assert not [p for i in report.inputs for p in i.problems]


def test_neighbours_with_the_same_layout_stay_apart(tmp_path: Path) -> None:
    files = {f"{site}/{name}": text for site in ("one", "two") for name, text in SWITCH.items()}
    report = lint(write(tmp_path, files))
    by_site = {site: {i.case for i in report.inputs if f"/{site}/" in i.path} for site in ("one", "two")}
    assert [len(found) for found in by_site.values()] == [1, 1]
    assert by_site["one"] != by_site["two"]


def test_what_no_file_includes_stays_a_case_of_its_own(tmp_path: Path) -> None:
    agent = '{"agents": [{"name": "desk", "rules": [{"to": "sip:500@pbx.example", "method": "refer"}]}]}'
    files = {"vars.xml": SWITCH["vars.xml"], "agents/agent.json": agent, "trunks/pjsip.conf": PJSIP + CARRIER}
    assert len(cases(lint(write(tmp_path, files)))) == 3


def test_each_file_alone_stays_alone(tmp_path: Path) -> None:
    report = lint(write(tmp_path, SWITCH), each=True)
    assert len(cases(report)) == len(report.inputs) > 3
