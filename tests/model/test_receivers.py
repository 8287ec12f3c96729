"""Who gets the REFER of a rule, and which trunks are an agent's."""

from __future__ import annotations

import pytest

from sipdiag.facts.config import Agent, Receiver, TransferRule, Trunk
from tests.support.config_case import case_of_documents

RULE = "agent: {platform: other, trunk: a, rules: [{name: support, type: sip_refer, to: 'sip:5@x.example'}]}\n"


def receivers(*texts: str) -> list[tuple[str, str | None]]:
    case = case_of_documents([(f"{n}.yaml", t) for n, t in enumerate(texts)])
    (rule,) = case.of(TransferRule)
    return [(r.profile.slug, r.trunk.id if r.trunk else None) for r in case.linked(rule, Receiver)]


@pytest.mark.parametrize(
    ("trunk", "expected"),
    [
        ("{name: a, provider: plivo, address: sip.example}", [("plivo", "a")]),
        ("{name: a, address: 'desk.pstn.twilio.com:5061'}", [("twilio", "a")]),
        ("{name: a, address: 'sip:desk.pstn.twilio.com;transport=tls'}", [("twilio", "a")]),
        ("{name: a, platform: asterisk, address: 192.0.2.1}", [("asterisk", "a")]),
        ("{name: a, address: sip.example}", []),
        ("{name: a, platform: elevenlabs, address: sip.example}", []),
        ("{name: a, provider: nobody, address: sip.example}", []),
    ],
)
def test_the_trunk_tells_by_its_own_words_or_its_address(trunk: str, expected: list[tuple[str, str | None]]) -> None:
    assert receivers(RULE + f"trunks: [{trunk}]") == expected


def test_without_a_trunk_of_its_own_all_have_to_agree() -> None:
    loose = "rules: [{name: support, type: sip_refer, to: 'sip:5@x.example'}]\n"
    two = "trunks: [{name: b, leg: sip, platform: asterisk}, {name: c, leg: sip, platform: asterisk}]"
    assert receivers(loose, two) == [("asterisk", None)]
    assert receivers(loose, two.replace("asterisk}]", "freeswitch}]")) == []


def attached(agent: str, trunks: str) -> list[str]:
    case = case_of_documents([("a.yaml", agent), ("b.yaml", trunks)])
    (found,) = case.of(Agent)
    return [t.id for t in case.linked(found, Trunk)]


@pytest.mark.parametrize(
    ("agent", "trunks", "expected"),
    [
        ("trunk: a", "{name: a, address: x.example}, {name: b, address: y.example}", ["a"]),
        ("trunk: '+12025550100'", "{name: a, number: '12025550100', leg: sip}, {name: b, leg: sip}", ["a"]),
        ("name: desk", "{name: a, agent: desk, leg: sip}, {name: b, agent: other, leg: sip}", ["a"]),
        ("name: desk", "{name: a, agent: other, leg: sip}, {name: b, agent: other, leg: sip}", []),
        ("name: desk", "{name: a, leg: sip}, {name: b, leg: sip}", []),
        ("name: desk", "{name: a, leg: sip}", ["a"]),
    ],
)
def test_an_agent_is_attached_by_name_number_or_because_there_is_one(
    agent: str, trunks: str, expected: list[str]
) -> None:
    rules = "rules: [{name: s, type: refer, to: 'sip:5@x.example'}]"
    assert attached(f"agent: {{platform: other, {agent}, {rules}}}", f"trunks: [{trunks}]") == expected
