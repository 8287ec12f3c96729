"""Telnyx: AI assistants, the refer command of Call Control, SIP connections, refer events, TeXML (telnyx 4.189.0)."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.facts.config import Agent, Option, TransferRule, Trunk
from sipdiag.facts.record import CallRecord, Told, ToolCall
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms import twiml
from sipdiag.platforms.adapted import POSSIBLE, SURE, TYPICAL, Adapted, Likeness
from sipdiag.platforms.parts import elements, epoch, headers_of_list, kind_of, options, pointer
from sipdiag.platforms.reading import flag, integer, lower, mappings, some, text, word
from sipdiag.platforms.vocabulary import misread
from sipdiag.values import Text, Word

PLATFORM = "telnyx"
_ASSISTANT = "telnyx-assistant"
_TOOLS = {"refer": "refer", "transfer": "dial", "invite": "dial"}
_EVENTS = {"call.refer.completed": True, "call.refer.failed": False, "call.refer.started": None}
_CONNECTION = ("transport_protocol", "inbound", "outbound", "sip_uri_calling_preference", "user_name")
_ENCRYPTED = ("srtp", "zrtp", "dtls", "dtls-srtp")
_OWN = ("targets", "custom_headers", "sip_headers", "sip_address", "name", "to")


def recognises(node: Node) -> Likeness | None:
    if twiml.is_response(node):
        return Likeness(POSSIBLE, "telnyx-texml")
    first = next(_documents(node), None)
    if first is None:
        return None
    if lower(word(first, "event_type")) in _EVENTS:
        return Likeness(SURE, "telnyx-refer-event")
    if _is_tool(first):
        return Likeness(SURE, "telnyx-tool")
    if any(_is_tool(t) for t in mappings(first.get("tools"))):
        return Likeness(SURE, "telnyx-assistant")
    if "sip_address" in first:
        return Likeness(SURE, "telnyx-refer")
    if "connection_name" in first and any(k in first for k in _CONNECTION):
        return Likeness(SURE, "telnyx-connection")
    if "fqdn" in first and "connection_id" in first:
        return Likeness(SURE, "telnyx-fqdn")
    if "telephony_settings" in first and "instructions" in first:
        return Likeness(TYPICAL, "telnyx-assistant")
    return None


def read(node: Node, name: str, input_id: str, form: str) -> Adapted:
    if twiml.is_response(node):
        rules, trunks = twiml.read_response(node, PLATFORM)
        return Adapted(PLATFORM, form, rules=rules, trunks=trunks)
    agents: list[Agent] = []
    loose: list[TransferRule] = []
    found: list[Trunk] = []
    events: list[Node] = []
    for one in _documents(node):
        if lower(word(one, "event_type")) in _EVENTS:
            events.append(one)
        elif _is_tool(one):
            loose += _rules(one, None)
        elif "sip_address" in one:
            loose.append(_command(one))
        elif "fqdn" in one and "connection_id" in one:
            found.append(_fqdn(one))
        elif "connection_name" in one:
            found.append(_connection(one))
        else:
            agents.append(_assistant(one))
    rules = tuple(r for a in agents for r in a.rules) + tuple(loose)
    return Adapted(PLATFORM, form, tuple(agents), rules, tuple(found), _records(events))


def _documents(node: Node) -> Iterator[Node]:
    """The resources in the envelope of an API answer or a webhook, or the resource itself."""
    for page in elements(node):
        data = page.get("data")
        yield from mappings(data) if data is not None and isinstance(data.value, dict | list) else (page,)


def _is_tool(node: Node) -> bool:
    kind = lower(word(node, "type"))
    return kind in _TOOLS and isinstance((node.get(kind) or node).value, dict) and kind in node


def _assistant(node: Node) -> Agent:
    id_ = text(node, "id").value or text(node, "name").value or pointer(node.place)
    rules = tuple(r for t in mappings(node.get("tools")) if _is_tool(t) for r in _rules(t, id_))
    return Agent(
        id_,
        _ASSISTANT,
        node.place,
        text(node, "name"),
        rules,
        complete="tools" in node and not some(node, "tool_ids") and not some(node, "mcp_servers"),
        tool_missing_at=None if rules else (node.get("tools") or node).place,
        version=text(node, "version_id").value,
        identified=bool(text(node, "id")),
    )


def _rules(tool: Node, agent: str | None) -> list[TransferRule]:
    kind = lower(word(tool, "type"))
    inner = tool.get(kind) or tool
    targets = inner.get("targets")
    if targets is None or not isinstance(targets.value, list):
        # A variable that is filled in when the call runs, or for `invite` nothing at all.
        return [_rule(tool, inner, inner, text(inner, "targets"), agent)]
    key = "sip_address" if kind == "refer" else "to"
    return [_rule(tool, inner, target, text(target, key), agent) for target in mappings(targets)]


def _rule(tool: Node, inner: Node, target: Node, destination: Read[Text], agent: str | None) -> TransferRule:
    chosen = word(tool, "type")
    beside = options(inner, *_OWN) + (options(target, *_OWN) if target is not inner else ())
    kind, literal = kind_of(destination.value, "phone")
    return TransferRule(
        pointer(target.place),
        _ASSISTANT,
        target.place,
        Read(Word(_TOOLS[str(chosen)]), chosen.where, "type"),
        None,
        destination,
        ("sip-uri" if literal and destination.setting == "sip_address" else kind) if destination else "dynamic",
        literal,
        text(target, "name"),
        text(inner, "description"),
        headers_of_list(inner.get("sip_headers")) + headers_of_list(inner.get("custom_headers")),
        beside,
        agent,
        written=text(tool, "type"),
        misread=misread(_ASSISTANT, beside),
    )


def _command(node: Node) -> TransferRule:
    """The body of POST /v2/calls/{id}/actions/refer."""
    destination = text(node, "sip_address")
    kind, literal = kind_of(destination.value)
    beside = options(node, *_OWN)
    return TransferRule(
        pointer(node.place),
        PLATFORM,
        node.place,
        default_method="refer",
        destination=destination,
        destination_kind=kind,
        literal=literal,
        headers=headers_of_list(node.get("sip_headers")) + headers_of_list(node.get("custom_headers")),
        options=beside,
        misread=misread(PLATFORM, beside),
    )


def _connection(node: Node) -> Trunk:
    transport, encrypted = word(node, "transport_protocol"), word(node, "encrypted_media")
    user = text(node, "user_name")
    return Trunk(
        text(node, "id").value or text(node, "connection_name").value or pointer(node.place),
        PLATFORM,
        node.place,
        text(node, "connection_name"),
        Read(Word("sip"), node.place, "connection_name"),
        transports=(transport,) if transport else (),
        # No field of any connection says whether REFER is on.
        refer=Read(None, node.place, "REFER"),
        credentials=Read(True, user.where, "user_name") if user else Read(None, node.place, "user_name"),
        media_encryption=_encryption(encrypted),
        provider=PLATFORM,
        options=_settings(node),
        profile=PLATFORM,
        enabled=flag(node, "active"),
    )


def _encryption(written: Read[Word]) -> Read[Word]:
    """`encrypted_media` names the way in which media are encrypted, and is null where they are not."""
    return Read(Word("required"), written.where, "encrypted_media") if str(written) in _ENCRYPTED else Read()


def _settings(node: Node) -> tuple[Option, ...]:
    """The connection's settings and those of its two directions, which share no name that matters here."""
    own = options(node, "connection_name", "id", "inbound", "outbound", "user_name", "transport_protocol", "active")
    return own + options(node.get("outbound")) + options(node.get("inbound"))


def _fqdn(node: Node) -> Trunk:
    """A host of an FQDN connection, as its own list returns it."""
    connection = text(node, "connection_id")
    entry = Trunk(
        text(node, "id").value or pointer(node.place),
        PLATFORM,
        node.place,
        leg=Read(Word("sip"), node.place, "fqdn"),
        address=text(node, "fqdn"),
        port=integer(node, "port"),
        profile=PLATFORM,
    )
    return Trunk(str(connection), PLATFORM, node.place, provider=PLATFORM, entries=(entry,), profile=PLATFORM)


def _records(events: list[Node]) -> tuple[CallRecord, ...]:
    """One record for each call: its refer events tell of one attempt, of which the last counts."""
    calls: dict[str, list[Node]] = {}
    for event in events:
        payload = event.get("payload") or event
        keys = (text(payload, k) for k in ("call_session_id", "call_leg_id", "call_control_id"))
        key = next((str(k) for k in keys if k), "")
        calls.setdefault(key or pointer(event.place), []).append(event)
    return tuple(_record(key, told) for key, told in calls.items())


def _record(key: str, events: list[Node]) -> CallRecord:
    last = max(events, key=lambda e: _EVENTS[lower(word(e, "event_type"))] is not None)
    payload, kind = last.get("payload") or last, text(last, "event_type")
    ids = [text(payload, k) for k in ("call_control_id", "call_session_id", "call_leg_id")]
    succeeded, report = _EVENTS[lower(kind)], integer(payload, "sip_notify_response")
    attempt = ToolCall(
        last.place,
        succeeded=succeeded,
        result=kind,
        status=report.value,
        method="refer",
        told=Told(report=report),
    )
    return CallRecord(
        key,
        PLATFORM,
        last.place,
        tuple(str(i) for i in ids if i),
        text(payload, "from"),
        text(payload, "to"),
        start=epoch(events[0].get("occurred_at")),
        leg=Read(Word("sip"), last.place, "event_type"),
        calls=(attempt,),
        outcome=Read(Word(str(kind)), kind.where, "event_type"),
        transfer_failed=None if succeeded is None else not succeeded,
    )
