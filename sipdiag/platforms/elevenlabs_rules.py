"""The transfer_to_number tool of ElevenLabs Agents and its rules.

https://elevenlabs.io/docs/eleven-agents/customization/tools/system-tools/transfer-to-number (2026-07-28)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from sipdiag.facts.config import Deprecated, Misread, Option, RuleHeader, TransferRule
from sipdiag.facts.edit import Edit, Insert, Replace, chosen
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms.parts import nearest_word
from sipdiag.platforms.reading import flag, is_literal, mappings, said, some, text
from sipdiag.values import Text, Word

_PLATFORM = "elevenlabs"
_TOOL = "transfer_to_number"
_METHODS = {"sip_refer": "refer", "conference": "conference", "blind": "blind"}
_DEFAULT = "conference"  # what an absent or unknown transfer_type means
_KINDS = {
    "phone": ("phone", "phone_number"),
    "sip_uri": ("sip-uri", "sip_uri"),
    "phone_dynamic_variable": ("dynamic", "phone_number"),
    "sip_uri_dynamic_variable": ("dynamic", "sip_uri"),
}
_NAME = re.compile(r"[A-Za-z_][\w.-]*")


def is_tool(node: Node) -> bool:
    """A system tool is known by `params.system_tool_type`; its name is the user's."""
    params = node.get("params")
    if "transfers" in node or said(node, "system_tool_type") == _TOOL:
        return _listed(node) is not None
    if params is None:
        return False
    return said(params, "system_tool_type") == _TOOL or _listed(params) is not None


def is_rule(node: Node) -> bool:
    """A rule, or a workflow node of type phone_number, which has the same fields."""
    destination = node.get("transfer_destination")
    if destination is None:
        return False
    return (
        said(destination, "type") in _KINDS
        or "sip_uri" in destination
        or "transfer_type" in node
        or (isinstance(destination.value, str) and "condition" in node)
    )


def _listed(params: Node) -> Node | None:
    """The list of rules, where its elements look like rules."""
    transfers = some(params, "transfers")
    if transfers is None or not isinstance(transfers.value, list):
        return None
    known = said(params, "system_tool_type") == _TOOL
    return transfers if known or any(is_rule(e) or _by_condition(e) for e in transfers) else None


def _by_condition(node: Node) -> bool:
    """A rule that may lack its destination. The rules of transfer_to_agent look alike, and hand the call to no number."""
    return "condition" in node and "agent_id" not in node


def rules(tool: Node) -> list[TransferRule]:
    params = tool if _listed(tool) is not None else some(tool, "params")
    name = text(tool, "name")
    return [replace(rule(e), name=name) for e in mappings(some(params, "transfers"))]


def rule(node: Node) -> TransferRule:
    destination, kind, literal = _destination(node)
    written = text(node, "transfer_type")
    known = _METHODS.get(str(written).strip().lower())
    method = Read(None if known is None else Word(known), written.where, written.setting)
    headers = tuple(_header(h) for h in mappings(some(node, "custom_sip_headers")))
    return TransferRule(
        id=node.place.pointer or f"line {node.place.line}",
        platform=_PLATFORM,
        where=node.place,
        method=method,
        default_method=_DEFAULT if not written or is_literal(written.value) else None,
        destination=destination,
        destination_kind=kind,
        literal=literal,
        condition=text(node, "condition"),
        headers=headers,
        options=_options(node),
        written=written,
        deprecated=_deprecated(node, destination),
        misread=(*_unknown_type(written), *_braces(destination, kind), *_ambiguous(node)),
        as_refer=chosen(written, str(written), "sip_refer") if is_literal(str(written)) else None,
    )


def once(rules: Iterable[TransferRule]) -> list[TransferRule]:
    """Each rule once: an export may list the same tool among `tools` and `built_in_tools`; the latter is named."""
    kept: dict[tuple[str, ...], TransferRule] = {}
    for candidate in rules:
        content = _content(candidate)
        if content not in kept:
            kept[content] = candidate
            continue
        first, second = kept[content], candidate
        if "/built_in_tools/" in (second.where.pointer or "") and "/built_in_tools/" not in (first.where.pointer or ""):
            first, second = second, first
        kept[content] = replace(first, twins=(*first.twins, second.where, *second.twins))
    return list(kept.values())


def _content(rule: TransferRule) -> tuple[str, ...]:
    return (rule.method_word, rule.destination_kind, str(rule.destination), str(rule.condition))


def _destination(node: Node) -> tuple[Read[Text], str, bool]:
    given = some(node, "transfer_destination")
    if given is None:  # rules from before July 2025 have the number alone
        legacy = text(node, "phone_number")
        return legacy, "phone" if legacy else "unknown", is_literal(legacy.value)
    if not isinstance(given.value, dict):
        value = text(node, "transfer_destination")
        is_uri = re.match(r"\s*sips?:", str(value), re.IGNORECASE)
        return value, "sip-uri" if is_uri else "phone", is_literal(value.value)
    kind, key = _KINDS.get(str(text(given, "type")), ("", ""))
    if not kind:
        kind, key = ("sip-uri", "sip_uri") if "sip_uri" in given else ("phone", "phone_number")
    value = text(given, key)
    return value, kind, kind != "dynamic" and is_literal(value.value)


def _header(node: Node) -> RuleHeader:
    kind = text(node, "type").value or ""
    key = text(node, "key")
    return RuleHeader(Read(key.value, key.where, key.setting), text(node, "value"), kind, node.place)


def _options(node: Node) -> tuple[Option, ...]:
    """What is set and does something. `sip_refer_play_dialtone: true` is the default and nobody's choice."""
    options = []
    for name in ("post_dial_digits", "uui"):
        given = some(node, name)
        if given is not None and given.value != {}:
            shown = text(node, name) if given.text is not None else text(given, "value" if name != "uui" else "data")
            options.append(Option(name, Read(Text(str(shown)), given.place, name)))
    dialtone = flag(node, "sip_refer_play_dialtone")
    if dialtone.value is False:
        options.append(Option(dialtone.setting, Read(Text("false"), dialtone.where, dialtone.setting)))
    return tuple(options)


def _deprecated(node: Node, destination: Read[Text]) -> tuple[Deprecated, ...]:
    old = text(node, "phone_number")
    if not old or text(node, "type").value == "phone_number":
        return ()
    unset: Read[Text] = Read(None, node.place, "transfer_destination")
    successor = unset if destination.where == old.where else destination
    return (Deprecated("phone_number", old, successor),)


def _unknown_type(written: Read[Text]) -> tuple[Misread, ...]:
    if not written or str(written) in _METHODS or not is_literal(written.value):
        return ()
    edit = nearest_word(written, _METHODS)
    return (Misread("transfer-option-unknown", "transfer_type", written, "conference, blind or sip_refer", edit=edit),)


def _braces(destination: Read[Text], kind: str) -> tuple[Misread, ...]:
    """A dynamic destination is the bare name of a variable."""
    if kind != "dynamic" or not destination or _NAME.fullmatch(str(destination).strip()):
        return ()
    name = re.sub(r"^\W+|\W+$", "", str(destination))
    wanted, edit = f"the bare name of the variable, {name}", _bare(destination)
    return (Misread("dynamic-variable-form", destination.setting, destination, wanted, edit=edit),)


def _bare(value: Read[Text]) -> Edit | None:
    """The name of a variable without what stands around it."""
    name = re.sub(r"^\W+|\W+$", "", str(value))
    if value.where is None or not _NAME.fullmatch(name):
        return None
    return Replace(value.where, str(value), name, safe=True)


def _ambiguous(node: Node) -> tuple[Misread, ...]:
    """Headers that are read otherwise than they look: without a type a value is taken for a variable's name."""
    found = []
    for header in mappings(some(node, "custom_sip_headers")):
        kind, value = text(header, "type"), text(header, "value")
        shown = Read(value.value, header.place, str(text(header, "key")))
        if not kind:
            as_it_looks = "static" if value and is_literal(str(value)) else "dynamic"
            edit = Insert(header.place, "type", as_it_looks) if value else None
            wanted = 'a type, "static" or "dynamic"'
            found.append(Misread("refer-header-ambiguous", shown.setting, shown, wanted, edit=edit))
        elif str(kind) == "dynamic" and value and not _NAME.fullmatch(str(value).strip()):
            wanted = "the bare name of the variable"
            found.append(Misread("refer-header-ambiguous", shown.setting, shown, wanted, edit=_bare(value)))
    return tuple(found)
