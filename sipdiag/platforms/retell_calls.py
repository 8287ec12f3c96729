"""Retell's own account of a call: its call object, alone or inside a webhook."""

from __future__ import annotations

from dataclasses import replace

from sipdiag.facts.record import CallRecord, ToolCall
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms.claims import announces_transfer, refuses_request
from sipdiag.platforms.parts import epoch, pointer
from sipdiag.platforms.reading import flag, lower, mappings, of_json, seconds, some, text, word
from sipdiag.values import Text, Word

PLATFORM = "retell"
_LEGS = {"web_call": "web"}
_FAILED = ("sip_routing_error", "telephony_provider_permission_denied", "invalid_destination", "transfer_cancelled")


def is_call(node: Node) -> bool:
    call = _call(node)
    return "call_id" in call and ("call_type" in call or "disconnection_reason" in call or "call_status" in call)


def _call(node: Node) -> Node:
    inner = some(node, "call") or some(node, "data")
    return inner if inner is not None and isinstance(inner.value, dict) else node


def record(node: Node) -> CallRecord:
    call = _call(node)
    start, ended = epoch(call.get("start_timestamp")), text(call, "disconnection_reason")
    calls = _as_ended(_attempts(call), ended)
    kind, length = text(call, "call_type"), seconds(call.get("duration_ms"))
    failed = any(c.succeeded is False for c in calls[-1:])
    return CallRecord(
        text(call, "call_id").value or pointer(call.place),
        PLATFORM,
        call.place,
        _ids(call),
        text(call, "from_number"),
        text(call, "to_number"),
        text(call, "direction").value,
        start,
        None if length is None else length / 1000,
        Read(Word(_LEGS[str(kind)]), kind.where, "call_type")
        if str(kind) in _LEGS
        else Read(None, kind.where, "call_type"),
        text(call, "agent_id").value,
        False
        if lower(word(call, "call_status")) in ("registered", "not_connected")
        else True
        if start is not None
        else None,
        calls,
        () if calls else _announced(call),
        Read(Word(str(ended)), ended.where, "disconnection_reason") if ended else Read(),
        calls[-1].result if failed and calls else Read(),
        True if failed else False if calls and calls[-1].succeeded else None,
        version=text(call, "agent_version").value,
    )


def _as_ended(calls: tuple[ToolCall, ...], ended: Read[Text]) -> tuple[ToolCall, ...]:
    """The platform's word for how a call ended speaks of the last attempt: handed over, no more, or failed."""
    if not calls or calls[-1].succeeded is not None:
        return calls
    if str(ended) in ("call_transfer", "transfer_bridged"):
        return (*calls[:-1], replace(calls[-1], succeeded=True))
    if str(ended) in _FAILED:
        return (*calls[:-1], replace(calls[-1], succeeded=False, result=calls[-1].result or ended))
    return calls


def _ids(call: Node) -> tuple[str, ...]:
    carrier = some(call, "telephony_identifier")
    found = [text(call, "call_id"), *(text(m) for _, m in (carrier.items() if carrier is not None else ()))]
    return tuple(str(t) for t in found if t)


def _turns(call: Node) -> list[Node]:
    for key in (
        "transcript_with_tool_calls",
        "post_session_transcript_with_tool_calls",
        "scrubbed_transcript_with_tool_calls",
    ):
        listed = call.get(key)
        if listed is not None and isinstance(listed.value, list) and listed.value:
            return list(mappings(listed))
    return []


def _attempts(call: Node) -> tuple[ToolCall, ...]:
    """Calls of a transfer tool. Its name is the customer's; newer records also give its type."""
    turns = _turns(call)
    results = {str(text(t, "tool_call_id")): t for t in turns if lower(word(t, "role")) == "tool_call_result"}
    found, now = [], None
    for turn in turns:
        words = list(mappings(some(turn, "words")))
        now = (seconds(words[-1].get("end")) if words else None) or now
        if lower(word(turn, "role")) != "tool_call_invocation":
            continue
        kind, name = lower(word(turn, "type")), text(turn, "name")
        if kind == "transfer_call" or (not kind and "transfer" in lower(name) and "cancel" not in lower(name)):
            found.append(_attempt(turn, name, results.get(str(text(turn, "tool_call_id"))), call, now))
    if not found and (target := text(call, "transfer_destination")) and target.where is not None:
        found.append(ToolCall(target.where, destination=target))
    return tuple(found)


def _attempt(turn: Node, name: Read[Text], result: Node | None, call: Node, at: float | None) -> ToolCall:
    arguments = of_json(some(turn, "arguments"))
    asked: Read[Text] = Read()
    for key in ("number", "transfer_destination", "transfer_to", "destination"):
        if arguments is not None and not asked:
            asked = text(arguments, key)
    content: Read[Text] = Read() if result is None else text(result, "content")
    said = None if result is None else flag(result, "successful").value
    return ToolCall(
        turn.place,
        name,
        asked or text(call, "transfer_destination"),
        at=at,
        succeeded=said,
        result=content,
        refused=said is not True and refuses_request(str(content)),
    )


def _announced(call: Node) -> tuple[Read[Text], ...]:
    spoken = [text(t, "content") for t in _turns(call) if lower(word(t, "role")) == "agent"]
    return tuple(s for s in spoken if s and announces_transfer(str(s)))
