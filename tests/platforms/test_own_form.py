"""sipdiag's own form, its schema, and several documents in one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import sipdiag
from tests.support.adapted import adapted, brief, only_record, only_rule, only_trunk

SCHEMA: dict[str, Any] = json.loads((Path(sipdiag.__file__).parent / "schemas" / "own-form.json").read_text("utf-8"))
EXAMPLE = """
agent: {platform: other, trunk: carrier-a, rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example", headers: {}}]}
trunks: [{name: carrier-a, address: sip.example, transport: tls, refer: deny, allow_from: [], credentials: true}]
call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, error: "sip status: 603"}]}
"""


def test_the_example_is_read_and_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(yaml.safe_load(EXAMPLE), SCHEMA)
    found = adapted(EXAMPLE)
    assert [brief(r) for r in found.rules] == [("refer", "sip-uri", True)]
    assert found.rules[0] is found.agents[0].rules[0]
    trunk = found.trunks[0]
    assert (str(trunk.address), str(trunk.refer), [str(t) for t in trunk.transports]) == (
        "sip.example",
        "deny",
        ["tls"],
    )
    assert found.agents[0].numbers == ("carrier-a",)
    assert (found.records[0].transfer_failed, found.records[0].calls[0].status) == (True, 603)


@pytest.mark.parametrize(
    "text", ["{}", "agent: {rules: [{to: 1, type: jump}]}", "trunks: [{address: x}]", "trunks: [{name: a, port: 0}]"]
)
def test_the_schema_refuses(text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text), SCHEMA)


def test_what_is_known_of_the_platform_fills_the_type() -> None:
    assert only_rule("agent: {platform: elevenlabs, rules: [{to: '+12025550150'}]}").effective_method == "conference"
    assert only_rule("agent: {platform: other, rules: [{to: '+12025550150'}]}").effective_method is None


def test_several_documents_in_one_file_are_read_each() -> None:
    found = adapted(
        "agent: {platform: other, rules: [{name: a, type: refer, to: 'sip:5@x.example'}]}\n---\n"
        "provider: twilio\nphone_number: '+12025550100'\nlabel: x\n"
    )
    assert (len(found.rules), len(found.trunks)) == (1, 1)
    assert found.trunks[0].where.pointer == "/1"


def test_transport_and_port_may_stand_in_the_address() -> None:
    trunk = only_trunk("trunks: [{name: a, address: 'sip:sip.example:5061;transport=tls'}]")
    assert ([str(t) for t in trunk.transports], trunk.port.value) == (["tls"], 5061)


def test_unknown_words_are_kept_and_reported() -> None:
    rule = only_rule("agent: {platform: other, rules: [{name: a, type: jump, to: 'sip:5@x.example'}]}")
    assert (rule.effective_method, [m.cause for m in rule.misread]) == ("jump", ["transfer-option-unknown"])


def test_a_record_without_results_claims_nothing() -> None:
    assert only_record("call: {leg: sip, transfers: [{to: '1'}]}").transfer_failed is None
