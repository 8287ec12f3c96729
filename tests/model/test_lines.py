"""Documents of both sides of a line are bound together, and other lines are kept apart."""

from __future__ import annotations

import pytest

from sipdiag.checking.discover import catalogue
from sipdiag.checking.run import run_checks
from sipdiag.facts.config import TransferRule, Trunk
from sipdiag.model.lines import Lines
from tests.support.adapted import only_trunk
from tests.support.config_case import case_of_documents

RULE = """
general_tools:
- type: transfer_call
  name: desk
  transfer_destination: {type: predefined, number: "+12025550123"}
  transfer_option: {type: cold_transfer, cold_transfer_mode: sip_refer}
"""
NUMBER = "{phone_number: '+12025550100', termination_uri: a.pstn.twilio.com}"
CARRIER = "{sid: TK1, domain_name: A.pstn.twilio.com, transfer_mode: %s, auth_type: IP_ACL}"
OTHER = "{sid: TK2, domain_name: b.pstn.twilio.com, transfer_mode: enable-all, auth_type: IP_ACL}"


def trunks_of(*documents: str) -> list[str]:
    case = case_of_documents([(f"{i}.yaml", d) for i, d in enumerate(documents)])
    (rule,) = case.of(TransferRule)
    return sorted(t.platform for t in case.linked(rule, Trunk))


def test_both_sides_of_a_line_are_bound() -> None:
    assert trunks_of(RULE, NUMBER, CARRIER % "enable-all") == ["retell", "twilio"]


@pytest.mark.parametrize("others", [(NUMBER, OTHER), (NUMBER, CARRIER % "enable-all", OTHER)])
def test_a_trunk_of_another_line_leaves_it_open(others: tuple[str, ...]) -> None:
    assert trunks_of(RULE, *others) == []


def test_two_trunks_of_one_system_are_two_lines() -> None:
    trunks = [only_trunk(NUMBER), only_trunk(NUMBER.replace("100", "101"))]
    assert not Lines(trunks).one(trunks)


@pytest.mark.parametrize(("host", "expected"), [("sip.retellai.com", ["retell", "twilio"]), ("sip.agent.example", [])])
def test_the_carriers_trunk_may_lead_to_the_platform(host: str, expected: list[str]) -> None:
    carrier = "{sid: TK1, transfer_mode: enable-all, origination_urls: [{sip_url: 'sip:%s', trunk_sid: TK1}]}".replace(
        "%s", host
    )
    assert trunks_of(RULE, "{phone_number: '+12025550100', phone_number_type: custom}", carrier) == expected


@pytest.mark.parametrize(("mode", "found"), [("sip-only", 1), ("enable-all", 0)])
def test_what_the_carriers_side_says_counts_for_the_rule(mode: str, found: int) -> None:
    case = case_of_documents([("a.yaml", RULE), ("b.yaml", NUMBER), ("c.yaml", CARRIER % mode)])
    run = run_checks(catalogue()["trunk-refer-disabled"], case)
    assert run.crashed == []
    assert [f.check.id for f in run.found].count("trunk-refer-disabled") == found


AGENT = """
agent: {platform: other, trunk: pbx, rules: [{name: desk, type: sip_refer, to: "sip:+12025550123@192.0.2.40"}]}
trunks: [{name: pbx, address: "%s", transport: udp, credentials: true}]
"""
PROFILE = """
<profile name="in"><settings>
  <param name="sip-ip" value="%s"/><param name="sip-port" value="5060"/><param name="disable-transfer" value="true"/>
</settings></profile>
"""


@pytest.mark.parametrize(
    ("called", "listens", "expected"),
    [
        ("192.0.2.40", "192.0.2.40", ["freeswitch", "other"]),
        ("192.0.2.40:5080", "192.0.2.40", ["other"]),
        ("192.0.2.40", "192.0.2.41", ["other"]),
        ("192.0.2.40", "auto", ["other"]),
    ],
)
def test_the_profile_that_listens_where_the_agent_calls_is_its_line(
    called: str, listens: str, expected: list[str]
) -> None:
    case = case_of_documents([("agent.yaml", AGENT % called), ("in.xml", PROFILE % listens)])
    (rule,) = case.of(TransferRule)
    assert sorted(t.platform for t in case.linked(rule, Trunk)) == expected
