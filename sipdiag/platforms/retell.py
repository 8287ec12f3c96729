"""Retell: LLM tools, conversation flows, phone numbers and calls (retell-sdk 6.2.13)."""

from __future__ import annotations

from dataclasses import replace

from sipdiag.facts.config import Agent, TransferRule, Trunk
from sipdiag.facts.edit import chosen
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms import retell_calls
from sipdiag.platforms.adapted import SURE, TYPICAL, Adapted, Likeness
from sipdiag.platforms.parts import (
    camel,
    credentials,
    elements,
    has,
    headers_of_mapping,
    kind_of,
    options,
    options_named,
    pointer,
    respelled,
    snake,
    unspelled,
)
from sipdiag.platforms.reading import flag, lower, mappings, some, text, within, word
from sipdiag.platforms.vocabulary import misread
from sipdiag.values import Text, Word

PLATFORM = "retell"
_PAGES = ("items", "data", "results")
_CAMEL = frozenset(("transferOption", "coldTransferMode"))  # as the dashboard's own requests have them
_OPTIONS = frozenset(("transfer_option", "cold_transfer_mode")) | _CAMEL
_OF_THE_USER = ("customSipHeaders", "defaultDynamicVariables")
_TOOL_LISTS = ("general_tools", "states", "nodes", "components", "tools")
# What the platform's own words for a way to transfer mean: https://docs.retellai.com, as read on 2026-08-22.
_METHODS = {"sip_refer": "refer", "sip_invite": "dial", "warm_transfer": "dial", "agentic_warm_transfer": "dial"}


def recognises(node: Node) -> Likeness | None:
    first = next(elements(node, *_PAGES), None)
    if first is None:
        return None
    if _is_transfer(first):
        return Likeness(SURE, "retell-tool")
    if retell_calls.is_call(first):
        return Likeness(SURE, "retell-call")
    if _is_number(first):
        return Likeness(SURE, "retell-phone-number")
    if any(m.holds_any(_OPTIONS) for m in within(first)):
        return Likeness(SURE, "retell-agent")
    engine = lower(word(first, "response_engine", "type"))
    if "general_tools" in first or "general_prompt" in first or engine in ("retell-llm", "conversation-flow"):
        return Likeness(SURE, "retell-agent")
    if ("conversation_flow_id" in first or "start_speaker" in first) and "nodes" in first:
        return Likeness(TYPICAL, "retell-agent")
    return None


def read(node: Node, name: str, input_id: str, form: str) -> Adapted:
    if form == "retell-call":
        return Adapted(PLATFORM, form, records=tuple(retell_calls.record(page) for page in elements(node, *_PAGES)))
    camel_case = any(m.holds_any(_CAMEL) for m in within(node))
    pages = tuple(elements(respelled(node, snake, *_OF_THE_USER) if camel_case else node, *_PAGES))
    trunks = tuple(_number(page) for page in pages if _is_number(page))
    agents = tuple(_agent(page) for page in pages if not _is_number(page) and not _is_transfer(page))
    loose = tuple(_rule(page, None) for page in pages if _is_transfer(page))
    if camel_case:
        agents = tuple(replace(a, rules=tuple(map(_in_its_spelling, a.rules))) for a in agents)
        loose = tuple(map(_in_its_spelling, loose))
    rules = tuple(r for a in agents for r in a.rules) + loose
    return Adapted(PLATFORM, form, agents, rules, trunks)


def _in_its_spelling(rule: TransferRule) -> TransferRule:
    return replace(rule, as_refer=unspelled(rule.as_refer, camel))


def _agent(node: Node) -> Agent:
    own = ("agent_id", "llm_id", "conversation_flow_id", "agent_name", "name")
    id_ = next((str(t) for k in own if (t := text(node, k))), pointer(node.place))
    rules = tuple(_rule(m, id_) for m in within(node) if _is_transfer(m))
    # An agent names its LLM or flow, which are documents of their own; MCP servers bring tools that are listed nowhere.
    whole = any(k in node for k in _TOOL_LISTS) and not some(node, "mcps")
    missing = next((m for k in _TOOL_LISTS if (m := node.get(k)) is not None), node)
    return Agent(
        id_,
        PLATFORM,
        node.place,
        text(node, "agent_name") or text(node, "name"),
        rules,
        complete=whole,
        tool_missing_at=None if rules else missing.place,
        version=text(node, "version").value,
        identified="agent_id" in node,
    )


def _rule(node: Node, agent: str | None) -> TransferRule:
    target = some(node, "transfer_destination") or Node({}, node.place)
    number, free = text(target, "number"), flag(node, "ignore_e164_validation").value is True
    kind, literal = kind_of(number.value, "extension" if free else "phone")
    if lower(word(target, "type")) == "inferred":
        number, kind, literal = text(target, "prompt"), "dynamic", False
    option = some(node, "transfer_option") or Node({}, node.place)
    method, written = _method(option)
    beside = options(option, "type", "cold_transfer_mode") + options(target, "type", "number", "prompt")
    beside += options(node, *_NOT_OPTIONS)
    return TransferRule(
        pointer(node.place),
        PLATFORM,
        node.place,
        method,
        None,
        number,
        kind,
        literal,
        text(node, "name"),
        text(node, "description"),
        headers_of_mapping(some(node, "custom_sip_headers")),
        beside,
        agent,
        written=written,
        misread=misread(PLATFORM, beside, options_named(option, "type", "cold_transfer_mode")),
        as_refer=chosen(written, str(written), "sip_refer") if written.setting == "cold_transfer_mode" else None,
    )


_NOT_OPTIONS = (
    "id",
    "type",
    "name",
    "description",
    "transfer_destination",
    "transfer_option",
    "custom_sip_headers",
    "speak_during_execution",
    "execution_message_type",
    "execution_message_description",
    "edge",
    "instruction",
    "display_position",
    "global_node_setting",
    "model_choice",
    "model_config",
)


def _method(option: Node) -> tuple[Read[Word], Read[Text]]:
    """A cold transfer goes by its mode, for which no default is documented; any other type says all by itself."""
    kind = word(option, "type")
    chosen = word(option, "cold_transfer_mode") if lower(kind) in ("cold_transfer", "") else kind
    known = _METHODS.get(str(chosen), str(chosen)) if chosen else None
    return Read(None if known is None else Word(known), chosen.where, chosen.setting), text(option, chosen.setting)


def _number(node: Node) -> Trunk:
    nested = some(node, "sip_outbound_trunk_config")
    sip = nested or node
    kind = word(node, "phone_number_type")
    transport = word(sip, "transport")
    if not transport:  # documented default
        transport = Read(Word("tcp"), sip.place, "transport")
    prefix = "" if nested else "sip_trunk_"
    lists = [a for k in ("inbound_agents", "outbound_agents") for a in mappings(some(node, k))]
    agent = next((t for a in lists if (t := text(a, "agent_id"))), None)
    number = text(node, "phone_number")
    return Trunk(
        number.value or pointer(node.place),
        PLATFORM,
        node.place,
        text(node, "nickname"),
        # Retell's own numbers and imported ones: both reach the agent by SIP, and a REFER works on both.
        Read(Word("sip"), kind.where, "phone_number_type" if kind else "termination_uri"),
        number,
        text(sip, "termination_uri"),
        transports=(transport,) if some(sip, "termination_uri") is not None else (),
        transports_of="outbound",
        credentials=credentials(sip, (f"{prefix}auth_username",), (f"{prefix}auth_password",)),
        agent=agent or text(node, "inbound_agent_id") or text(node, "outbound_agent_id"),
        options=options(node, "phone_number", "nickname", "termination_uri", "transport", "sip_outbound_trunk_config"),
        profile=None,
    )


def _is_transfer(node: Node) -> bool:
    return lower(word(node, "type")) == "transfer_call" and has(node, "transfer_option", "transfer_destination")


def _is_number(node: Node) -> bool:
    own = ("termination_uri", "sip_outbound_trunk_config", "phone_number_type", "inbound_agents", "inbound_agent_id")
    return "phone_number" in node and any(k in node for k in own) and "provider" not in node
