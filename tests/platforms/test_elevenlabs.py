"""ElevenLabs documents become facts, whole, in part, or wrapped in something else."""

from __future__ import annotations

import pytest

from sipdiag.platforms import adapt
from sipdiag.sources.documents import read_document
from tests.support.adapted import adapted, brief, only_agent, only_record, only_rule, only_trunk

RULE = """
transfer_destination: {type: sip_uri, sip_uri: "sip:500@pbx.example"}
transfer_type: sip_refer
condition: asks for a person
"""
TOOL = """
{type: system, name: to_human, params: {system_tool_type: transfer_to_number, transfers: [
  {transfer_destination: {type: phone, phone_number: "+12025550150"}, transfer_type: sip_refer, condition: c}]}}
"""
NUMBER = """
provider: sip_trunk
phone_number: "+12025550100"
phone_number_id: p1
assigned_agent: {agent_id: a1, agent_name: desk}
outbound_trunk: {address: "trunk.example:5071", transport: tls, media_encryption: required, has_auth_credentials: true}
inbound_trunk: {allowed_addresses: [192.0.2.0/24], remote_domains: [trunk.example], has_auth_credentials: false}
store_sip_messages: false
"""


def agent(tools: str) -> str:
    return f"agent_id: a1\nname: desk\nconversation_config: {{agent: {{prompt: {{{tools}}}}}}}"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("transfer_destination: {type: phone, phone_number: '+12025550150'}", ("conference", "phone", True)),
        ("transfer_destination: {type: sip_uri, sip_uri: 'sip:a@b.example'}", ("conference", "sip-uri", True)),
        ("transfer_destination: {type: phone_dynamic_variable, phone_number: desk}", ("conference", "dynamic", False)),
        ("transfer_destination: {type: sip_uri, sip_uri: 'sip:{{x}}@b.example'}", ("conference", "sip-uri", False)),
        ("transfer_type: blind\ntransfer_destination: {type: phone, phone_number: '1'}", ("blind", "phone", True)),
        ("transfer_type: newer\ntransfer_destination: {type: phone, phone_number: '1'}", ("conference", "phone", True)),
        ("transfer_destination: sip:a@b.example\ntransfer_type: sip_refer", ("refer", "sip-uri", True)),
    ],
)
def test_a_rule_has_its_method_and_kind(rule: str, expected: tuple[str, str, bool]) -> None:
    assert brief(only_rule(rule + "\ncondition: asks")) == expected


def test_a_rule_from_before_destinations_is_a_phone_number_and_a_conference() -> None:
    text = "system_tool_type: transfer_to_number\ntransfers: [{phone_number: '+12025550150', condition: asks}]"
    rule = only_rule(text)
    assert brief(rule) == ("conference", "phone", True)
    assert [d.name for d in rule.deprecated] == ["phone_number"]


def test_the_tool_is_known_by_its_type_wherever_it_stands() -> None:
    for text in (
        agent(f"tools: [{TOOL}]"),
        agent(f"built_in_tools: {{transfer_to_number: {TOOL}}}"),
        f"agents: [{{agent_id: a1, tools: [{TOOL}]}}]",
        f"workflow: {{nodes: {{n1: {TOOL}}}}}\nagent_id: a1",
        TOOL,
    ):
        assert brief(only_rule(text)) == ("refer", "phone", True)


def test_a_workflow_node_is_a_rule() -> None:
    node = (
        "{type: phone_number, transfer_destination: {type: phone, phone_number: '+12025550150'}, transfer_type: blind}"
    )
    text = f"agent_id: a1\nconversation_config: {{}}\nworkflow: {{nodes: {{n1: {node}, n2: {{type: say}}}}}}"
    assert only_agent(text).rules[0].effective_method == "blind"


def test_the_same_tool_in_two_places_is_one_rule() -> None:
    found = only_agent(agent(f"tools: [{TOOL}], built_in_tools: {{transfer_to_number: {TOOL}}}"))
    (rule,) = found.rules
    assert "/built_in_tools/" in (rule.where.pointer or "")
    assert ["/tools/0/" in (p.pointer or "") for p in rule.twins] == [True]


def test_tools_that_are_kept_elsewhere_prove_nothing() -> None:
    assert only_agent(agent("tool_ids: [t1], tools: []")).complete is False
    bare = only_agent(agent("tool_ids: [], tools: []"))
    assert bare.complete
    assert bare.tool_missing_at is not None
    assert only_agent(agent(f"tools: [{TOOL}]")).tool_missing_at is None


def test_options_and_headers_keep_their_places() -> None:
    rule = only_rule(
        RULE
        + "uui: {data: case}\npost_dial_digits: ww12\nsip_refer_play_dialtone: true\n"
        + "custom_sip_headers: [{type: static, key: X-A, value: '1'}, {key: X-B, value: '{{b}}'}]\n"
    )
    assert [(o.name, str(o.value), o.where.pointer if o.where else "") for o in rule.options] == [
        ("post_dial_digits", "ww12", "/post_dial_digits"),
        ("uui", "case", "/uui"),
    ]
    assert [(str(h.name), h.kind, h.where.pointer) for h in rule.headers] == [
        ("X-A", "static", "/custom_sip_headers/0"),
        ("X-B", "", "/custom_sip_headers/1"),
    ]
    assert [m.cause for m in rule.misread] == ["refer-header-ambiguous"]


def test_a_number_is_a_trunk() -> None:
    trunk = only_trunk(NUMBER)
    assert (trunk.id, str(trunk.leg), str(trunk.address), trunk.port.value) == ("p1", "sip", "trunk.example:5071", 5071)
    assert [str(t) for t in trunk.transports] == ["tls"]
    assert [str(a) for a in trunk.allow_from] == ["192.0.2.0/24"]
    assert (trunk.credentials.value, trunk.peer_names.value, trunk.stores_messages.value) == (
        True,
        ("trunk.example",),
        False,
    )
    assert str(trunk.agent) == "a1"


def test_the_request_shape_of_a_number_is_read_too() -> None:
    trunk = only_trunk(
        "label: x\nphone_number: '+12025550100'\noutbound_trunk_config: {address: a.example, transport: auto,"
        " credentials: {username: u, password: p}}\ninbound_trunk_config: {allowed_addresses: []}\n"
        "carrier: {allow: 'INVITE, ACK, BYE'}"
    )
    assert (str(trunk.leg), trunk.transports, trunk.credentials.value) == ("sip", (), True)
    assert trunk.allowed_methods.value == ("INVITE", "ACK", "BYE")
    assert "p" not in [str(o.value) for o in trunk.options]


def test_a_native_number_is_no_sip() -> None:
    trunk = only_trunk("{provider: twilio, phone_number: '+12025550100', label: x}")
    assert (str(trunk.leg), trunk.is_sip) == ("twilio", False)


def test_lists_and_pages_are_read() -> None:
    one = "{provider: twilio, phone_number: '+1202555010%d', label: x}"
    assert len(adapted(f"[{one % 1}, {one % 2}]").trunks) == 2
    assert len(adapted(f"{{phone_numbers: [{one % 1}, {one % 2}], has_more: false}}").trunks) == 2


CONVERSATION = """
agent_id: a1
conversation_id: conv_000001
metadata:
  start_time_unix_secs: 1790600000
  phone_call: {type: %s, direction: outbound, agent_number: "+12025550100", external_number: "+12025550170", call_id: callid1}
transcript:
- {role: agent, message: "I will transfer you now.", time_in_call_secs: 3}
- {role: agent, time_in_call_secs: 5, tool_calls: [{request_id: r1, tool_name: transfer_to_number,
    params_as_json: '{"transfer_number": "+12025550150", "agent_message": "hello"}'}]}
- {role: agent, time_in_call_secs: 9, tool_results: [{request_id: r1, tool_name: transfer_to_number, is_error: %s,
    tool_latency_secs: 4.0, result_value: '%s'}]}
"""


def test_a_conversation_is_a_record() -> None:
    failed = '{"result_type": "transfer_to_number_error", "error": "call transfer failed: sip status: 603: Decline"}'
    record = only_record(CONVERSATION % ("sip_trunking", "true", failed))
    assert (str(record.leg), str(record.caller), str(record.callee)) == ("sip", "+12025550100", "+12025550170")
    assert record.ids == ("callid1", "conv_000001")
    (call,) = record.calls
    assert (str(call.destination), str(call.message), call.at, call.latency) == ("+12025550150", "hello", 5.0, 4.0)
    assert (call.succeeded, call.status, call.refused) == (False, 603, False)
    assert record.transfer_failed
    assert [str(w) for w in record.announced] == ["I will transfer you now."]


def test_success_and_simulation_are_told_apart() -> None:
    for result, succeeded, simulated in (
        ('{"result_type": "transfer_to_number_sip_success"}', True, False),
        ('{"result_type": "testing_tool_result"}', None, True),
    ):
        (call,) = only_record(CONVERSATION % ("twilio", "false", result)).calls
        assert (call.succeeded, call.simulated) == (succeeded, simulated)


def test_stored_messages_become_packets_in_order_of_time() -> None:
    page = """
    sip_messages:
    - {raw_message: "BYE sip:a SIP/2.0\\r\\n\\r\\n", direction: in, local_address: "192.0.2.1:5060",
       remote_address: "[2001:db8::1]:5061", transport: TLS, created_at_unix_micro: 1790600001500000}
    - {raw_message: "INVITE sip:a SIP/2.0\\n\\n", direction: out, local_address: "192.0.2.1:5060",
       remote_address: "192.0.2.2", transport: udp, created_at_unix_micro: 1790600000250000}
    has_more: true
    """
    found = adapted(page)
    first, second = found.packets
    assert (first.data[:6], first.sent, str(first.source), str(first.destination)) == (
        b"INVITE",
        True,
        "192.0.2.1:5060",
        "192.0.2.2",
    )
    assert first.data.endswith(b"\r\n\r\n")
    assert (second.sent, str(second.source), second.transport, second.frame.time) == (
        False,
        "[2001:db8::1]:5061",
        "tls",
        1790600001.5,
    )
    assert found.kind == "trace"
    assert "later page" in found.problems[0]


@pytest.mark.parametrize(
    "text", ["a: 1", "[1, 2]", "transcript: []", "phone_numbers: []", "params: {transfers: 3}", "x"]
)
def test_what_is_not_theirs_is_left_alone(text: str) -> None:
    assert (
        adapt(read_document(f"k: 1\nv: {{{text}}}".encode(), "x.yaml", "in1"), "x.yaml", "in1", "elevenlabs")
        is not None
    )
    assert adapt(read_document(b"- k: 1", "x.yaml", "in1"), "x.yaml", "in1") is None
