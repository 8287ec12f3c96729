"""LiveKit's own account of a transfer: the answer to a transfer request, its error, and the call's information."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from sipdiag.facts.record import CallRecord, ToolCall
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms.parts import epoch, key_of, pointer
from sipdiag.platforms.reading import integer, lower, some, text, word
from sipdiag.platforms.steps import steps
from sipdiag.values import Text, Word

PLATFORM = "livekit"
_STATES = {"sts_transfer_successful": True, "2": True, "sts_transfer_failed": False, "1": False}
# Transfers of a leg that is none of SIP are refused in these words (github.com/livekit/sip, read 2026-08-21).
_REFUSED = ("permission_denied", "unauthenticated", "unimplemented")


def is_result(node: Node) -> bool:
    if _either(node, "transfer_id") is not None or _either(node, "transfer_status") is not None:
        return True
    meta = _error(node).get("meta") or _error(node).get("metadata")
    if meta is not None and any(k.startswith(("sip_status", "sip_transfer")) for k, _ in meta.items()):
        return True
    return _either(node, "sip_call_id") is not None and _either(node, "call_status") is not None


def record(node: Node) -> CallRecord | None:
    """One transfer as the server tells it, or a call without any."""
    transfer = some(node, "transfer") or node
    error = _error(node)
    call_ids = tuple(str(t) for n in (node, transfer) for k in ("sip_call_id", "call_id") if (t := _text(n, k)))
    asked = _text(transfer, "transfer_to")
    state = _word(transfer, "transfer_status") or _word(transfer, "status")
    code, reason = _status(transfer, error), _word(transfer, "reason")
    words = _text(error, "msg") or _text(error, "message") or _text(transfer, "error")
    failed = _STATES.get(lower(state), False if words else None)
    tried = is_transfer(node)
    start = epoch(_either(transfer, "transfer_initiated_at_ns"))
    done = epoch(_either(transfer, "transfer_completed_at_ns"))
    told = steps(f"{words} {reason}", words.where or reason.where)
    attempt = ToolCall(
        transfer.place,
        destination=asked,
        latency=done - start if start is not None and done is not None and done >= start else None,
        succeeded=failed,
        result=words or Read(Text(str(reason)), reason.where, "reason") if words or reason else Read(),
        status=code or told.report.value or told.answer.value,
        refused=lower(_word(error, "code")) in _REFUSED and not told,
        participant=_text(transfer, "participant_identity"),
        method="refer",
        told=told,
    )
    return CallRecord(
        next(iter(call_ids), pointer(node.place)),
        PLATFORM,
        node.place,
        tuple(dict.fromkeys(call_ids)),
        _text(node, "from_uri"),
        _text(node, "to_uri"),
        {"scd_inbound": "inbound", "scd_outbound": "outbound"}.get(lower(_word(node, "call_direction"))),
        epoch(_either(node, "started_at_ns") or _either(node, "started_at")),
        calls=(attempt,) if tried else (),
        outcome=Read(Word(str(state)), state.where, state.setting) if state else Read(),
        error=words,
        transfer_failed=(not failed) if tried and failed is not None else None,
    )


def is_transfer(node: Node) -> bool:
    transfer = some(node, "transfer") or node
    told = ("transfer_id", "transfer_status", "transfer_to")
    return any(_either(transfer, k) is not None for k in told) or _error(node) is not node or "meta" in node


def _error(node: Node) -> Node:
    inner = some(node, "error")
    return inner if inner is not None and isinstance(inner.value, dict) else node


def _status(transfer: Node, error: Node) -> int | None:
    for holder in (_either(transfer, "sip_status"), _either(transfer, "transfer_status_code")):
        code = None if holder is None else _code(holder)
        if code is not None:
            return code
    for key in ("meta", "metadata"):
        code = integer(error, key, "sip_status_code").value
        if code is not None:
            return code
    return None


def _code(status: Node) -> int | None:
    """The code of a status: protobuf JSON writes enumerations by name, some tools by number."""
    number = integer(status, "code").value
    return (
        number if number is not None else _status_names().get(lower(word(status, "code")).removeprefix("sip_status_"))
    )


@cache
def _status_names() -> dict[str, int]:
    table: dict[str, int] = yaml.safe_load(Path(__file__).with_name("livekit_status.yaml").read_text("utf-8"))
    return table


def _either(node: Node, name: str) -> Node | None:
    return some(node, key_of(node, name))


def _text(node: Node, name: str) -> Read[Text]:
    found = _either(node, name)
    return Read() if found is None else text(found, setting=name)


def _word(node: Node, name: str) -> Read[Word]:
    found = _either(node, name)
    return Read() if found is None else word(found, setting=name)
