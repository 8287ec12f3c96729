"""LiveKit SIP: transfer requests and their results, inbound and outbound trunks (livekit-protocol 1.1.29).

Messages are protobuf JSON: lowerCamelCase as servers write it, snake_case as SDKs and the CLI take it.
"""

from __future__ import annotations

from sipdiag.facts.config import Option, TransferRule, Trunk
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms import livekit_calls
from sipdiag.platforms.adapted import POSSIBLE, SURE, TYPICAL, Adapted, Likeness
from sipdiag.platforms.event_calls import tells_outcome
from sipdiag.platforms.parts import (
    camel,
    credentials,
    elements,
    has,
    headers_of_mapping,
    host_and_port,
    key_of,
    kind_of,
    no_networks,
    options,
    pointer,
    snake,
)
from sipdiag.platforms.reading import lower, some, text, texts, word
from sipdiag.platforms.vocabulary import misread
from sipdiag.values import Word

PLATFORM = "livekit"
_PAGES = ("items",)
_TRANSPORTS = {"0": "auto", "1": "udp", "2": "tcp", "3": "tls"}
_ENCRYPTION = {
    "sip_media_encrypt_disable": "disabled",
    "sip_media_encrypt_allow": "allowed",
    "sip_media_encrypt_require": "required",
    "0": "disabled",
    "1": "allowed",
    "2": "required",
}
_INBOUND = (
    "allowed_addresses",
    "allowed_numbers",
    "auth_realm",
    "krisp_enabled",
    "ringing_timeout",
    "max_call_duration",
)
_OUTBOUND = ("destination_country", "from_host", "transport")
# Members of a mapping without which it is none of this platform's.
_TOLD_BY = (
    *("trunk", "replace", "transfer", "request", "transfer_to", "numbers", "address"),
    *("transfer_id", "transfer_status", "error", "meta", "metadata", "sip_call_id"),
)
_BOTH = ("headers_to_attributes", "attributes_to_headers", "include_headers", "media_encryption", "sip_trunk_id")


def recognises(node: Node) -> Likeness | None:
    first = next(elements(node, *_PAGES), None)
    if first is None or not has(first, *_TOLD_BY):
        return None
    inner = _inner(first)
    if livekit_calls.is_result(first):
        return Likeness(SURE, "livekit-result")
    if _is_request(inner):
        return Likeness(SURE if has(inner, "participant_identity", "room_name") else POSSIBLE, "livekit-transfer")
    transport = lower(word(inner, "transport"))
    sure = transport.startswith("sip_transport_") or has(inner, *_BOTH)
    if "numbers" in inner and (sure or has(inner, *_INBOUND, *_OUTBOUND) or "address" in inner):
        return Likeness(SURE if sure else TYPICAL, "livekit-trunk")
    return Likeness(SURE, "livekit-trunk") if sure and "address" in inner else None


def read(node: Node, name: str, input_id: str, form: str) -> Adapted:
    pages = tuple(elements(node, *_PAGES))
    if form == "livekit-result":
        records = tuple(r for page in pages if (r := livekit_calls.record(page)) is not None)
        return Adapted(PLATFORM, form, records=records)
    inner = tuple(_inner(page) for page in pages)
    rules = tuple(_rule(n) for n in inner if _is_request(n))
    trunks = tuple(_trunk(n) for n in inner if not _is_request(n) and ("numbers" in n or "address" in n))
    return Adapted(PLATFORM, form, rules=rules, trunks=trunks)


def _inner(node: Node) -> Node:
    """The message inside the request that creates, updates or lists it."""
    for key in ("trunk", "replace", "transfer", "request"):
        inner = some(node, key)
        if inner is not None and isinstance(inner.value, dict):
            return inner
    return node


def _is_request(node: Node) -> bool:
    # With a call id it is another API's, and with an outcome it is what somebody wrote down of a transfer.
    return has(node, "transfer_to") and not has(node, "call_id") and not tells_outcome(node)


def _rule(node: Node) -> TransferRule:
    destination = text(node, key_of(node, "transfer_to"))
    kind, literal = kind_of(destination.value)
    beside = _options(node, "transfer_to", "participant_identity", "room_name", "headers")
    return TransferRule(
        pointer(node.place),
        PLATFORM,
        node.place,
        default_method="refer",
        destination=destination,
        destination_kind=kind,
        literal=literal,
        headers=headers_of_mapping(some(node, "headers")),
        options=beside,
        misread=misread(PLATFORM, beside),
    )


def _trunk(node: Node) -> Trunk:
    transport = word(node, "transport")
    named = _TRANSPORTS.get(str(transport), str(transport).removeprefix("sip_transport_"))
    encryption = word(node, key_of(node, "media_encryption"))
    address = text(node, "address")
    inbound = not address and has(node, *_INBOUND)
    port = host_and_port(str(address))[1]
    numbers = texts(node.get("numbers"))
    known = ("sip_trunk_id", "name", "address", "transport", "auth_username", "auth_password", "media_encryption")
    return Trunk(
        text(node, key_of(node, "sip_trunk_id")).value or text(node, "name").value or pointer(node.place),
        PLATFORM,
        node.place,
        text(node, "name"),
        Read(Word("sip"), node.place, ""),
        numbers[0] if numbers else Read(None, (node.get("numbers") or node).place, "numbers"),
        address,
        Read(port, address.where, "address") if port is not None else Read(),
        (Read(Word(named), transport.where, transport.setting),) if transport and named != "auto" else (),
        allow_from=texts(node.get(key_of(node, "allowed_addresses"))),
        credentials=credentials(node, (key_of(node, "auth_username"),), (key_of(node, "auth_password"),)),
        media_encryption=_encryption(encryption),
        direction="inbound" if inbound else "outbound",
        options=_options(node, *known),
        profile=PLATFORM,
        numbers=numbers[1:],
        misread=no_networks(texts(node.get(key_of(node, "allowed_addresses")))),
    )


def _options(node: Node, *known: str) -> tuple[Option, ...]:
    """Under the names of the protocol's own files, whichever spelling the document uses."""
    return tuple(Option(snake(o.name), o.value) for o in options(node, *known, *map(camel, known)))


def _encryption(written: Read[Word]) -> Read[Word]:
    known = _ENCRYPTION.get(str(written))
    return written if known is None else Read(Word(known), written.where, written.setting)
