"""jambonz: what the hooks of its `sip:refer` verb are sent (https://docs.jambonz.org/docs/webhooks/sip-refer/, 2026).

The verb waits for a NOTIFY after a 202 only; 15 s without any end it with `refer_status` 202 and no final status.
"""

from __future__ import annotations

from sipdiag.facts.record import CallRecord, Told, ToolCall
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms.adapted import SURE, Adapted, Likeness
from sipdiag.platforms.parts import elements, pointer
from sipdiag.platforms.reading import integer, text
from sipdiag.values import Text, Word

PLATFORM = "jambonz"
_ANSWER, _REPORT = "refer_status", "final_referred_call_status"


def recognises(node: Node) -> Likeness | None:
    first = next(elements(node), None)
    return Likeness(SURE, "jambonz-refer-hook") if first is not None and _is_hook(first) else None


def _is_hook(node: Node) -> bool:
    return "call_sid" in node and (_ANSWER in node or _REPORT in node)


def read(node: Node, name: str, input_id: str, form: str) -> Adapted:
    return Adapted(PLATFORM, form, records=tuple(_record(e) for e in elements(node) if _is_hook(e)))


def _record(node: Node) -> CallRecord:
    call, sip_call = text(node, "call_sid"), text(node, "call_id")
    answer, report = integer(node, _ANSWER), integer(node, _REPORT)
    decisive = report or answer
    failed = None if decisive.value is None or (not report and decisive.value < 300) else decisive.value >= 300
    attempt = ToolCall(
        node.place,
        succeeded=None if failed is None else not failed,
        result=Read(Text(f"{decisive.setting} {decisive.value}"), decisive.where, decisive.setting),
        status=decisive.value,
        method="refer",
        told=Told(answer, report=report),
    )
    return CallRecord(
        str(call) or pointer(node.place),
        PLATFORM,
        node.place,
        tuple(str(i) for i in (sip_call, call) if i),
        text(node, "from"),
        text(node, "to"),
        text(node, "direction").value,
        leg=Read(Word("sip"), node.place, _ANSWER),
        calls=(attempt,),
        transfer_failed=failed,
    )
