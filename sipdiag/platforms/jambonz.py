"""jambonz: its `sip:refer` verb, and what the hooks of the verb are sent (https://docs.jambonz.org/docs/webhooks/sip-refer/, 2026).

The verb waits for a NOTIFY after a 202 only; 15 s without any end it with `refer_status` 202 and no final status.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sipdiag.facts.config import TransferRule
from sipdiag.facts.record import CallRecord, Told, ToolCall
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms.adapted import SURE, Adapted, Likeness
from sipdiag.platforms.parts import elements, headers_of_mapping, kind_of, options, pointer, told_by
from sipdiag.platforms.reading import integer, said, some, text
from sipdiag.values import Text, Word

PLATFORM = "jambonz"
_VERB = "sip:refer"
_ANSWER, _REPORT = "refer_status", "final_referred_call_status"


def recognises(node: Node) -> Likeness | None:
    first = next(elements(node), None)
    if first is not None and _is_hook(first):
        return Likeness(SURE, "jambonz-refer-hook")
    return Likeness(SURE, "jambonz-application") if any(map(_is_verb, elements(node))) else None


def _is_verb(node: Node) -> bool:
    return said(node, "verb") == _VERB


def _is_hook(node: Node) -> bool:
    return "call_sid" in node and (_ANSWER in node or _REPORT in node)


def read(node: Node, name: str, input_id: str, form: str) -> Adapted:
    if form == "jambonz-refer-hook":
        return Adapted(PLATFORM, form, records=tuple(_record(e) for e in elements(node) if _is_hook(e)))
    return Adapted(PLATFORM, form, rules=tuple(_rule(e) for e in elements(node) if _is_verb(e)))


def _rule(verb: Node) -> TransferRule:
    """One `sip:refer` of an application; other verbs (dial, redirect) move no call by REFER and are no rule here."""
    destination = _uri_of(text(verb, "referTo"))
    kind, literal = kind_of(destination.value)
    return TransferRule(
        pointer(verb.place),
        PLATFORM,
        verb.place,
        Read(Word("refer"), (verb.get("verb") or verb).place, "verb"),
        destination=destination,
        destination_kind=kind,
        literal=literal,
        headers=headers_of_mapping(some(verb, "headers")),
        options=options(verb, "verb", "referTo", "headers"),
    )


def _uri_of(written: Read[Text]) -> Read[Text]:
    """The URI of a value that the verb passes on as it stands, with a display name before it."""
    named = re.fullmatch(r'\s*"[^"<>]*"\s*<([^<>]+)>\s*', str(written))
    return replace(written, value=Text(named[1])) if named is not None else written


def _record(node: Node) -> CallRecord:
    call, sip_call = text(node, "call_sid"), text(node, "call_id")
    answer, report = integer(node, _ANSWER), integer(node, _REPORT)
    decisive = report or answer
    failed = None if decisive.value is None or (not report and decisive.value < 300) else decisive.value >= 300
    attempt = ToolCall(
        node.place,
        succeeded=None if failed is None else not failed,
        result=told_by(decisive),
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
