"""Telnyx's assistants, commands, connections and events become facts."""

import pytest

from tests.support.adapted import adapted, brief, only_agent, only_record, only_rule, only_trunk

REFER = "{type: refer, refer: {targets: [{name: a, sip_address: '%s'}]}}"


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        (REFER % "sip:500@pbx.example", ("refer", "sip-uri", True)),
        (REFER % "+15550100162", ("refer", "sip-uri", True)),
        ("{type: transfer, transfer: {targets: [{to: '+15550100162'}], from: '+1'}}", ("dial", "phone", True)),
        ("{type: transfer, transfer: {targets: '{{ desks }}'}}", ("dial", "dynamic", False)),
        ("{type: invite, invite: {}}", ("dial", "dynamic", False)),
    ],
)
def test_only_the_refer_tool_sends_a_refer(tool: str, expected: tuple[str, str, bool]) -> None:
    alone = only_rule(tool)
    within = only_agent(f"{{name: desk, instructions: x, tools: [{tool}]}}")
    assert (brief(alone), [brief(r) for r in within.rules]) == (expected, [expected])
    assert (alone.platform, alone.method.setting) == ("telnyx-assistant", "type")


def test_every_target_is_a_rule() -> None:
    tool = "{type: refer, refer: {targets: [{sip_address: 'sip:1@a.example'}, {sip_address: 'sip:2@a.example'}]}}"
    assert [str(r.destination) for r in adapted(f"{{tools: [{tool}]}}").rules] == ["sip:1@a.example", "sip:2@a.example"]


def test_other_tools_are_no_transfer() -> None:
    agent = only_agent("{id: a1, instructions: x, telephony_settings: {}, tools: [{type: hangup, hangup: {}}]}")
    assert (agent.rules, agent.complete) == ((), True)


def test_both_kinds_of_headers_are_read() -> None:
    rule = only_rule(
        "{sip_address: 'sip:500@pbx.example', sip_headers: [{name: User-to-User, value: '00'}],"
        " custom_headers: [{name: X-Ticket, value: '1'}], sip_auth_username: u, sip_auth_password: p}"
    )
    assert [str(h.name) for h in rule.headers] == ["User-to-User", "X-Ticket"]
    assert [o.name for o in rule.options] == ["sip_auth_username"]


@pytest.mark.parametrize(("state", "wrong"), [("aGVsbG8=", []), ("not base64!", ["client_state"])])
def test_client_state_is_base64(state: str, wrong: list[str]) -> None:
    rule = only_rule(f"{{sip_address: 'sip:500@pbx.example', client_state: '{state}'}}")
    assert [m.name for m in rule.misread] == wrong
    assert all(m.refused and m.cause == "config-value-invalid" for m in rule.misread)


def test_a_connection_cannot_tell_whether_refer_is_on() -> None:
    for wrapped in ("{data: %s}", "{data: [%s], meta: {}}", "%s"):
        trunk = only_trunk(
            wrapped % "{id: '1', connection_name: a, active: false, transport_protocol: TLS, encrypted_media: SRTP}"
        )
        assert (trunk.id, trunk.refer.value, trunk.enabled.value) == ("1", None, False)
        assert ([str(t) for t in trunk.transports], str(trunk.media_encryption)) == (["tls"], "required")
        assert trunk.credentials.value is None


def test_the_host_of_an_fqdn_connection() -> None:
    trunk = only_trunk("{data: [{fqdn: pbx.example, port: 5060, connection_id: '1'}]}")
    assert (trunk.id, str(trunk.entries[0].address), trunk.entries[0].port.value) == ("1", "pbx.example", 5060)


def test_events_of_one_call_are_one_attempt() -> None:
    event = "{data: {event_type: call.refer.%s, payload: {call_session_id: s1, from: '+1', to: '+2'%s}}}"
    record = only_record("[" + event % ("started", "") + "," + event % ("failed", ", sip_notify_response: 603") + "]")
    (call,) = record.calls
    assert (call.succeeded, call.status, record.transfer_failed) == (False, 603, True)


def test_texml_can_be_named() -> None:
    document = "<Response><Refer><Sip>sip:500@pbx.example</Sip></Refer></Response>"
    assert adapted(document).platform == "twilio"
    assert adapted(document, "telnyx").rules[0].platform == "telnyx"
