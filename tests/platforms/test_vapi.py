"""Vapi's tools, assistants, trunks and calls become facts."""

import pytest

from sipdiag.checking.discover import catalogue
from sipdiag.checking.run import run_checks
from sipdiag.facts.config import TransferRule, Trunk
from sipdiag.model.binding import Binding
from sipdiag.model.lines import Lines
from sipdiag.places import Place
from tests.support.adapted import adapted, brief, only_agent, only_record, only_rule, only_trunk
from tests.support.config_case import case_of_documents, findings

SIP = "{type: sip, sipUri: 'sip:500@pbx.example', transferPlan: {%s}}"
NUMBER = "{type: number, number: '+15550100162', numberE164CheckEnabled: true, transferPlan: {%s}}"
CALL = "{id: c1, type: inboundPhoneCall, phoneCallProviderId: CA1, phoneCallTransport: sip, %s}"


def tool(destination: str) -> str:
    return "{type: transferCall, destinations: [" + destination + "]}"


@pytest.mark.parametrize(
    ("destination", "expected"),
    [
        (SIP % "", ("refer", "sip-uri", True)),
        (SIP % "mode: blind-transfer, sipVerb: refer", ("refer", "sip-uri", True)),
        (SIP % "sipVerb: dial", ("dial", "sip-uri", True)),
        (SIP % "sipVerb: bye", ("bye", "sip-uri", True)),
        # A warm mode with a SIP destination is reported to arrive as a blind REFER.
        (SIP % "mode: warm-transfer-say-message", ("refer", "sip-uri", True)),
        # A number may be dialled by the carrier's API: nothing tells before the call does.
        (NUMBER % "", (None, "phone", True)),
        (NUMBER % "sipVerb: refer", ("refer", "phone", True)),
        (NUMBER % "mode: warm-transfer-say-summary", ("dial", "phone", True)),
        ("{type: number, number: '1001', numberE164CheckEnabled: false}", (None, "extension", True)),
        ("{type: number, number: '{{ desk }}', transferPlan: {sipVerb: refer}}", ("refer", "dynamic", False)),
        ("{type: sip, sipUri: 'sip:{{ desk }}@pbx.example'}", ("refer", "sip-uri", False)),
    ],
)
def test_method_and_destination(destination: str, expected: tuple[str | None, str, bool]) -> None:
    assert brief(only_rule(tool(destination))) == expected


def test_a_destination_alone_is_a_rule() -> None:
    assert brief(only_rule(SIP % "sipVerb: refer")) == ("refer", "sip-uri", True)


def test_another_assistant_is_no_transfer_of_the_call() -> None:
    assert adapted(tool("{type: assistant, assistantName: billing}")).rules == ()


def test_tools_are_found_wherever_the_assistant_stands() -> None:
    assistant = "{name: desk, model: {provider: openai, tools: [" + tool(SIP % "") + "]}}"
    for wrapped in (
        assistant,
        "{assistant: " + assistant + "}",
        "{members: [{assistant: " + assistant + "}]}",
        "{results: [" + assistant + "], metadata: {}}",
        "[" + assistant + "]",
        "{call: " + CALL % ("assistant: " + assistant) + "}",
    ):
        agent = only_agent(wrapped)
        assert [brief(r) for r in agent.rules] == [("refer", "sip-uri", True)], wrapped
        assert adapted(wrapped).rules[0] is not None
        assert agent.rules[0].agent == agent.id == "desk"


def test_rules_of_agents_are_listed_as_the_same_objects() -> None:
    found = adapted("{name: desk, model: {provider: openai, tools: [" + tool(SIP % "") + "]}}")
    assert found.rules[0] is found.agents[0].rules[0]


def test_tools_kept_elsewhere_leave_an_assistant_incomplete() -> None:
    whole = "{firstMessage: Hello, model: {provider: openai, tools: []}}"
    assert only_agent(whole).complete
    assert not only_agent(whole.replace("tools: []", "tools: [], toolIds: [t1]")).complete
    assert not only_agent(whole.replace("tools: []", "tools: [{type: transferCall}]")).complete


def test_what_takes_the_transfer_over_stands_with_the_agent() -> None:
    agent = only_agent(
        "{phoneCallProviderBypassEnabled: true, assistant: {serverMessages: [hang, phone-call-control],"
        " model: {provider: x, tools: [" + tool(SIP % "") + "]}}}"
    )
    assert [(o.name, str(o.value)) for o in agent.options] == [
        ("serverMessages", "hang,phone-call-control"),
        ("phoneCallProviderBypassEnabled", "true"),
    ]


@pytest.mark.parametrize(
    ("plan", "wrong"),
    [
        ("mode: warm-transfer-with-twiml", [("mode", "warm-transfer-twiml")]),
        ("mode: blind-transfer, sipVerb: refer, dialTimeout: 20", []),
        ("sipVerb: invite", [("sipVerb", "refer, bye, dial")]),
        ("dialTimout: 20", [("dialTimout", "dialTimeout")]),
        ("somethingNew: true", []),
        ("mode: '{{ mode }}'", []),
    ],
)
def test_unknown_words_and_misspelt_keys(plan: str, wrong: list[tuple[str, str]]) -> None:
    misread = only_rule(tool(SIP % plan)).misread
    assert [(m.name, m.wanted) for m in misread] == wrong
    assert all(m.cause == "transfer-option-unknown" and not m.refused for m in misread)


def test_gateways_are_entries_of_one_trunk() -> None:
    trunk = only_trunk(
        "{provider: byo-sip-trunk, name: a, gateways: [{ip: 192.0.2.1, netmask: 29, outboundProtocol: tls/srtp},"
        " {ip: sip.carrier.example, inboundEnabled: false},"
        " {ip: 192.0.2.9, inboundEnabled: false, outboundEnabled: false}]}"
    )
    first, second, third = trunk.entries
    assert (trunk.id, trunk.is_sip, trunk.credentials.value) == ("a", True, False)
    assert [str(a) for a in trunk.allow_from] == ["192.0.2.1/29"]
    assert ([str(t) for t in first.transports], str(first.media_encryption), first.direction) == (
        ["tls"],
        "required",
        "both",
    )
    assert ([str(t) for t in second.transports], second.direction) == (["udp"], "outbound")
    assert (third.enabled.value, third.transports) == (False, ())


@pytest.mark.parametrize(
    ("provider", "leg"), [("twilio", "twilio"), ("byo-phone-number", "sip"), ("vonage", "vonage"), ("vapi", "")]
)
def test_the_leg_of_a_number_is_its_providers(provider: str, leg: str) -> None:
    trunk = only_trunk(f"{{provider: {provider}, number: '+15550100171', assistantId: a1, orgId: o}}")
    assert (str(trunk.leg), str(trunk.agent)) == (leg, "a1")


def test_a_call_that_was_handed_over_claims_to_be() -> None:
    record = only_record(
        CALL % "assistantId: a1, endedReason: assistant-forwarded-call, startedAt: '2026-02-03T09:14:02Z',"
        " endedAt: '2026-02-03T09:15:02Z', customer: {number: '+15550100123'},"
        " messages: [{role: tool_calls, secondsFromStart: 20, toolCalls: [{id: t, function:"
        """ {name: transferCall, arguments: '{"destination":"+15550100162"}'}}]},"""
        " {role: tool_call_result, toolCallId: t, secondsFromStart: 21.5, result: Transferring}]"
    )
    (call,) = record.calls
    assert (record.duration, str(record.leg), record.agent, record.transfer_failed) == (60, "sip", "a1", False)
    assert (str(call.destination), call.at, call.latency, call.succeeded) == ("+15550100162", 20, 1.5, True)


@pytest.mark.parametrize(
    ("transport", "target", "method"),
    [("pstn", "{type: number, number: '+1'}", "dial"), ("sip", "{type: number, number: '+1'}", None)],
)
def test_off_sip_a_number_is_dialled(transport: str, target: str, method: str | None) -> None:
    ended = f"endedReason: assistant-forwarded-call, phoneCallTransport: {transport}, destination: {target}"
    (call,) = only_record(f"{{id: c1, type: inboundPhoneCall, {ended}}}").calls
    assert (call.method, call.succeeded) == (method, True)


def test_a_failed_transfer_names_its_status() -> None:
    ended = "call.in-progress.error-providerfault-outbound-sip-403-forbidden"
    record = only_record(
        CALL % f"endedReason: {ended}, "
        "artifact: {transfers: [{destination: {sipUri: 'sip:500@pbx.example'}, status: failed}]}"
    )
    (call,) = record.calls
    assert (call.status, call.succeeded, str(call.destination)) == (403, False, "sip:500@pbx.example")
    assert record.transfer_failed is True


def test_an_announcement_counts_only_without_a_tool_call() -> None:
    said = "messages: [{role: bot, message: 'One moment, I am transferring you now.'}]"
    assert [str(a) for a in only_record(CALL % said).announced] == ["One moment, I am transferring you now."]


def test_a_web_call_has_no_sip_leg() -> None:
    assert str(only_record("{id: c1, type: webCall, orgId: o, endedReason: customer-ended-call}").leg) == "web"


@pytest.mark.parametrize(
    ("plan", "ignored"),
    [
        ("mode: blind-transfer, twiml: <Say>Hello</Say>", ["/destinations/0/transferPlan/twiml"]),
        ("twiml: <Say>Hello</Say>", ["/destinations/0/transferPlan/twiml"]),
        ("mode: warm-transfer-twiml, twiml: <Say>Hello</Say>", []),
        ("mode: '{{ mode }}', twiml: <Say>Hello</Say>", []),
        ("mode: warm-transfer-with-twiml, twiml: <Say>Hello</Say>", []),
        (
            "mode: warm-transfer-say-message, fallbackPlan: {message: Sorry}",
            ["/destinations/0/transferPlan/fallbackPlan"],
        ),
        ("mode: warm-transfer-experimental, fallbackPlan: {message: Sorry}", []),
        ("mode: warm-transfer-experimental, holdAudioUrl: 'https://media.example/a.mp3'", []),
        ("mode: blind-transfer, fallbackPlan: {message: Sorry}", []),
        ("fallbackPlan: {message: Sorry}", []),
        ("mode: blind-transfer, twiml: null", []),
    ],
)
def test_what_belongs_to_another_mode_is_ignored(plan: str, ignored: list[str]) -> None:
    document = tool(NUMBER % plan)
    found = findings(catalogue()["transfer-option-ignored"][0], document)
    assert [f.finding.at.pointer for f in found if isinstance(f.finding.at, Place)] == ignored


AGENT = "{id: a1, firstMessage: Hello, model: {provider: openai, tools: [" + "%s" + "]}}"
PHONE = "{id: p1, provider: byo-phone-number, number: '+12025550100', credentialId: %s, assistantId: a1}"
GATEWAYS = (
    "{id: %s, provider: byo-sip-trunk, name: line, gateways: [{ip: a.pstn.twilio.com, inboundEnabled: false}],"
    " outboundAuthenticationPlan: {authUsername: u}}"
)
CARRIER = "{sid: TK1, domain_name: a.pstn.twilio.com, transfer_mode: %s, auth_type: IP_ACL}"


@pytest.mark.parametrize(
    ("number", "platforms"),
    [
        ("c1", ["twilio", "vapi", "vapi"]),
        ("c2", ["vapi"]),  # the number runs over another trunk than the one that is given
        ("null", ["vapi"]),
    ],
)
def test_a_number_leads_over_its_credential_to_the_carrier(number: str, platforms: list[str]) -> None:
    case = _with_its_carrier(AGENT % tool(SIP % ""), PHONE % number, "enable-all")
    (rule,) = case.of(TransferRule)
    assert sorted(t.platform for t in case.linked(rule, Trunk)) == platforms


@pytest.mark.parametrize("mode", ["sip-only", "disable-all", "enable-all"])
def test_what_the_carrier_behind_the_credential_refuses_is_said_once(mode: str) -> None:
    agent = AGENT % tool("{type: sip, sipUri: 'sip:+12025550123@a.pstn.twilio.com'}")
    run = run_checks(catalogue()["trunk-refer-disabled"], _with_its_carrier(agent, PHONE % "c1", mode))
    assert run.crashed == []
    assert len(run.found) == (mode != "enable-all")


def test_a_number_and_the_trunk_it_runs_over_are_one_line() -> None:
    number, credential = only_trunk(PHONE % "c1"), only_trunk(GATEWAYS % "c1")
    assert Lines([number, credential]).one([number, credential])
    assert not Lines([number, credential]).one([number, only_trunk(GATEWAYS % "c2")])


def _with_its_carrier(agent: str, number: str, mode: str) -> Binding:
    documents = (agent, number, GATEWAYS % "c1", CARRIER % mode)
    return case_of_documents([(f"{i}.yaml", d) for i, d in enumerate(documents)])


def test_a_trunk_in_the_spelling_of_python_is_the_same_trunk() -> None:
    gateway = "{ip: sip.carrier.example, inboundEnabled: false, outboundProtocol: tls}"
    trunks = [
        only_trunk("{provider: byo-sip-trunk, name: a, gateways: [%s]}" % g)  # noqa: UP031
        for g in (gateway, gateway.replace("inboundEnabled", "inbound_enabled").replace("dP", "d_p"))
    ]
    assert [(t.entries[0].direction, [str(p) for p in t.transports]) for t in trunks] == [("outbound", ["tls"])] * 2


def test_a_number_in_the_spelling_of_python_is_the_same_number() -> None:
    number = PHONE % "c1"
    snake = only_trunk(number.replace("credentialId", "credential_id").replace("assistantId", "assistant_id"))
    assert (str(snake.over), str(snake.agent)) == ("c1", "a1")


def test_headers_keep_their_names_where_other_keys_are_respelled() -> None:
    rule = only_rule("{type: sip, sip_uri: 'sip:500@pbx.example', sipHeaders: {X-my_case: a}, transfer_plan: {}}")
    assert [str(h.name) for h in rule.headers] == ["X-my_case"]
