"""OpenAI Realtime and Live SIP: the body of a refer request, and the event of an incoming call (openai 3.54.0)."""

from __future__ import annotations

import re

from sipdiag.facts.config import TransferRule, Trunk
from sipdiag.facts.record import CallRecord
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms.adapted import SURE, Adapted, Likeness
from sipdiag.platforms.parts import epoch, headers_of_mapping, kind_of, options, pointer
from sipdiag.platforms.reading import lower, mappings, text, word
from sipdiag.platforms.vocabulary import misread
from sipdiag.values import Text, Word

PLATFORM = "openai-realtime"
_EVENTS = ("realtime.call.incoming", "live.transport.incoming", "live.call.incoming")
_MOST = 50  # methods of one Allow header
_IN_BRACKETS, _BARE = re.compile(r"<\s*([^<>]*)>"), re.compile(r"\s*([^;,\s]+)")


def recognises(node: Node) -> Likeness | None:
    if lower(word(node, "type")) in _EVENTS:
        return Likeness(SURE, "openai-incoming-call")
    return Likeness(SURE, "openai-refer") if "target_uri" in node else None


def read(node: Node, name: str, input_id: str, form: str) -> Adapted:
    if "target_uri" in node:
        return Adapted(PLATFORM, form, rules=(_rule(node),))
    data = node.get("data") or node
    return Adapted(PLATFORM, form, trunks=(_peer(node, data),), records=(_call(node, data),))


def _rule(node: Node) -> TransferRule:
    """The endpoint does nothing but REFER; all that stands beside `target_uri` is not known to it."""
    destination = text(node, "target_uri")
    kind, literal = kind_of(destination.value)
    beside = options(node, "target_uri", "headers")
    return TransferRule(
        pointer(node.place),
        PLATFORM,
        node.place,
        default_method="refer",
        destination=destination,
        destination_kind=kind,
        literal=literal,
        headers=headers_of_mapping(node.get("headers")),
        options=beside,
        misread=misread(PLATFORM, beside),
    )


def _headers(data: Node, *names: str) -> list[Read[Text]]:
    found = []
    for header in mappings(data.get("sip_headers")):
        if lower(text(header, "name")) in names and (value := text(header, "value")):
            found.append(Read(value.value, value.where, str(text(header, "name"))))
    return found


def _peer(node: Node, data: Node) -> Trunk:
    """What the carrier's INVITE tells of the carrier."""
    sender = next(iter(_headers(data, "from", "f")), None)
    allow = _headers(data, "allow")
    methods = tuple(m.strip().upper() for a in allow for m in str(a).split(",")[:_MOST] if m.strip())
    return Trunk(
        pointer(node.place),
        PLATFORM,
        data.place,
        leg=Read(Word("sip"), data.place, "sip_headers"),
        address=Read() if sender is None else Read(Text(_host(str(sender))), sender.where, sender.setting),
        allowed_methods=Read(methods, allow[0].where, "Allow") if allow else Read(),
        media_encryption=_security(data),
        direction="inbound",
    )


def _security(data: Node) -> Read[Word]:
    written = word(data, "sip_media_security")
    known = {"srtp": "required", "rtp": "disabled"}.get(str(written))
    return Read() if known is None else Read(Word(known), written.where, written.setting)


def _call(node: Node, data: Node) -> CallRecord:
    ids = [text(data, k) for k in ("call_id", "session_id")] + _headers(data, "call-id", "i", "x-call-id", "session-id")
    sender, to = (next(iter(_headers(data, *names)), None) for names in (("from", "f"), ("to", "t")))
    return CallRecord(
        str(next((i for i in ids if i), "")) or pointer(node.place),
        PLATFORM,
        node.place,
        tuple(dict.fromkeys(str(i) for i in ids if i)),
        Read() if sender is None else Read(Text(_user(str(sender))), sender.where, sender.setting),
        Read() if to is None else Read(Text(_user(str(to))), to.where, to.setting),
        "inbound",
        epoch(node.get("created_at")),
        leg=Read(Word("sip"), data.place, "sip_headers"),
    )


def _uri(header: str) -> str:
    match = _IN_BRACKETS.search(header) or _BARE.match(header)
    return match[1] if match else ""


def _user(header: str) -> str:
    uri = _uri(header)
    return uri.partition("@")[0].partition(":")[2] if "@" in uri else uri.partition(":")[2]


def _host(header: str) -> str:
    uri = _uri(header)
    rest = uri.rpartition("@")[2] if "@" in uri else uri.partition(":")[2]
    return re.split(r"[;?:]", rest, maxsplit=1)[0]
