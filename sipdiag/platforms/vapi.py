"""Vapi: transferCall tools, assistants, squads, phone numbers, trunk credentials and calls (vapi-server-sdk 3.0.0)."""

from __future__ import annotations

from dataclasses import field, replace

from sipdiag.dataclass import dataclass
from sipdiag.facts.config import Agent, Option, TransferRule
from sipdiag.facts.edit import chosen
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms import vapi_calls, vapi_trunks
from sipdiag.platforms.adapted import SURE, TYPICAL, Adapted, Likeness
from sipdiag.platforms.parts import (
    camel,
    elements,
    has,
    headers_of_mapping,
    kind_of,
    options,
    options_named,
    pointer,
    respelled,
)
from sipdiag.platforms.reading import flag, lower, said, some, text, within, word
from sipdiag.platforms.vocabulary import misread
from sipdiag.values import Text, Word

PLATFORM = "vapi"
_PAGES = ("results", "data")
_ASSISTANT_KEYS = (
    "serverMessages",
    "clientMessages",
    "firstMessage",
    "firstMessageMode",
    "transcriber",
    "endCallMessage",
    "endCallPhrases",
    "artifactPlan",
    "startSpeakingPlan",
)
_NOT_OPTIONS = ("type", "sipUri", "number", "name", "description", "message", "sipHeaders", "transferPlan")
_SNAKE = frozenset(
    (
        *("sip_uri", "transfer_plan", "server_messages", "outbound_authentication_plan", "number_e164_check_enabled"),
        *("inbound_enabled", "outbound_enabled", "outbound_protocol", "credential_id", "assistant_id", "squad_id"),
    )
)
_OF_THE_USER = ("sip_headers", "sipHeaders", "metadata", "variable_values", "variableValues")
_LOOKED_AT = 20_000  # mappings of one document


def recognises(node: Node) -> Likeness | None:
    first = next(elements(node, *_PAGES), None)
    if first is None:
        return None
    if vapi_calls.is_call(first):
        return Likeness(SURE, "vapi-call")
    if vapi_trunks.is_credential(first):
        return Likeness(SURE, "vapi-credential")
    if vapi_trunks.is_number(first):
        return Likeness(SURE, "vapi-phone-number")
    if any(said(m, "type") == "transferCall" for _, m in zip(range(_LOOKED_AT), within(node), strict=False)):
        return Likeness(SURE, "vapi-tool" if text(first, "type").value == "transferCall" else "vapi-assistant")
    if _is_destination(first):
        return Likeness(SURE, "vapi-destination")
    if _is_assistant(first) or "phoneCallProviderBypassEnabled" in first or _is_assistant(first.get("assistant")):
        return Likeness(TYPICAL, "vapi-assistant")
    return None


def _in_camel_case(node: Node) -> Node:
    """The names of the API, where a document has those of Python and Terraform."""
    shown = zip(range(_LOOKED_AT), within(node), strict=False)
    if any(isinstance(m.value, dict) and not _SNAKE.isdisjoint(m.value) for _, m in shown):
        return respelled(node, camel, *_OF_THE_USER)
    return node


def read(node: Node, name: str, input_id: str, form: str) -> Adapted:
    node = _in_camel_case(node)
    found, pages = _Found(), tuple(elements(node, *_PAGES))
    if form == "vapi-call":
        for call in map(vapi_calls.call_of, pages):  # the assistant as it was in this call, not what was asked of it
            for part in ("assistant", "assistantOverrides", "squad"):
                _walk(call.get(part), found, _taking_over(call))
        records = tuple(vapi_calls.record(page) for page in pages)
        return Adapted(PLATFORM, form, *found.facts(), records=records)
    _walk(node, found, ())
    trunks = tuple(t for page in pages for t in vapi_trunks.trunks_of(page))
    return Adapted(PLATFORM, form, *found.facts(), trunks)


@dataclass(slots=True)
class _Assistant:
    node: Node
    id: str
    outer: tuple[Option, ...]
    rules: list[TransferRule] = field(default_factory=list)
    complete: bool = True

    def agent(self) -> Agent:
        tools = some(self.node, "model", "tools")
        own = _taking_over(self.node) + self.outer
        return Agent(
            self.id,
            PLATFORM,
            self.node.place,
            text(self.node, "name"),
            tuple(replace(r, agent=self.id) for r in self.rules),
            complete=self.complete
            and some(self.node, "model") is not None
            and "toolIds" not in (some(self.node, "model") or self.node),
            tool_missing_at=None if self.rules else (tools or some(self.node, "model") or self.node).place,
            options=own,
            identified=bool(text(self.node, "id")),
        )


@dataclass(slots=True)
class _Found:
    assistants: list[_Assistant] = field(default_factory=list)
    loose: list[TransferRule] = field(default_factory=list)

    def facts(self) -> tuple[tuple[Agent, ...], tuple[TransferRule, ...]]:
        """The agents, and every rule: theirs and those of tools that stand alone."""
        agents = tuple(a.agent() for a in self.assistants)
        return agents, tuple(r for a in agents for r in a.rules) + tuple(self.loose)


def _walk(root: Node | None, found: _Found, outer: tuple[Option, ...]) -> None:
    """Every transferCall tool, with the assistant around it; wrappers (squads, calls, workflows) do not matter."""
    stack: list[tuple[Node, _Assistant | None, tuple[Option, ...]]] = [] if root is None else [(root, None, outer)]
    while stack:
        node, owner, outer = stack.pop()
        if isinstance(node.value, list):
            stack.extend((e, owner, outer) for e in reversed(node.value))
            continue
        if not isinstance(node.value, dict):
            continue
        if said(node, "type") == "transferCall":
            rules = _rules(node)
            if owner is None:
                found.loose += rules
            else:
                owner.rules += rules
                # A tool without destinations asks the server for one when it is called: it is there all the same.
                owner.complete = owner.complete and bool(rules)
            continue
        if _is_destination(node):
            (found.loose if owner is None else owner.rules).append(_rule(node, Read()))
            continue
        if _is_assistant(node):
            owner = _Assistant(node, text(node, "id").value or text(node, "name").value or pointer(node.place), outer)
            found.assistants.append(owner)
        else:
            outer = outer + _taking_over(node)
        stack.extend((m, owner, outer) for k, m in reversed(list(node.items())) if k != "fallbackDestination")


def _rules(tool: Node) -> list[TransferRule]:
    name = text(tool, "function", "name")
    destinations = tool.get("destinations")
    rules = []
    for destination in destinations or ():
        if lower(word(destination, "type")) != "assistant":  # the call stays where it is: another assistant takes over
            rules.append(_rule(destination, name))
    return rules


def _rule(node: Node, tool: Read[Text]) -> TransferRule:
    plan = some(node, "transferPlan") or Node({}, node.place)
    kind_word = lower(word(node, "type"))
    destination = text(node, "sipUri") if kind_word == "sip" or "sipUri" in node else text(node, "number")
    kind, literal = kind_of(
        destination.value, "extension" if flag(node, "numberE164CheckEnabled").value is False else "phone"
    )
    if kind_word == "sip" and kind != "sip-uri":
        kind = "sip-uri" if literal or destination.value is None else kind
    method, default = _method(plan, kind_word)
    beside = options(node, *_NOT_OPTIONS) + options(plan, "sipVerb")
    return TransferRule(
        pointer(node.place),
        PLATFORM,
        node.place,
        method,
        default,
        destination,
        kind,
        literal,
        text(node, "name") or tool,
        text(node, "description"),
        headers_of_mapping(some(node, "sipHeaders")),
        beside,
        written=text(plan, "mode") if method.setting == "mode" else Read(),
        misread=misread(PLATFORM, beside, options_named(plan, "sipVerb")),
        as_refer=chosen(text(plan, "sipVerb"), str(text(plan, "sipVerb")), "refer") if "transferPlan" in node else None,
    )


def _method(plan: Node, destination_type: str) -> tuple[Read[Word], str | None]:
    """The verb of a plan, and the documented default.

    `refer` is the default of sipVerb, which counts where the call is SIP. A number may also be dialled by the carrier's
    own API: without a verb its destination decides nothing, except that a warm mode dials it.
    """
    verb = word(plan, "sipVerb")
    if verb:
        return verb, "refer"
    if destination_type == "sip":
        return Read(None, plan.place, "sipVerb"), "refer"
    mode = word(plan, "mode")
    if lower(mode).startswith("warm-transfer"):
        return Read(Word("dial"), mode.where, mode.setting), None
    return Read(None, plan.place, "sipVerb"), None


def _taking_over(node: Node) -> tuple[Option, ...]:
    """Options that may take the transfer over, wherever they stand around the assistant."""
    return options_named(node, "serverMessages", "phoneCallProviderBypassEnabled")


def _is_assistant(node: Node | None) -> bool:
    if node is None or not isinstance(node.value, dict):
        return False
    model = some(node, "model")
    if (
        model is not None
        and isinstance(model.value, dict)
        and ("tools" in model or "toolIds" in model or "provider" in model)
    ):
        return any(k in node for k in _ASSISTANT_KEYS) or "tools" in model or "toolIds" in model
    return sum(k in node for k in _ASSISTANT_KEYS) > 1


def _is_destination(node: Node) -> bool:
    kind = lower(word(node, "type"))
    own = has(node, "transfer_plan", "sip_uri", "number_e164_check_enabled")
    return kind in ("sip", "number") and own and has(node, "sip_uri", "number")
