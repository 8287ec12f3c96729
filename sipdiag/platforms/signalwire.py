"""SignalWire: SWML scripts with `sip_refer`, and its result as its variables and its status_url tell it.

https://developer.signalwire.com/swml/methods/sip_refer (2026). The callback of cXML's <Refer> is Twilio's.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.facts.config import TransferRule
from sipdiag.facts.record import CallRecord, Told, ToolCall
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms.adapted import SURE, Adapted, Likeness
from sipdiag.platforms.parts import elements, kind_of, options, pointer
from sipdiag.platforms.reading import integer, lower, some, text, within
from sipdiag.values import Text, Word

PLATFORM = "signalwire"
_ANSWER, _REPORTS = "sip_refer_response_code", ("sip_refer_to_response_code", "sip_notify_response_code")
_LOOKED_AT = 20_000  # mappings of one script
_RESULT = {"success": True, "failed": False}


def recognises(node: Node) -> Likeness | None:
    first = next(elements(node), None)
    if first is not None and _ANSWER in _told_in(first):
        return Likeness(SURE, "signalwire-refer-result")
    return Likeness(SURE, "signalwire-swml") if next(_methods(node), None) is not None else None


def _methods(node: Node) -> Iterator[Node]:
    """Every `sip_refer` of a script: in a section, or within what a method runs on a condition."""
    if some(node, "sections") is None:
        return
    for _, mapping in zip(range(_LOOKED_AT), within(node), strict=False):
        method = mapping.get("sip_refer")
        if method is not None and isinstance(method.value, dict):
            yield method


def read(node: Node, name: str, input_id: str, form: str) -> Adapted:
    if form == "signalwire-swml":
        return Adapted(PLATFORM, form, rules=tuple(map(_rule, _methods(node))))
    return Adapted(PLATFORM, form, records=tuple(_record(e) for e in elements(node) if _ANSWER in _told_in(e)))


def _rule(method: Node) -> TransferRule:
    destination = text(method, "to_uri")
    kind, literal = kind_of(destination.value)
    return TransferRule(
        pointer(method.place),
        PLATFORM,
        method.place,
        Read(Word("refer"), method.key_place or method.place, "sip_refer"),
        destination=destination,
        destination_kind="sip-uri" if literal else kind,  # it takes nothing else
        literal=literal,
        written=Read(Text("sip_refer"), method.key_place or method.place, "sip_refer"),
        options=options(method, "to_uri", "username"),
    )


def _told_in(node: Node) -> Node:
    """The mapping that holds the codes: the event's parameters, the script's variables, or the document itself."""
    inner = (some(node, key) for key in ("params", "vars"))
    return next((n for n in inner if n is not None and _ANSWER in n), node)


def _record(node: Node) -> CallRecord:
    inner = _told_in(node)
    call = text(inner, "call_id") or text(node, "call", "call_id")
    result = text(inner, "sip_refer_result") or text(inner, "state")
    answer = integer(inner, _ANSWER)
    nothing: Read[int] = Read()
    report = next((r for k in _REPORTS if (r := integer(inner, k))), nothing)
    succeeded = _RESULT.get(lower(result))
    attempt = ToolCall(
        inner.place,
        destination=text(inner, "sip_refer_to"),
        succeeded=succeeded,
        result=result,
        status=report.value if report else answer.value if (answer.value or 0) >= 300 else None,
        method="refer",
        told=Told(answer, report=report),
    )
    return CallRecord(
        str(call) or pointer(node.place),
        PLATFORM,
        node.place,
        (str(call),) if call else (),
        leg=Read(Word("sip"), inner.place, _ANSWER),
        calls=(attempt,),
        outcome=Read(Word(str(result)), result.where, result.setting) if result else Read(),
        transfer_failed=None if succeeded is None else not succeeded,
    )
