"""LiveKit's transfer requests, trunks and results become facts."""

import pytest

from sipdiag.places import Place
from sipdiag.platforms import adapt
from sipdiag.platforms.reading import from_plain
from tests.support.adapted import adapted, brief, only_record, only_rule, only_trunk


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("{participantIdentity: p, roomName: r, transferTo: 'sip:500@pbx.example'}", ("refer", "sip-uri", True)),
        ("{participant_identity: p, room_name: r, transfer_to: 'tel:+15550100162'}", ("refer", "phone", True)),
        ("{transfer: {participant_identity: p, transfer_to: '+15550100162'}}", ("refer", "phone", True)),
        ("{participant_identity: p, transfer_to: '${TARGET}'}", ("refer", "dynamic", False)),
    ],
)
def test_a_request_is_always_a_refer(request_: str, expected: tuple[str, str, bool]) -> None:
    assert brief(only_rule(request_)) == expected


def test_options_have_one_name_in_both_spellings() -> None:
    camel = only_rule("{participantIdentity: p, transferTo: 'tel:+1', playDialtone: true, ringingTimeout: 45s}")
    snake = only_rule("{participant_identity: p, transfer_to: 'tel:+1', play_dialtone: true, ringing_timeout: 45s}")
    assert [o.name for o in camel.options] == [o.name for o in snake.options] == ["play_dialtone", "ringing_timeout"]


@pytest.mark.parametrize(
    ("written", "transports"),
    [("SIP_TRANSPORT_TLS", ["tls"]), ("SIP_TRANSPORT_AUTO", []), ("1", ["udp"]), ("0", []), ("null", [])],
)
def test_the_transport_of_a_trunk(written: str, transports: list[str]) -> None:
    trunk = only_trunk(
        f"{{trunk: {{address: sip.example, numbers: ['+1'], transport: {written}, fromHost: a.example}}}}"
    )
    assert [str(t) for t in trunk.transports] == transports


def test_an_outbound_trunk() -> None:
    trunk = only_trunk(
        "{sipTrunkId: ST_1, name: a, address: 'sip.example:5061', numbers: ['+1', '+2'], authUsername: u,"
        " mediaEncryption: SIP_MEDIA_ENCRYPT_REQUIRE}"
    )
    assert (trunk.id, trunk.direction, trunk.port.value, trunk.credentials.value) == ("ST_1", "outbound", 5061, True)
    assert (str(trunk.number), [str(n) for n in trunk.numbers], str(trunk.media_encryption)) == (
        "+1",
        ["+2"],
        "required",
    )


def test_an_inbound_trunk_lists_whom_it_hears() -> None:
    trunk = only_trunk("{trunk: {name: in, numbers: ['+1'], allowed_addresses: [192.0.2.0/24], krisp_enabled: true}}")
    assert (trunk.direction, [str(a) for a in trunk.allow_from]) == ("inbound", ["192.0.2.0/24"])
    assert trunk.credentials.value is False


def test_trunks_of_a_list() -> None:
    listed = "{items: [{sip_trunk_id: ST_1, address: a.example, numbers: []}, {sip_trunk_id: ST_2, numbers: ['+1']}]}"
    assert [t.id for t in adapted(listed).trunks] == ["ST_1", "ST_2"]
    assert adapted(listed).trunks[0].number.value is None


@pytest.mark.parametrize(
    ("result", "succeeded", "status"),
    [
        ("{transferId: t, status: STS_TRANSFER_SUCCESSFUL, reason: STR_COMPLETED}", True, None),
        ("{transferId: t, status: STS_TRANSFER_FAILED, sipStatus: {code: 603, status: Decline}}", False, 603),
        ("{transferId: t, status: STS_TRANSFER_FAILED, sipStatus: {code: SIP_STATUS_BUSY_HERE}}", False, 486),
        ("{transferId: t, status: STS_TRANSFER_FAILED, sipStatus: {code: SIP_STATUS_OF_TOMORROW}}", False, None),
        ("{transfer_id: t, transfer_status: STS_TRANSFER_ONGOING}", None, None),
        (
            "{code: unknown, msg: 'transfer failed', meta: {sip_status_code: '405', sip_status: Not Allowed}}",
            False,
            405,
        ),
    ],
)
def test_results_claim_what_they_say(result: str, succeeded: bool | None, status: int | None) -> None:
    record = only_record(result)
    (call,) = record.calls
    assert (call.succeeded, call.status, call.method) == (succeeded, status, "refer")
    assert record.transfer_failed is (None if succeeded is None else not succeeded)


def test_a_transfer_of_a_call_carries_the_calls_id() -> None:
    record = only_record(
        "{transferId: t, callId: SCL_1, transferTo: 'sip:500@pbx.example', transferStatus: STS_TRANSFER_FAILED,"
        " transferInitiatedAtNs: '1770110042000000000', transferCompletedAtNs: '1770110044500000000'}"
    )
    (call,) = record.calls
    assert (record.ids, str(call.destination), call.latency) == (("SCL_1",), "sip:500@pbx.example", 2.5)


def test_another_product_with_the_same_key_is_not_taken_for_it() -> None:
    with pytest.raises(AssertionError, match="no platform"):
        adapted("{callId: c, transferTo: '+15550100162'}")


def test_what_somebody_wrote_down_of_a_transfer_is_no_request_for_one() -> None:
    asked = {"participant_identity": "sip_a", "room_name": "r", "transfer_to": "tel:+4930123456"}
    request = adapt(from_plain(asked, Place("in1")), "x.json", "in1")
    assert request is not None
    assert (request.format, len(request.rules)) == ("livekit-transfer", 1)
    for told in ({"status": "failed"}, {"sip_status_code": 603}, {"error": "sip status: 603 Decline"}, {"ok": False}):
        written = adapt(from_plain({**asked, **told}, Place("in1")), "x.json", "in1")
        assert written is not None
        assert written.rules == ()
        assert [c.succeeded for r in written.records for c in r.calls] == [False]
        assert [str(c.destination) for r in written.records for c in r.calls] == ["tel:+4930123456"]
    done = adapt(from_plain({**asked, "status": "completed"}, Place("in1")), "x.json", "in1")
    assert done is not None
    assert [c.succeeded for r in done.records for c in r.calls] == [True]
