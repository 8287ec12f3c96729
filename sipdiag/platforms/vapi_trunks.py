"""Vapi's phone numbers, and the gateways of SIP trunks that customers bring (vapi-server-sdk 3.0.0)."""

from __future__ import annotations

from sipdiag.facts.config import Misread, Trunk
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms.parts import credentials, has, no_port, options, pointer
from sipdiag.platforms.reading import flag, integer, is_literal, lower, some, text, whole, word
from sipdiag.values import Text, Word

PLATFORM = "vapi"
_NOT_SAID: Read[bool] = Read()
_NUMBER_PROVIDERS = {"byo-phone-number": "sip", "twilio": "twilio", "vonage": "vonage", "telnyx": "telnyx", "vapi": ""}
_NUMBER_KEYS = (
    "assistant_id",
    "credential_id",
    "fallback_destination",
    "squad_id",
    "workflow_id",
    "number_e164_check_enabled",
)


def trunks_of(node: Node) -> list[Trunk]:
    if is_credential(node):
        return [_credential(node)]
    return [_number(node)] if is_number(node) else []


def _credential(node: Node) -> Trunk:
    plan = ("outboundAuthenticationPlan",)
    gateways = tuple(_gateway(g, node) for g in node.get("gateways") or () if isinstance(g.value, dict))
    return Trunk(
        text(node, "id").value or text(node, "name").value or pointer(node.place),
        PLATFORM,
        node.place,
        text(node, "name"),
        Read(Word("sip"), node.place, "provider"),
        allow_from=tuple(a for g in node.get("gateways") or () for a in _source(g)),
        credentials=credentials(node, (*plan, "authUsername"), (*plan, "authPassword")),
        transports=tuple({str(t): t for g in gateways for t in g.transports}.values()),
        transports_of="outbound",
        options=options(node, "gateways", "name", "id", "orgId", "createdAt", "updatedAt", "provider", *plan),
        entries=gateways,
        profile=PLATFORM,
    )


def _gateway(node: Node, credential: Node) -> Trunk:
    inbound, outbound = (
        flag(node, "inboundEnabled").value is not False,
        flag(node, "outboundEnabled").value is not False,
    )
    written = word(node, "outboundProtocol")
    protocol = written or Read(Word("udp"), node.place, "outboundProtocol")  # documented default
    transport = Read(Word(str(protocol).partition("/")[0]), protocol.where, protocol.setting)
    off = flag(node, "outboundEnabled") if not (inbound or outbound) else _NOT_SAID
    return Trunk(
        pointer(node.place),
        PLATFORM,
        node.place,
        text(credential, "name"),
        Read(Word("sip"), node.place, "gateways"),
        address=text(node, "ip"),
        port=integer(node, "port"),
        transports=(transport,) if outbound else (),
        transports_of="outbound",
        media_encryption=Read(Word("required"), protocol.where, protocol.setting)
        if "srtp" in str(protocol)
        else Read(),
        direction="both" if inbound and outbound else "inbound" if inbound else "outbound",
        options=options(node, "ip", "port", "outboundProtocol"),
        enabled=off,
        profile=PLATFORM,
        misread=(*no_port(text(node, "port")), *_no_netmask(text(node, "netmask"))),
    )


def _no_netmask(written: Read[Text]) -> tuple[Misread, ...]:
    """The API takes no network that is larger than a /24."""
    bits = whole(str(written)) if written else 32
    if (bits is not None and 24 <= bits <= 32) or not is_literal(str(written)):
        return ()
    return (Misread("config-value-invalid", "netmask", written, "a number from 24 to 32", refused=True),)


def _source(gateway: Node) -> tuple[Read[Text], ...]:
    """The network from which a gateway's calls are taken: nothing where it takes none."""
    address = text(gateway, "ip")
    if not address or flag(gateway, "inboundEnabled").value is False:
        return ()
    return (Read(Text(f"{address}/{integer(gateway, 'netmask').value or 32}"), address.where, address.setting),)


def _number(node: Node) -> Trunk:
    provider = word(node, "provider")
    leg = _NUMBER_PROVIDERS.get(str(provider), "")
    if not leg and str(provider) == "vapi" and some(node, "sipUri") is not None:
        leg = "sip"
    return Trunk(
        text(node, "id").value or text(node, "number").value or pointer(node.place),
        PLATFORM,
        node.place,
        text(node, "name"),
        Read(Word(leg) if leg else None, provider.where, provider.setting),
        text(node, "number"),
        agent=next((r for k in ("assistantId", "squadId", "workflowId") if (r := text(node, k))), Read()),
        options=options(node, "provider", "id", "name", "number", "assistantId", "orgId", "createdAt", "updatedAt"),
        profile=PLATFORM,
        over=text(node, "credentialId"),
    )


def is_credential(node: Node) -> bool:
    return lower(word(node, "provider")) == "byo-sip-trunk" or any(
        "inboundEnabled" in g or "outboundEnabled" in g or "outboundProtocol" in g for g in node.get("gateways") or ()
    )


def is_number(node: Node) -> bool:
    known = lower(word(node, "provider")) in _NUMBER_PROVIDERS
    return known and has(node, "number", "sip_uri") and ("orgId" in node or has(node, *_NUMBER_KEYS))
