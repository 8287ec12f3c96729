"""OpenAI's refer request and incoming-call event become facts."""

import pytest

from tests.support.adapted import adapted, brief, only_record, only_rule, only_trunk

EVENT = (
    "{type: %s, created_at: 1790000000, data: {call_id: rtc_1, sip_media_security: srtp, sip_headers: ["
    "{name: From, value: '\"A\" <sip:+15550100123@carrier.example>;tag=1'},"
    " {name: TO, value: 'sip:proj_1@sip.api.openai.com;transport=tls'},"
    " {name: Call-ID, value: a1@192.0.2.1}, {name: Allow, value: 'INVITE, ack'}, {name: allow, value: BYE}]}}"
)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("sip:500@pbx.example", ("refer", "sip-uri", True)),
        ("tel:+15550100162", ("refer", "phone", True)),
        ("+1 (555) 010-0162", ("refer", "phone", True)),
        ("{{ target }}", ("refer", "dynamic", False)),
    ],
)
def test_the_request_is_always_a_refer(uri: str, expected: tuple[str, str, bool]) -> None:
    assert brief(only_rule(f"{{target_uri: '{uri}'}}")) == expected


def test_the_endpoint_knows_no_other_key() -> None:
    rule = only_rule("{target_uri: 'tel:+15550100162', headers: {X-Ticket: '1'}, caller_id: '+1'}")
    assert [str(h.name) for h in rule.headers] == ["X-Ticket"]
    assert [(m.cause, m.name) for m in rule.misread] == [("transfer-option-unknown", "caller_id")]


@pytest.mark.parametrize("kind", ["realtime.call.incoming", "live.transport.incoming"])
def test_the_event_tells_of_the_peer_and_of_the_call(kind: str) -> None:
    trunk, record = only_trunk(EVENT % kind), only_record(EVENT % kind)
    assert (str(trunk.address), trunk.allowed_methods.value) == ("carrier.example", ("INVITE", "ACK", "BYE"))
    assert str(trunk.media_encryption) == "required"
    assert (record.ids, str(record.caller), str(record.callee)) == (("rtc_1", "a1@192.0.2.1"), "+15550100123", "proj_1")
    assert (record.start, record.calls, str(record.leg)) == (1790000000, (), "sip")


def test_an_event_without_allow_says_nothing_of_methods() -> None:
    assert not only_trunk("{type: realtime.call.incoming, data: {call_id: c, sip_headers: []}}").allowed_methods


def test_an_event_cut_short_is_still_read() -> None:
    assert adapted("{type: realtime.call.incoming}").records[0].ids == ()
