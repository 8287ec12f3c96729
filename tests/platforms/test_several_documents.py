"""Documents of a PBX that mean something only together: variables set for others, files that others include."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.options import Options
from sipdiag.pipeline import examine
from sipdiag.platforms import Adapted, adapt, together
from sipdiag.platforms.document import Document
from sipdiag.sources.documents import read_document

VARS = '<include><X-PRE-PROCESS cmd="set" data="carrier=sip.carrier.example"/></include>'
PROFILE = (
    '<profile name="a"><gateways>{}</gateways><settings><param name="sip-port" value="5080"/></settings></profile>'
)
GATEWAY = '<gateway name="c"><param name="proxy" value="$${carrier}"/></gateway>'


def read(**files: str) -> dict[str, Adapted]:
    """What each file says beside the others; `__` in a name stands for `/` and the last `_` for the dot."""
    documents = []
    for number, (name, text) in enumerate(files.items(), 1):
        path = ".".join(name.replace("__", "/").rsplit("_", 1))
        node = read_document(text.encode(), path, f"in{number}")
        documents.append(Document(f"in{number}", path, node, adapt(node, path, f"in{number}")))
    found = together(documents)
    return {d.path: found.get(d.input) or d.adapted or Adapted("", "") for d in documents}


def lint(folder: Path, **files: str) -> tuple[list[str], list[str]]:
    """The errors of a folder with these files, and what is told of its inputs."""
    for name, text in files.items():
        (folder / ".".join(name.rsplit("_", 1))).write_text(text, "utf-8")
    report = examine([str(folder)], Options(command="lint"))
    return [f.found.check.id for f in report.findings], [p for i in report.inputs for p in i.problems]


def addresses(adapted: Adapted) -> list[str]:
    return [str(e.address) for t in adapted.trunks for e in t.each if e.address]


def test_a_variable_of_another_file_is_replaced() -> None:
    found = read(vars_xml=VARS, a_xml=PROFILE.format(GATEWAY))
    assert addresses(found["a.xml"]) == ["sip.carrier.example"]
    assert found["vars.xml"].kind == "config"


@pytest.mark.parametrize(
    "other",
    [
        VARS.replace("carrier=sip", "carrier=sip2"),
        VARS.replace('cmd="set"', 'cmd="env-set"'),
        VARS.replace("sip.carrier.example", "$${carrier_host}"),
    ],
)
def test_a_variable_of_which_the_files_do_not_agree_stays_open(other: str) -> None:
    files = {"vars_xml": VARS, "a_xml": PROFILE.format(GATEWAY)}
    found = read(**files, b_xml=other) if "carrier_host" not in other else read(**{**files, "vars_xml": other})
    assert addresses(found["a.xml"]) == []
    assert "whose value no file named together with it settles" in found["a.xml"].problems[0]


def test_what_the_switch_finds_by_itself_is_asked_of_nobody() -> None:
    found = read(a_xml=PROFILE.format("").replace("5080", "$${local_ip_v4}"))
    assert found["a.xml"].problems == ()


def test_an_included_file_is_read_where_it_is_included() -> None:
    include = '<X-PRE-PROCESS cmd="include" data="gateways/c.xml"/>'
    found = read(a_xml=PROFILE.format(include), gateways__c_xml=GATEWAY, vars_xml=VARS)
    assert addresses(found["a.xml"]) == ["sip.carrier.example"]
    assert found["gateways/c.xml"].trunks == ()
    assert found["a.xml"].problems == ()


def test_a_file_of_nothing_but_parameters_is_read_where_it_is_included(tmp_path: Path) -> None:
    include = '<X-PRE-PROCESS cmd="include" data="transfers.xml"/></settings>'
    params = '<include>\n<param name="disable-transfer" value="true"/>\n</include>'
    profile = PROFILE.format("").replace("</settings>", include)
    found, told = lint(tmp_path, a_xml=profile, transfers_xml=params)
    assert found == ["trunk-refer-disabled"]
    assert told == []


def test_a_file_of_parameters_that_nothing_includes_is_none_of_ours(tmp_path: Path) -> None:
    found, _ = lint(
        tmp_path, a_xml=PROFILE.format(""), other_xml='<include><param name="disable-transfer" value="true"/></include>'
    )
    assert found == []


def test_of_a_pattern_it_is_told_where_no_file_of_it_was_given() -> None:
    include = '<X-PRE-PROCESS cmd="include" data="gateways/*.xml"/>'
    found = read(a_xml=PROFILE.format(include), gateways__c_xml=GATEWAY, vars_xml=VARS)
    assert addresses(found["a.xml"]) == ["sip.carrier.example"]
    assert found["a.xml"].problems == ()
    alone = read(a_xml=PROFILE.format(include), vars_xml=VARS)
    assert alone["a.xml"].problems == ("includes gateways/*.xml, which counts only if it is given too",)


def test_files_that_include_each_other_end() -> None:
    text = '<include><context name="{}"><X-PRE-PROCESS cmd="include" data="{}.xml"/><extension name="e"><condition field="x" expression="y"/></extension></context></include>'
    found = read(a_xml=text.format("a", "b"), b_xml=text.format("b", "a"))
    assert {str(c.name) for d in found["a.xml"].dialplans for c in d.contexts} == {"a", "b"}
    assert found["b.xml"].dialplans == ()


def test_variables_that_name_each_other_end() -> None:
    sets = '<include><X-PRE-PROCESS cmd="set" data="a=$${b}$${b}"/><X-PRE-PROCESS cmd="set" data="b=$${a}$${a}"/></include>'
    found = read(vars_xml=sets, a_xml=PROFILE.format(GATEWAY.replace("carrier", "a")))
    assert addresses(found["a.xml"]) == []


def test_the_value_decides_and_its_place_is_where_it_is_used(tmp_path: Path) -> None:
    vars_xml = VARS.replace("carrier=sip.carrier.example", "off=true")
    profile = PROFILE.format("").replace("</settings>", '<param name="disable-transfer" value="$${off}"/></settings>')
    assert lint(tmp_path, a_xml=profile, vars_xml=vars_xml)[0] == ["trunk-refer-disabled"]


PJSIP = """[ai](line)
type=endpoint
transport=tcp
aors=ai
[ai]
type=aor
contact=sip:agent.example
"""


def test_a_section_inherits_from_a_template_of_an_included_file() -> None:
    text = f"#include templates.conf\n{PJSIP}"
    found = read(pjsip_conf=text, templates_conf="[line](!)\nallow_transfer=no\ncontext=from-ai\n")
    (trunk,) = found["pjsip.conf"].trunks
    assert (str(trunk.refer), trunk.refer.where and trunk.refer.where.input) == ("deny", "in2")
    assert [str(c) for c in trunk.contexts] == ["from-ai"]
    assert found["pjsip.conf"].problems == ()
    assert (found["templates.conf"].kind, found["templates.conf"].trunks) == ("config", ())


def test_entries_without_a_section_go_on_where_they_are_included(tmp_path: Path) -> None:
    said, problems = lint(
        tmp_path,
        pjsip_conf="[ai]\ntype=endpoint\n#include more.conf\naors=ai\n",
        more_conf="allow_transfer=no\n",
    )
    assert (said, problems) == (["trunk-refer-disabled"], [])


def test_files_split_by_type_are_read_as_one_and_names_are_looked_for_in_all(tmp_path: Path) -> None:
    files = {
        "pjsip_conf": "#include pjsip.transports.conf\n#include pjsip.endpoint.conf\n",
        "pjsip.transports_conf": "[udp]\ntype=transport\nprotocol=udp\n",
        "pjsip.endpoint_conf": PJSIP.replace("(line)", ""),
    }
    assert lint(tmp_path, **files) == (["config-reference-dangling"], [])
    files["pjsip_conf"] += "#include pjsip_custom.conf\n"
    assert lint(tmp_path, **files) == ([], ["includes pjsip_custom.conf, which counts only if it is given too"])


def test_an_endpoint_finds_its_aor_in_a_file_beside_it() -> None:
    endpoint, _, aor = PJSIP.replace("(line)", "").partition("[ai]\ntype=aor")
    found = read(endpoint_conf=endpoint, aor_conf=f"[ai]\ntype=aor{aor}")
    assert addresses(found["endpoint.conf"]) == ["agent.example"]


def test_circles_of_files_are_read_once() -> None:
    found = read(
        a_conf=f"#include b.conf\n{PJSIP.replace('(line)', '')}", b_conf="#include a.conf\n[tcp]\ntype=transport\n"
    )
    assert [len(found[n].trunks) for n in ("a.conf", "b.conf")] == [1, 0]


PLAN = """[globals]
XFER=transfers
[from-ai]
exten => _X.,1,Set(__TRANSFER_CONTEXT=${{XFER}})
{}
[transfers]
exten => 500,1,Queue(support)
"""


@pytest.mark.parametrize(
    ("line", "chosen"),
    [
        ("", "transfers"),
        ("exten => 1,1,Dial(PJSIP/${XFER}@a)", "transfers"),
        ("exten => 1,1,Set(GLOBAL(XFER)=night)", "${XFER}"),
        ("exten => 1,1,Set(XFER=night)", "${XFER}"),
        ("exten => 1,1,Read(XFER,beep)", "${XFER}"),
    ],
)
def test_a_global_counts_unless_something_writes_it(line: str, chosen: str) -> None:
    found = read(extensions_conf=PLAN.format(line))
    (dialplan,) = found["extensions.conf"].dialplans
    assert [str(c) for c in dialplan.transfer_contexts] == [chosen]
    also = read(extensions_conf=PLAN.format(""), pjsip_conf="[ai]\ntype=endpoint\nset_var=XFER=night\n")
    assert [str(c) for c in also["extensions.conf"].dialplans[0].transfer_contexts] == ["${XFER}"]


def test_a_context_of_another_file_is_found() -> None:
    text = "[globals]\nTRANSFER_CONTEXT=transfers\n[a]\nexten => 1,1,Answer()\n"
    alone = read(extensions_conf=text)["extensions.conf"].misread
    beside = read(extensions_conf=text, more_conf="[transfers]\nexten => 500,1,Answer()\n")["extensions.conf"].misread
    assert ([m.cause for m in alone], beside) == (["config-reference-dangling"], ())


ENDPOINT = "[ai]\ntype=endpoint\ncontext=from-agnet\naors=ai\n"
CONTEXT = "[from-agent]\nexten => 500,1,Answer()\n"


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        ({}, ["config-reference-dangling"]),
        ({"extensions_ael": "context from-agnet { 500 => Answer(); };\n"}, []),
        ({"extensions_lua": "extensions = {}\n"}, []),
        ({"extconfig_conf": "[settings]\nextensions => odbc,asterisk\n"}, []),
        ({"extconfig_conf": "[settings]\nextensions.conf => odbc,asterisk\n"}, []),
        ({"more_conf": "[from-agnet]\nexten => 500,1,Answer()\n"}, []),
        ({"more_conf": "[x]\nswitch => Realtime/@\nexten => 500,1,Answer()\n"}, []),
        ({"more_conf": "#tryinclude other.conf\n[x]\nexten => 500,1,Answer()\n"}, []),
        ({"more_conf": '#exec "make-contexts"\n[x]\nexten => 500,1,Answer()\n'}, []),
    ],
)
def test_a_context_may_stand_wherever_asterisk_finds_contexts(
    beside: dict[str, str], said: list[str], tmp_path: Path
) -> None:
    assert lint(tmp_path, pjsip_conf=ENDPOINT, extensions_conf=CONTEXT, **beside)[0] == said


@pytest.mark.parametrize("beside", [{}, {"modules_conf": "[modules]\nautoload=yes\n"}])
def test_in_the_whole_folder_a_template_that_is_nowhere_is_an_error(beside: dict[str, str], tmp_path: Path) -> None:
    for name, text in {"pjsip_conf": PJSIP.replace("transport=tcp\n", ""), **beside}.items():
        (tmp_path / ".".join(name.rsplit("_", 1))).write_text(text, "utf-8")
    report = examine([str(tmp_path)], Options(command="lint"))
    assert [f.found.severity.slug for f in report.findings] == ["error" if beside else "info"]


def test_the_agents_transfer_bites_where_its_endpoint_has_no_context(tmp_path: Path) -> None:
    agent = 'agent: {trunk: ai, rules: [{type: sip_refer, to: "sip:500@pbx.example"}]}\n'
    for name, text in {"pjsip.conf": ENDPOINT, "extensions.conf": CONTEXT, "agent.yaml": agent}.items():
        (tmp_path / name).write_text(text, "utf-8")
    (verdict,) = examine([str(tmp_path)], Options(command="lint")).verdicts
    assert verdict.outcome.value == "predicted-fail"
    assert verdict.cause is not None
    assert verdict.cause.check.id == "config-reference-dangling"
