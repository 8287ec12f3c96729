"""Documents made with the vendors' own SDKs keep every field that governs a transfer.

The SDKs are an optional group of dependencies (`vendors`). Each field of a model gets a value of its own; it has to turn
up in the facts, unless it is named here as one that says nothing about transfers. A field that a new SDK adds fails here.
"""

from __future__ import annotations

import dataclasses
import json
import typing
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from sipdiag.platforms import Adapted, adapt
from sipdiag.sources.documents import read_document

pytestmark = pytest.mark.filterwarnings("ignore")  # what the SDKs warn of when they are imported is theirs

SPOKEN = {"description", "message", "execution_message_description", "execution_message_type", "speak_during_execution"}


def sdk(name: str) -> Any:
    return pytest.importorskip(name, reason=f"the SDK {name.partition('.')[0]} is not installed: make test-vendors")


def facts(document: object) -> Adapted:
    found = adapt(read_document(json.dumps(document, default=str).encode(), "a.json", "in1"), "a.json", "in1")
    assert found is not None, f"not recognised: {document}"
    return found


def said(value: object) -> set[str]:
    """Every value that the facts hold."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {s for f in dataclasses.fields(value) for s in said(getattr(value, f.name))}
    if isinstance(value, tuple):
        return {s for v in value for s in said(v)}
    return {str(value)}


def wire_names(model: Any) -> dict[str, str]:
    """The fields of a pydantic model by the names that they have on the wire."""
    return {(f.alias or name): name for name, f in model.model_fields.items()}


def filled(names: Iterable[str], given: Mapping[str, object]) -> dict[str, object]:
    return {name: given.get(name, f"value of {name}") for name in names}


def lost(document: object, names: Iterable[str], beside: Iterable[str]) -> set[str]:
    held = said(facts(document))
    return {n for n in names if n not in set(beside) and not any(f"value of {n}" in s for s in held)}


# --- Vapi


@pytest.mark.parametrize(
    ("model", "kind"), [("TransferDestinationSip", "sip"), ("TransferDestinationNumber", "number")]
)
def test_vapi_destinations(model: str, kind: str) -> None:
    vapi = sdk("vapi")
    plans, names = wire_names(vapi.TransferPlan), wire_names(getattr(vapi, model))
    plan = filled(plans, {"sipVerb": "refer"})
    headers = {"X-Ticket": "value of sipHeaders"}
    document = {"type": kind, **filled(names, {"transferPlan": plan, "sipHeaders": headers, "type": kind})}
    tool = {"type": "transferCall", "destinations": [document]}
    assert lost(tool, names, SPOKEN | {"type", "transferPlan"}) == set()
    assert lost(tool, plans, {"sipVerb"}) == set()
    assert [str(r.method) for r in facts(tool).rules] == ["refer"]
    assert {m.name for r in facts(tool).rules for m in r.misread} == {"mode"}  # the value that it got here


def test_vapi_modes_are_those_of_the_profile() -> None:
    modes = typing.get_args(typing.get_args(sdk("vapi.types.transfer_plan_mode").TransferPlanMode)[0])
    for mode in modes:
        plan = {"mode": mode, "sipVerb": "refer"}
        tool = {
            "type": "transferCall",
            "destinations": [{"type": "sip", "sipUri": "sip:5@a.example", "transferPlan": plan}],
        }
        assert facts(tool).rules[0].misread == (), mode


def test_vapi_trunks() -> None:
    vapi = sdk("vapi")
    gateways = wire_names(vapi.SipTrunkGateway)
    gateway = filled(gateways, {"port": 5071, "netmask": 29, "inboundEnabled": True, "outboundEnabled": True})
    gateway["outboundProtocol"] = "tls"
    names = wire_names(vapi.ByoSipTrunkCredential)
    plan = {"authUsername": "u"}
    document = filled(names, {"gateways": [gateway], "provider": "byo-sip-trunk", "outboundAuthenticationPlan": plan})
    (trunk,) = facts(document).trunks
    assert (
        lost(document, names, {"provider", "gateways", "outboundAuthenticationPlan", "orgId", "createdAt", "updatedAt"})
        == set()
    )
    assert (trunk.credentials.value, trunk.entries[0].port.value) == (True, 5071)
    assert ([str(t) for t in trunk.entries[0].transports], str(trunk.allow_from[0])) == (["tls"], "value of ip/29")


# --- Retell

OPTIONS = "GeneralToolTransferCallToolTransferOptionTransferOption"


@pytest.mark.parametrize(
    ("option", "mode", "method"),
    [
        ("ColdTransfer", "sip_refer", "refer"),
        ("ColdTransfer", "sip_invite", "dial"),
        ("WarmTransfer", None, "dial"),
        ("AgenticWarmTransfer", None, "dial"),
    ],
)
def test_retell_tools(option: str, mode: str | None, method: str) -> None:
    types = sdk("retell.types.llm_response")
    kind = {"ColdTransfer": "cold_transfer", "WarmTransfer": "warm_transfer"}.get(option, "agentic_warm_transfer")
    options = wire_names(getattr(types, OPTIONS + option))
    tools = wire_names(types.GeneralToolTransferCallTool)
    targets = wire_names(types.GeneralToolTransferCallToolTransferDestinationTransferDestinationPredefined)
    tool = filled(
        tools,
        {
            "type": "transfer_call",
            "transfer_destination": filled(targets, {"type": "predefined"}),
            "transfer_option": filled(options, {"type": kind, **({"cold_transfer_mode": mode} if mode else {})}),
            "custom_sip_headers": {"X-Ticket": "value of custom_sip_headers"},
        },
    )
    for document in (tool, {"general_tools": [tool]}, {"states": [{"name": "s", "tools": [tool]}], "llm_id": "l"}):
        (rule,) = facts(document).rules
        assert (rule.effective_method, rule.wants_refer) == (method, method == "refer")
        beside = SPOKEN | {"type", "transfer_option", "transfer_destination"}
        assert lost(document, {**tools, **targets}, beside) == set()
        assert lost(document, options, {"type", "cold_transfer_mode"}) == set()


def test_retell_transfer_node() -> None:
    types = sdk("retell.types.conversation_flow_response")
    names = wire_names(types.NodeTransferCallNode)
    node = filled(
        names,
        {
            "type": "transfer_call",
            "transfer_destination": {"type": "predefined", "number": "+12025550123"},
            "transfer_option": {"type": "cold_transfer", "cold_transfer_mode": "sip_refer"},
            "custom_sip_headers": {"X-Ticket": "value of custom_sip_headers"},
        },
    )
    drawn = {
        "id",
        "type",
        "edge",
        "display_position",
        "global_node_setting",
        "instruction",
        "model_choice",
        "model_config",
    }
    flow = {"conversation_flow_id": "f", "nodes": [node]}
    assert lost(flow, names, drawn | SPOKEN | {"transfer_destination", "transfer_option"}) == set()
    assert facts(flow).rules[0].wants_refer


def test_retell_numbers() -> None:
    importing = sdk("retell.types.phone_number_import_params").PhoneNumberImportParams
    names = set(importing.__annotations__)
    document = filled(names, {"transport": "TLS", "inbound_agents": [{"agent_id": "value of inbound_agents"}]})
    document["outbound_agents"] = []
    assert lost(document, names, {"transport", "outbound_agents", "sip_trunk_auth_password"}) == set()
    (trunk,) = facts(document).trunks
    assert ([str(t) for t in trunk.transports], trunk.credentials.value) == (["tls"], True)


def test_retell_calls() -> None:
    model = sdk("retell.types.phone_call_response").PhoneCallResponse
    turns = [
        {"role": "tool_call_invocation", "tool_call_id": "t", "name": "n", "type": "transfer_call", "arguments": "{}"},
        {"role": "tool_call_result", "tool_call_id": "t", "content": "refused", "successful": False},
    ]
    call = model.model_construct(
        call_id="c",
        call_type="phone_call",
        agent_id="a",
        direction="inbound",
        from_number="+1",
        to_number="+2",
        call_status="ended",
        agent_version=1,
        start_timestamp=1770110042000,
        disconnection_reason="agent_hangup",
        transcript_with_tool_calls=turns,
        transfer_destination="+3",
    )
    (record,) = facts(call.model_dump(mode="json", by_alias=True, warnings=False)).records
    assert (record.id, record.agent, str(record.caller), str(record.callee)) == ("c", "a", "+1", "+2")
    assert [(c.succeeded, str(c.result), str(c.destination)) for c in record.calls] == [(False, "refused", "+3")]


# --- LiveKit


@pytest.mark.parametrize("snake", [True, False])
def test_livekit_requests(snake: bool) -> None:
    sip, json_format = sdk("livekit.protocol.sip"), sdk("google.protobuf.json_format")
    request = sip.TransferSIPParticipantRequest(
        participant_identity="p",
        room_name="r",
        transfer_to="sip:5@a.example",
        play_dialtone=True,
        headers={"X-Ticket": "1"},
        ringing_timeout={"seconds": 45},
    )
    assert {f.name for f in request.DESCRIPTOR.fields} == {f.name for f, _ in request.ListFields()}, "a new field"
    (rule,) = facts(json_format.MessageToDict(request, preserving_proto_field_name=snake)).rules
    assert (str(rule.destination), [str(h.name) for h in rule.headers]) == ("sip:5@a.example", ["X-Ticket"])
    assert {o.name for o in rule.options} == {"play_dialtone", "ringing_timeout"}


@pytest.mark.parametrize("snake", [True, False])
def test_livekit_trunks(snake: bool) -> None:
    sip, json_format = sdk("livekit.protocol.sip"), sdk("google.protobuf.json_format")
    outbound = sip.SIPOutboundTrunkInfo(
        sip_trunk_id="ST_1",
        address="a.example",
        transport=sip.SIP_TRANSPORT_TLS,
        numbers=["+1"],
        auth_username="u",
        media_encryption=sip.SIP_MEDIA_ENCRYPT_REQUIRE,
    )
    inbound = sip.SIPInboundTrunkInfo(sip_trunk_id="ST_2", numbers=["+1"], allowed_addresses=["192.0.2.0/24"])
    for message in (outbound, inbound):
        document = json_format.MessageToDict(message, preserving_proto_field_name=snake)
        listed = json_format.MessageToDict(
            sip.ListSIPOutboundTrunkResponse(items=[outbound])
            if message is outbound
            else sip.ListSIPInboundTrunkResponse(items=[inbound]),
            preserving_proto_field_name=snake,
        )
        for wrapped in (document, {"trunk": document}, listed):
            (trunk,) = facts(wrapped).trunks
            if message is outbound:
                assert (str(trunk.address), [str(t) for t in trunk.transports]) == ("a.example", ["tls"])
                assert (trunk.credentials.value, str(trunk.media_encryption)) == (True, "required")
            else:
                assert (trunk.direction, [str(a) for a in trunk.allow_from]) == ("inbound", ["192.0.2.0/24"])


@pytest.mark.parametrize("snake", [True, False])
def test_livekit_results(snake: bool) -> None:
    sip, json_format = sdk("livekit.protocol.sip"), sdk("google.protobuf.json_format")
    result = sip.TransferSIPParticipantResponse(
        transfer_id="t",
        status=sip.STS_TRANSFER_FAILED,
        reason=sip.STR_REJECTED,
        sip_status=sip.SIPStatus(code=sip.SIP_STATUS_GLOBAL_DECLINE),
    )
    (record,) = facts(json_format.MessageToDict(result, preserving_proto_field_name=snake)).records
    assert (record.transfer_failed, record.calls[0].status) == (True, 603)


# --- OpenAI


def test_openai_request_has_one_key() -> None:
    assert set(sdk("openai.types.realtime.call_refer_params").CallReferParams.__annotations__) == {"target_uri"}
    assert facts({"target_uri": "tel:+12025550123"}).rules[0].wants_refer


def test_openai_event() -> None:
    types = sdk("openai.types.webhooks.realtime_call_incoming_webhook_event")
    event = types.RealtimeCallIncomingWebhookEvent.model_validate(
        {
            "id": "e",
            "created_at": 1790000000,
            "type": "realtime.call.incoming",
            "data": {
                "call_id": "c",
                "sip_headers": [{"name": "Allow", "value": "INVITE"}],
                "sip_media_security": "srtp",
            },
        }
    )
    found = facts(event.model_dump(mode="json"))
    assert (found.trunks[0].allowed_methods.value, found.records[0].ids) == (("INVITE",), ("c",))


# --- Twilio


def test_twilio_trunk() -> None:
    trunks = sdk("twilio.rest.trunking.v1.trunk")
    setting, caller = trunks.TrunkInstance.TransferSetting, trunks.TrunkInstance.TransferCallerId
    assert {v for k, v in vars(setting).items() if k.isupper()} == {"disable-all", "enable-all", "sip-only"}
    payload = {
        "sid": "TK1",
        "domain_name": "a.pstn.twilio.com",
        "transfer_mode": setting.DISABLE_ALL,
        "secure": True,
        "transfer_caller_id": caller.FROM_TRANSFEROR,
        "auth_type": "IP_ACL",
        "auth_type_set": ["IP_ACL"],
    }
    instance = trunks.TrunkInstance(None, payload)
    document = {k: v for k, v in vars(instance).items() if not k.startswith("_")}
    (trunk,) = facts(document).trunks
    assert (str(trunk.refer), trunk.credentials.value, str(trunk.media_encryption)) == ("deny", True, "required")
    assert {o.name for o in trunk.options} >= {"transfer_mode", "transfer_caller_id"}


def test_twilio_twiml() -> None:
    twiml = sdk("twilio.twiml.voice_response")
    response = twiml.VoiceResponse()
    response.refer(action="/done", method="POST").sip("sip:5@a.example?X-Ticket=1")
    node = read_document(str(response).encode(), "a.xml", "in1")
    found = adapt(node, "a.xml", "in1")
    assert found is not None
    assert [(r.wants_refer, str(r.destination)) for r in found.rules] == [(True, "sip:5@a.example")]
    assert {o.name for o in found.rules[0].options} == {"action", "method"}


# --- Telnyx


@pytest.mark.parametrize(("kind", "key"), [("Refer", "sip_address"), ("Transfer", "to")])
def test_telnyx_tools(kind: str, key: str) -> None:
    types = sdk("telnyx.types.ai.assistant_tool")
    outer = wire_names(getattr(types, f"{kind}{kind}"))
    target = "ReferReferTarget" if kind == "Refer" else "TransferTransferTargetsTargetsList"
    targets = wire_names(getattr(types, target))
    headers = [{"name": "X-Ticket", "value": "value of custom_headers"}]
    inner = filled(
        outer,
        {
            "targets": [filled(targets, {})],
            "custom_headers": headers,
            "sip_headers": [{"name": "User-to-User", "value": "value of sip_headers"}],
        },
    )
    tool = {"type": kind.lower(), kind.lower(): inner}
    for document in (tool, {"name": "a", "instructions": "x", "model": "m", "tools": [tool]}):
        (rule,) = facts(document).rules
        assert (rule.wants_refer, str(rule.destination)) == (kind == "Refer", f"value of {key}")
        assert lost(document, outer, {"targets", "description"}) == set()
        assert lost(document, targets, {"sip_auth_password"}) == set()


def test_telnyx_command() -> None:
    names = set(sdk("telnyx.types.calls.action_refer_params").ActionReferParams.__annotations__)
    document = filled(
        names,
        {
            "custom_headers": [{"name": "X-Ticket", "value": "value of custom_headers"}],
            "sip_headers": [{"name": "User-to-User", "value": "value of sip_headers"}],
        },
    )
    assert lost(document, names, {"sip_auth_password"}) == set()


@pytest.mark.parametrize("model", ["FqdnConnection", "IPConnection", "CredentialConnection"])
def test_telnyx_connections(model: str) -> None:
    types = sdk("telnyx.types")
    connection = getattr(types, model).model_construct(
        id="1",
        connection_name="a",
        active=True,
        transport_protocol="TLS",
        encrypted_media="SRTP",
        user_name="u",
        outbound={"outbound_voice_profile_id": "v"},
        inbound={"sip_region": "US"},
    )
    document = connection.model_dump(mode="json", by_alias=True, warnings=False)
    for wrapped in (document, {"data": document}, {"data": [document]}):
        (trunk,) = facts(wrapped).trunks
        assert (trunk.id, str(trunk.media_encryption), trunk.refer.value) == ("1", "required", None)
        assert {"outbound_voice_profile_id", "sip_region"} <= {o.name for o in trunk.options}
        assert [str(t) for t in trunk.transports] == ["tls"]


def test_telnyx_event() -> None:
    types = sdk("telnyx.types")
    event = types.CallReferFailed.model_construct(
        event_type="call.refer.failed", payload={"call_session_id": "s", "sip_notify_response": 603}
    )
    (record,) = facts({"data": event.model_dump(mode="json", warnings=False)}).records
    assert (record.transfer_failed, record.calls[0].status) == (True, 603)


# --- ElevenLabs


def test_elevenlabs_rules() -> None:
    types = sdk("elevenlabs.types")
    names = wire_names(types.PhoneNumberTransfer)
    rule = filled(
        names,
        {
            "transfer_destination": {"type": "sip_uri", "sip_uri": "value of transfer_destination"},
            "transfer_type": "sip_refer",
            "custom_sip_headers": [{"type": "static", "key": "X-Ticket", "value": "value of custom_sip_headers"}],
            "post_dial_digits": {"type": "static", "value": "value of post_dial_digits"},
            "uui": {"data": "value of uui"},
            "sip_refer_play_dialtone": False,
        },
    )
    params = {"system_tool_type": "transfer_to_number", "transfers": [rule]}
    tool = {"type": "system", "name": "transfer_to_number", "params": params}
    document = {"name": "a", "conversation_config": {"agent": {"prompt": {"tools": [tool]}}}}
    assert lost(document, names, {"transfer_type", "sip_refer_play_dialtone"}) == set()
    assert [(r.wants_refer, [o.name for o in r.options]) for r in facts(document).rules] == [
        (True, ["post_dial_digits", "uui", "sip_refer_play_dialtone"])
    ]
