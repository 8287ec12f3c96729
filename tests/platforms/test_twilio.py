"""Twilio's trunks, origination URLs and TwiML become facts."""

import pytest

from tests.support.adapted import adapted, brief, only_record, only_rule, only_trunk


@pytest.mark.parametrize(
    ("mode", "refer"), [("disable-all", "deny"), ("sip-only", "allow"), ("enable-all", "allow"), ("null", "")]
)
def test_the_transfer_mode_says_whether_refer_is_taken(mode: str, refer: str) -> None:
    trunk = only_trunk(f"{{sid: TK1, transfer_mode: {mode}, domain_name: a.pstn.twilio.com}}")
    assert (str(trunk.refer), trunk.refer.setting, trunk.misread) == (refer, "transfer_mode", ())
    assert trunk.profile == "twilio"


def test_a_mode_that_the_api_does_not_have() -> None:
    trunk = only_trunk("{sid: TK1, transfer_mode: pstn-only}")
    assert (trunk.refer.value, [m.name for m in trunk.misread]) == (None, ["transfer_mode"])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("auth_type: 'IP_ACL'", True),
        ("auth_type: ''", False),
        ("auth_type_set: []", None),
        ("auth_type: '', auth_type_set: [CREDENTIAL_LIST]", True),
        ("secure: true", None),
    ],
)
def test_what_authenticates_the_trunk(written: str, expected: bool | None) -> None:
    assert only_trunk(f"{{transfer_mode: enable-all, {written}}}").credentials.value is expected


def test_both_spellings_are_read() -> None:
    snake = only_trunk("{sid: TK1, transfer_mode: disable-all, friendly_name: a, domain_name: a.pstn.twilio.com}")
    camel = only_trunk("{sid: TK1, transferMode: disable-all, friendlyName: a, domainName: a.pstn.twilio.com}")
    assert (str(snake.refer), str(snake.name), str(snake.address)) == ("deny", "a", "a.pstn.twilio.com")
    assert (str(camel.refer), str(camel.name), str(camel.address)) == ("deny", "a", "a.pstn.twilio.com")


def test_origination_urls_within_and_beside_the_trunk() -> None:
    urls = "origination_urls: [{sip_url: 'sip:a.example:5060;transport=tcp', enabled: false, trunk_sid: TK1}]"
    for document in ("{sid: TK1, transfer_mode: enable-all, %s}", "{%s, meta: {}}"):
        (entry,) = only_trunk(document % urls).entries
        assert (entry.port.value, [str(t) for t in entry.transports], entry.enabled.value) == (5060, ["tcp"], False)
    alone = only_trunk("[{sip_url: 'sip:a.example', weight: 10, trunk_sid: TK1}]")
    assert (alone.id, len(alone.entries)) == ("TK1", 1)


def test_targets_that_the_user_adds_are_rules_on_the_trunk() -> None:
    found = adapted(
        "{sid: TK1, transfer_mode: enable-all, x_sipdiag_transfer_targets: ['tel:+1', 'sip:5@pbx.example']}"
    )
    assert [(brief(r), r.trunk) for r in found.rules] == [
        (("refer", "phone", True), "TK1"),
        (("refer", "sip-uri", True), "TK1"),
    ]


def twiml(inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Response>{inside}</Response>'


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<Refer><Sip>sip:500@pbx.example?X-Ticket=1</Sip></Refer>", ("refer", "sip-uri", True)),
        ("<Dial><Number>+15550100162</Number></Dial>", ("dial", "phone", True)),
        ("<Dial>+15550100162</Dial>", ("dial", "phone", True)),
        ("<Say>Hello</Say><Refer><Sip>sip:{{desk}}@pbx.example</Sip></Refer>", ("refer", "sip-uri", False)),
        ("<Gather><Dial><Sip>sip:500@pbx.example</Sip></Dial></Gather>", ("dial", "sip-uri", True)),
    ],
)
def test_verbs_that_move_the_call(inside: str, expected: tuple[str, str, bool]) -> None:
    rule = only_rule(twiml(inside))
    assert (brief(rule), rule.platform) == (expected, "twilio-voice")


def test_headers_are_parameters_of_the_uri() -> None:
    rule = only_rule(twiml("<Refer><Sip>sip:500@pbx.example?X-Ticket=1&amp;X-Desk=b</Sip></Refer>"))
    assert str(rule.destination) == "sip:500@pbx.example"
    assert [(str(h.name), str(h.value)) for h in rule.headers] == [("X-Ticket", "1"), ("X-Desk", "b")]


@pytest.mark.parametrize(("attributes", "refer"), [("", "deny"), (' referUrl="https://app.example/r"', "allow")])
def test_the_leg_to_an_agent_takes_refer_only_with_a_refer_url(attributes: str, refer: str) -> None:
    trunk = only_trunk(twiml(f"<Dial{attributes}><Sip>sip:+1@sip.rtc.elevenlabs.io;transport=tls</Sip></Dial>"))
    assert (str(trunk.refer), trunk.is_sip, [str(t) for t in trunk.transports]) == (refer, True, ["tls"])


def test_a_stream_is_no_sip_leg() -> None:
    trunk = only_trunk(twiml('<Connect><Stream url="wss://agent.example/media"/></Connect>'))
    assert (trunk.is_sip, str(trunk.leg)) == (False, "websocket")


@pytest.mark.parametrize(
    ("parameters", "status", "failed"),
    [
        ("ReferCallStatus: failed, ReferSipResponseCode: '603'", 603, True),
        ("ReferCallStatus: completed, ReferSipResponseCode: '202', NotifySipResponseCode: '200'", 200, False),
        ("ReferCallStatus: no-answer, ReferSipResponseCode: '202', NotifySipResponseCode: '480'", 480, True),
    ],
)
def test_the_callback_tells_how_the_refer_ended(parameters: str, status: int, failed: bool) -> None:
    record = only_record(f"{{CallSid: CA1, {parameters}}}")
    assert (record.ids, record.calls[0].status, record.transfer_failed) == (("CA1",), status, failed)
