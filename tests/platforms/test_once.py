"""The same tool listed twice is one rule, on every platform."""

from __future__ import annotations

import json

import pytest

from sipdiag.platforms import adapt
from sipdiag.sources.documents import read_document

RETELL = {
    "type": "transfer_call",
    "name": "t",
    "transfer_destination": {"type": "predefined", "number": "+12025550123"},
    "transfer_option": {"type": "cold_transfer", "cold_transfer_mode": "sip_refer"},
}
VAPI = {"type": "transferCall", "destinations": [{"type": "sip", "sipUri": "sip:500@pbx.example"}]}
TELNYX = {"type": "refer", "refer": {"targets": [{"name": "desk", "sip_address": "sip:500@pbx.example"}]}}


@pytest.mark.parametrize(
    "document",
    [
        {"llm_id": "l", "general_tools": [RETELL], "states": [{"name": "s", "tools": [RETELL]}]},
        {"id": "a", "name": "desk", "model": {"provider": "openai", "tools": [VAPI, VAPI]}, "voice": {}},
        {"id": "a", "name": "desk", "model": "m", "instructions": "x", "tools": [TELNYX, TELNYX]},
        {"agent": {"rules": [{"type": "sip_refer", "to": "sip:500@pbx.example"}] * 2}},
    ],
    ids=["retell", "vapi", "telnyx", "own form"],
)
def test_the_same_tool_twice_is_one_rule(document: object) -> None:
    found = adapt(read_document(json.dumps(document).encode(), "a.json", "in1"), "a.json", "in1")
    assert found is not None
    (rule,) = found.rules
    assert len(rule.twins) == 1
    assert rule.twins[0] != rule.where
    assert all(a.rules == (rule,) for a in found.agents)


def test_rules_that_differ_stay_apart() -> None:
    rules = [
        {"type": "sip_refer", "to": "sip:500@pbx.example"},
        {"type": "sip_refer", "to": "sip:500@pbx.example", "headers": {"X-Queue": "1"}},
        {"type": "dial", "to": "sip:500@pbx.example"},
        {"type": "sip_refer", "to": "sip:501@pbx.example"},
    ]
    agents = [{"name": "a", "rules": rules}, {"name": "b", "rules": rules}]
    found = adapt(read_document(json.dumps({"agents": agents}).encode(), "a.json", "in1"), "a.json", "in1")
    assert found is not None
    assert [len(a.rules) for a in found.agents] == [4, 4]
    assert len(found.rules) == 8
