"""Bandwidth: <Refer> of its BXML, and what the URL of that verb is sent when the REFER has ended.

https://dev.bandwidth.com/docs/voice/programmable-voice/bxml/refer/ and
https://dev.bandwidth.com/docs/voice/programmable-voice/webhooks/referComplete, read 2026-11-26. The codes are there as far
as messages came: without `notifySipResponseCode` no final NOTIFY did, and 30 s without one are a failure.
"""

from __future__ import annotations

from sipdiag.facts.record import CallRecord, Told, ToolCall
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms import twiml
from sipdiag.platforms.adapted import SURE, Adapted, Likeness
from sipdiag.platforms.parts import elements, epoch, pointer, told_by
from sipdiag.platforms.reading import integer, lower, text
from sipdiag.values import Word

PLATFORM = "bandwidth"
_STATUS, _ANSWER, _REPORT = "referCallStatus", "referSipResponseCode", "notifySipResponseCode"
_SUCCEEDED = {"success": True, "failure": False}


def recognises(node: Node) -> Likeness | None:
    if twiml.is_response(node):
        return Likeness(SURE, "bandwidth-bxml") if twiml.of_bandwidth(node) else None
    first = next(elements(node), None)
    return Likeness(SURE, "bandwidth-refer-callback") if first is not None and _is_callback(first) else None


def _is_callback(node: Node) -> bool:
    return _STATUS in node and "callId" in node


def read(node: Node, name: str, input_id: str, form: str) -> Adapted:
    if form == "bandwidth-bxml":
        rules, trunks = twiml.read_response(node, PLATFORM)
        return Adapted(PLATFORM, form, rules=rules, trunks=trunks)
    return Adapted(PLATFORM, form, records=tuple(_record(e) for e in elements(node) if _is_callback(e)))


def _record(node: Node) -> CallRecord:
    call, status = text(node, "callId"), text(node, _STATUS)
    answer, report = integer(node, _ANSWER), integer(node, _REPORT)
    succeeded = _SUCCEEDED.get(lower(status))
    decisive = report or answer
    attempt = ToolCall(
        node.place,
        succeeded=succeeded,
        result=told_by(decisive) if decisive else status,
        status=decisive.value,
        method="refer",
        told=Told(answer, report=report),
    )
    return CallRecord(
        str(call) or pointer(node.place),
        PLATFORM,
        node.place,
        (str(call),) if call else (),
        text(node, "from"),
        text(node, "to"),
        text(node, "direction").value,
        start=epoch(node.get("startTime")),
        leg=Read(Word("sip"), node.place, _STATUS),  # the verb is for calls to SIP URIs only
        calls=(attempt,),
        transfer_failed=None if succeeded is None else not succeeded,
    )
