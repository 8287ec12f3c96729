"""Vapi's own account of a call: the call object of its API, and the end-of-call report that it sends to a server."""

from __future__ import annotations

import re
from dataclasses import replace

from sipdiag.facts.matching import typed
from sipdiag.facts.record import CallRecord, Told, ToolCall
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms.claims import announces_transfer, refuses_request
from sipdiag.platforms.parts import epoch, pointer
from sipdiag.platforms.reading import lower, mappings, of_json, seconds, some, text, word
from sipdiag.values import Text, Word

PLATFORM = "vapi"
_TYPES = ("inboundphonecall", "outboundphonecall", "webcall", "vapi.websocketcall")
_SIP_CODE = re.compile(r"-sip-([3-6]\d\d)-")
_SUCCEEDED = {"connected": True, "completed": True}
# endedReason, as vapi-server-sdk 3.0.0 lists it. A caller who hangs up around a transfer has not been transferred.
_FORWARDED = ("assistant-forwarded-call", "call.ending.hook-executed-transfer", "call.ringing.hook-executed-transfer")
_TRANSFER_FAILED = (
    "error-transfer-failed", "call.forwarding.operator-busy", "call.forwarding.no-answer",
    "customer-ended-call-before-warm-transfer", "customer-ended-call-during-transfer",
    "customer-ended-call-after-warm-transfer-attempt",
)  # fmt: skip
# What the new call met, in the words of endedReason and of the state of a transfer.
_MET = {"operator-busy": "busy", "busy": "busy", "no-answer": "no-answer"}
_FAILED = ("no-answer", "busy", "voicemail", "failed", "cancelled")


def is_call(node: Node) -> bool:
    call = call_of(node)
    return (
        "endedReason" in call
        or "phoneCallProviderId" in call
        or (lower(word(call, "type")) in _TYPES and ("assistantId" in call or "status" in call or "orgId" in call))
    )


def call_of(node: Node) -> Node:
    """The call inside a webhook's envelope, or the node itself."""
    inner = some(node, "message", "call") or some(node, "call")
    return inner if inner is not None and isinstance(inner.value, dict) else node


def record(node: Node) -> CallRecord:
    call, report = call_of(node), some(node, "message") or node
    ended = text(call, "endedReason") or text(report, "endedReason")
    kind = lower(word(call, "type"))
    tried = _attempts(call, report, ended)
    calls = _handed_over(_leaving(tried, ended), ended, str(_leg(call, kind)))
    start, end = epoch(call.get("startedAt")), epoch(call.get("endedAt"))
    transport = some(call, "transport") or call
    provider_ids = (
        text(call, "phoneCallProviderId"),
        *(text(transport, k) for k in ("callSid", "sipCallId", "sbcCallId")),
    )
    failed = _failed(str(ended), calls)
    return CallRecord(
        text(call, "id").value or pointer(call.place),
        PLATFORM,
        call.place,
        tuple(dict.fromkeys(str(i) for i in provider_ids if i)),
        text(call, "customer", "number"),
        text(call, "phoneNumber", "number"),
        "inbound" if kind.startswith("inbound") else "outbound" if kind.startswith("outbound") else None,
        start,
        end - start if start is not None and end is not None else None,
        _leg(call, kind),
        text(call, "assistantId").value or text(call, "assistant", "name").value,
        True if start is not None else None,
        calls,
        _announced(call, report) if not (tried or _hands_off(call, report)) else (),
        Read(Word(str(ended)), ended.where, "endedReason") if ended else Read(),
        text(call, "endedMessage") if failed else Read(),
        failed,
    )


def _leg(call: Node, kind: str) -> Read[Word]:
    if kind in ("webcall", "vapi.websocketcall"):
        return Read(Word("web" if kind == "webcall" else "websocket"), text(call, "type").where, "type")
    transport = word(call, "phoneCallTransport")
    return transport or Read(None, call.place, "phoneCallTransport")


def _handed_over(calls: tuple[ToolCall, ...], ended: Read[Text], leg: str) -> tuple[ToolCall, ...]:
    """The platform's word for how a call ended speaks of the last attempt: handed over, whoever answered, or failed.

    Off SIP a number is dialled through the carrier's own API, so no REFER was meant.
    """
    if not calls:
        return ()
    last = calls[-1]
    if str(ended) in _FORWARDED and last.succeeded is None:
        last = replace(last, succeeded=True)
    if _says_failed(str(ended), bool(calls)) and last.succeeded is None:
        last = replace(last, succeeded=False, result=ended)
    if str(ended).startswith("call.forwarding.") and last.succeeded is False:
        last = replace(last, told=_told(ended))
    if leg not in ("", "sip") and "@" not in str(last.destination):
        last = replace(last, method="dial")
    return (*calls[:-1], last)


def _failed(ended: str, calls: tuple[ToolCall, ...]) -> bool | None:
    """What the record as a whole claims; a word for a call that was forwarded says that it was handed over, no more."""
    if _says_failed(ended, bool(calls)):
        return True
    results = [c.succeeded for c in calls if c.succeeded is not None]
    return not results[-1] if results else None


def _says_failed(ended: str, tried: bool) -> bool:
    """Whether the word for how a call ended is one for a transfer that failed; some are only where one was tried."""
    if ended.endswith(_TRANSFER_FAILED) or "error-warm-transfer-" in ended:
        return True
    return tried and (
        "error-providerfault-outbound-sip" in ended or ended.endswith("error-sip-outbound-call-failed-to-connect")
    )


def _messages(call: Node, report: Node) -> list[Node]:
    for holder in (call, report, some(call, "artifact"), some(report, "artifact")):
        listed = None if holder is None else holder.get("messages")
        if listed is not None and isinstance(listed.value, list) and listed.value:
            return list(mappings(listed))
    return []


def _attempts(call: Node, report: Node, ended: Read[Text]) -> tuple[ToolCall, ...]:
    messages = _messages(call, report)
    results = {str(i): m for m in messages if (i := text(m, "toolCallId"))}
    transfers = [
        t for h in ((call,) if report is call else (call, report)) for t in mappings(some(h, "artifact", "transfers"))
    ]
    status = int(code[1]) if (code := _SIP_CODE.search(str(ended))) else None
    attempts = []
    for message in messages:
        for tool in mappings(some(message, "toolCalls")):
            name = text(tool, "function", "name") or text(tool, "name")
            if "transfer" not in lower(name):
                continue
            result = results.get(str(text(tool, "id")))
            attempts.append(_attempt(tool, name, message, result, status))
    if not attempts:
        attempts = [_from_artifact(t, status) for t in transfers]
    elif transfers:
        # The artefact tells of each transfer that was really tried, and how it ended.
        known = [_from_artifact(t, status) for t in transfers[-len(attempts) :]]
        attempts[-len(known) :] = [_joined(a, k) for a, k in zip(attempts[-len(known) :], known, strict=True)]
    if not attempts and (target := some(call, "destination")) is not None and str(ended) in _FORWARDED:
        attempts = [ToolCall(target.place, destination=_destination(target))]
    if not attempts and "hook-executed-transfer" in str(ended) and ended.where is not None:
        attempts = [ToolCall(ended.where, ended)]
    return tuple(attempts)


def _attempt(tool: Node, name: Read[Text], message: Node, result: Node | None, status: int | None) -> ToolCall:
    arguments = of_json(some(tool, "function", "arguments"))
    asked: Read[Text] = Read() if arguments is None else text(arguments, "destination")
    said: Read[Text] = Read() if result is None else text(result, "result")
    at, done = (
        seconds(message.get("secondsFromStart")),
        None if result is None else seconds(result.get("secondsFromStart")),
    )
    return ToolCall(
        tool.place,
        name,
        asked,
        at=at,
        latency=done - at if at is not None and done is not None and done >= at else None,
        result=said,
        status=status,
        refused=refuses_request(str(said)),
    )


def _leaving(tried: tuple[ToolCall, ...], ended: Read[Text]) -> tuple[ToolCall, ...]:
    """The attempts to move the call, without those that gave it to another assistant of a squad.

    The tool is the same, its destination is then an assistant's name, and the call goes on inside the platform: the
    word for how it ended tells neither of a call that was handed over nor of a transfer that failed.
    """
    if str(ended) in _FORWARDED or _says_failed(str(ended), bool(tried)):
        return tried
    return tuple(c for c in tried if c.succeeded is not None or not isinstance(typed(str(c.destination)), Text))


def _hands_off(call: Node, report: Node) -> bool:
    tools = [t for m in _messages(call, report) for t in mappings(some(m, "toolCalls"))]
    return any("handoff" in lower(text(t, "function", "name") or text(t, "name")) for t in tools)


def _from_artifact(transfer: Node, status: int | None) -> ToolCall:
    state = text(transfer, "status")
    return ToolCall(
        transfer.place,
        destination=_destination(some(transfer, "destination") or transfer),
        succeeded=False if lower(state) in _FAILED else _SUCCEEDED.get(lower(state)),
        result=state,
        status=status,
        told=_told(state),
    )


def _joined(asked: ToolCall, done: ToolCall) -> ToolCall:
    return ToolCall(
        asked.where,
        asked.name,
        asked.destination or done.destination,
        at=asked.at,
        latency=asked.latency,
        succeeded=done.succeeded,
        result=done.result or asked.result,
        status=done.status,
        refused=asked.refused,
        told=done.told,
    )


def _told(word: Read[Text]) -> Told:
    met = _MET.get(lower(word).rpartition(".")[2])
    return Told(met=Read(Word(met), word.where, word.setting)) if met is not None else Told()


def _destination(node: Node) -> Read[Text]:
    return text(node) if node.text is not None else text(node, "sipUri") or text(node, "number")


def _announced(call: Node, report: Node) -> tuple[Read[Text], ...]:
    said = []
    for message in _messages(call, report):
        if lower(word(message, "role")) in ("bot", "assistant"):
            words = text(message, "message") or text(message, "content")
            if words and announces_transfer(str(words)):
                said.append(words)
    return tuple(said)
