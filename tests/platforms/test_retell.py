"""Retell's tools, flows, numbers and calls become facts."""

import pytest

from sipdiag.checking.discover import catalogue
from sipdiag.facts.edit import Insert
from tests.support.adapted import adapted, brief, only_agent, only_record, only_rule, only_trunk
from tests.support.config_case import findings

TOOL = "{type: transfer_call, name: desk, transfer_destination: {%s}, transfer_option: {%s}}"
PREDEFINED = "type: predefined, number: '+15550100162'"
REFER = "type: cold_transfer, cold_transfer_mode: sip_refer"
CALL = (
    "{call_type: phone_call, call_id: c1, call_status: ended, start_timestamp: 1770110042000, duration_ms: 61000, %s}"
)


@pytest.mark.parametrize(
    ("destination", "option", "expected"),
    [
        (PREDEFINED, REFER, ("refer", "phone", True)),
        (PREDEFINED, "type: cold_transfer, cold_transfer_mode: sip_invite", ("dial", "phone", True)),
        (PREDEFINED, "type: cold_transfer", (None, "phone", True)),
        (PREDEFINED, "type: warm_transfer", ("dial", "phone", True)),
        (PREDEFINED, "type: agentic_warm_transfer", ("dial", "phone", True)),
        ("type: predefined, number: 'sip:500@pbx.example'", REFER, ("refer", "sip-uri", True)),
        ("type: predefined, number: '{{ desk }}'", REFER, ("refer", "dynamic", False)),
        ("type: inferred, prompt: the number of the desk", REFER, ("refer", "dynamic", False)),
    ],
)
def test_method_and_destination(destination: str, option: str, expected: tuple[str | None, str, bool]) -> None:
    assert brief(only_rule(TOOL % (destination, option))) == expected


def test_the_missing_mode_is_missed_where_it_should_stand() -> None:
    rule = only_rule(TOOL % (PREDEFINED, "type: cold_transfer"))
    assert (rule.method.setting, rule.method.where and rule.method.where.pointer) == (
        "cold_transfer_mode",
        "/transfer_option",
    )


def test_a_number_that_need_not_be_e164_is_an_extension() -> None:
    free = TOOL.replace("name: desk", "name: desk, ignore_e164_validation: true")
    assert brief(only_rule(free % ("type: predefined, number: '1001'", REFER)))[1] == "extension"


@pytest.mark.parametrize(
    "document",
    [
        "{general_tools: [%s]}",
        "{llm_id: l1, states: [{name: s, tools: [%s]}]}",
        "{conversation_flow_id: f1, nodes: [{id: n, type: conversation}, %s]}",
        "{conversation_flow_id: f1, nodes: [{id: n, type: subagent, tools: [%s]}], tools: []}",
        "{conversation_flow_id: f1, nodes: [], components: [{name: c, nodes: [%s]}]}",
        "[{general_tools: [%s]}]",
    ],
)
def test_a_tool_is_found_wherever_it_may_stand(document: str) -> None:
    found = adapted(document % (TOOL % (PREDEFINED, REFER)))
    assert [brief(r) for r in found.rules] == [("refer", "phone", True)]
    assert found.rules[0] is found.agents[0].rules[0]
    assert found.agents[0].complete


def test_an_agent_whose_llm_is_elsewhere_is_incomplete() -> None:
    agent = only_agent("{agent_id: a1, response_engine: {type: retell-llm, llm_id: l1}, voice_id: v}")
    assert (agent.id, agent.complete, agent.rules) == ("a1", False, ())


def test_numbers_as_imported_and_as_returned() -> None:
    given = only_trunk(
        "{phone_number: '+15550100171', termination_uri: t.example, transport: TLS, sip_trunk_auth_username: u}"
    )
    stored = only_trunk(
        "{phone_number: '+15550100171', phone_number_type: custom, inbound_agents: [{agent_id: a1, weight: 1}],"
        " sip_outbound_trunk_config: {termination_uri: t.example, auth_username: u, transport: null}}"
    )
    for trunk in (given, stored):
        assert (str(trunk.address), trunk.credentials.value, trunk.is_sip) == ("t.example", True, True)
    assert [[str(t) for t in trunk.transports] for trunk in (given, stored)] == [["tls"], ["tcp"]]
    assert str(stored.agent) == "a1"


def test_words_that_the_platform_does_not_know() -> None:
    rule = only_rule(TOOL % (PREDEFINED, "type: cold_transfer, cold_transfer_mode: refer"))
    assert [(m.name, m.wanted) for m in rule.misread] == [("cold_transfer_mode", "sip_refer")]
    assert rule.wants_refer


def test_the_result_of_the_tool_tells_what_became_of_the_transfer() -> None:
    record = only_record(
        CALL % "from_number: '+15550100123', to_number: '+15550100171', direction: inbound,"
        " disconnection_reason: agent_hangup,"
        " telephony_identifier: {twilio_call_sid: CA1}, transfer_destination: '+15550100162',"
        " transcript_with_tool_calls: [{role: agent, content: Hello, words: [{word: Hello, start: 1, end: 2.5}]},"
        " {role: tool_call_invocation, tool_call_id: t, name: to_desk, type: transfer_call, arguments: '{}'},"
        " {role: tool_call_result, tool_call_id: t, successful: false, content: no permission to perform the transfer}]"
    )
    (call,) = record.calls
    assert (record.ids, record.start, record.duration, record.direction) == (("c1", "CA1"), 1770110042, 61, "inbound")
    assert (call.at, call.succeeded, call.refused, str(call.destination)) == (2.5, False, True, "+15550100162")
    assert record.transfer_failed is True


def test_a_call_without_a_tool_call_keeps_what_was_announced() -> None:
    turns = "transcript_with_tool_calls: [{role: agent, content: 'I am connecting you to a colleague.', words: []}]"
    record = only_record(CALL % turns)
    assert (record.calls, [str(a) for a in record.announced]) == ((), ["I am connecting you to a colleague."])


def test_a_web_call_has_no_sip_leg() -> None:
    assert str(only_record("{call_type: web_call, call_id: c1, call_status: ended}").leg) == "web"


@pytest.mark.parametrize(("shown", "said"), [("true", 1), ("false", 0)])
def test_an_option_that_asks_for_nothing_is_not_missed(shown: str, said: int) -> None:
    document = TOOL % (PREDEFINED, f"{REFER}, show_transferee_as_caller: {shown}")
    assert len(findings(catalogue()["transfer-option-ignored"][0], document)) == said


def test_the_dashboards_own_spelling_is_read() -> None:
    camel = (
        "{conversationFlowId: f1, startSpeaker: agent, nodes: [{id: n1, type: transfer_call, customSipHeaders: {X-caseId: a},"
        " transferDestination: {type: predefined, number: '+15550100162'},"
        " transferOption: {type: cold_transfer, coldTransferMode: sip_refer}}]}"
    )
    rule = only_rule(camel)
    assert brief(rule) == ("refer", "phone", True)
    assert [str(h.name) for h in rule.headers] == ["X-caseId"]
    assert rule.method.where is not None
    assert rule.method.where.pointer == "/nodes/0/transferOption/coldTransferMode"
    missing = only_rule(camel.replace(", coldTransferMode: sip_refer", ""))
    assert isinstance(missing.as_refer, Insert)
    assert missing.as_refer.key == "coldTransferMode"
