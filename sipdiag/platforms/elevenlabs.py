"""ElevenLabs Agents: agents, create bodies, workflow nodes, phone numbers, conversations, stored SIP messages.

Field names are those of the REST API under https://elevenlabs.io/docs/api-reference (SDK 2.78.0). The SDK's models drop
server defaults and take unknown keys, so both are expected here.
"""

from __future__ import annotations

from dataclasses import field, replace
from itertools import islice
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass
from sipdiag.facts.config import Agent, TransferRule, Trunk
from sipdiag.nodes import Node
from sipdiag.platforms import elevenlabs_calls, elevenlabs_numbers, elevenlabs_rules
from sipdiag.platforms.adapted import SURE, TYPICAL, Adapted, Likeness
from sipdiag.platforms.parts import camel, elements, respelled, snake, unspelled
from sipdiag.platforms.reading import some, text, texts, within

if TYPE_CHECKING:
    from sipdiag.facts.record import CallRecord
    from sipdiag.places import Place
    from sipdiag.raw import Packet

PLATFORM = "elevenlabs"
_CAMEL = frozenset(
    (
        "conversationConfig",
        "conversationId",
        "transferDestination",
        "systemToolType",
        "toolConfig",
        "sipMessages",
        "outboundTrunk",
        "outboundTrunkConfig",
        "assignedAgent",
    )
)
_OF_THE_USER = ("dynamicVariables", "dynamicVariablePlaceholders", "headers", "attributesToHeaders", "paramsAsJson")
_LOOKED_AT = 50_000  # mappings of one document
# A mapping without any of these is nothing that is looked for, whatever it holds.
_MARKS = frozenset(
    (
        "sip_messages",
        "transcript",
        "provider",
        "outbound_trunk_config",
        "inbound_trunk_config",
        "params",
        "transfers",
        "system_tool_type",
        "transfer_destination",
        "conversation_config",
        "agent_id",
    )
)
_OF_PAGES = _MARKS | {"phone_numbers"}


def recognises(node: Node) -> Likeness | None:
    if _in_camel_case(node):
        node = respelled(node, snake, *_OF_THE_USER)
    whole = _as_a_whole(node) if type(node.value) is list or node.holds_any(_OF_PAGES) else None
    if whole is not None:
        return whole
    for mapping in islice(within(node), _LOOKED_AT):
        if _MARKS.isdisjoint(mapping.value):  # type: ignore[arg-type]  # it is a mapping
            continue
        if elevenlabs_rules.is_tool(mapping) or elevenlabs_rules.is_rule(mapping):
            return Likeness(SURE, "elevenlabs-agent" if mapping is not node else "elevenlabs-tool")
        if "conversation_config" in mapping:
            return Likeness(SURE, "elevenlabs-agent")
    return None


def _as_a_whole(node: Node) -> Likeness | None:
    """What a document is by its own members, or as a list of numbers."""
    if elevenlabs_calls.is_messages_page(node):
        return Likeness(SURE, "elevenlabs-sip-messages")
    if elevenlabs_calls.is_conversation(node):
        return Likeness(SURE, "elevenlabs-conversation")
    if elevenlabs_numbers.is_request(node):
        return Likeness(SURE, "elevenlabs-phone-number")
    if elevenlabs_numbers.is_number(node):
        return Likeness(TYPICAL, "elevenlabs-phone-number")
    if any(elevenlabs_numbers.is_number(e) for e in some(node, "phone_numbers") or ()) and "agent_id" not in node:
        return Likeness(TYPICAL, "elevenlabs-phone-numbers")
    if isinstance(node.value, list) and node.value and all(elevenlabs_numbers.is_number(e) for e in node):
        return Likeness(TYPICAL, "elevenlabs-phone-numbers")
    return Likeness(SURE, "elevenlabs-agent") if "conversation_config" in node else None


def read(node: Node, name: str, input_id: str, form: str) -> Adapted:
    found = _Found()
    camel_case = _in_camel_case(node)
    _walk(respelled(node, snake, *_OF_THE_USER) if camel_case else node, found)
    agents = tuple(a.agent() for a in found.agents)
    loose = tuple(elevenlabs_rules.once(found.loose))
    if camel_case:
        agents = tuple(replace(a, rules=tuple(map(_in_its_spelling, a.rules))) for a in agents)
        loose = tuple(map(_in_its_spelling, loose))
    rules = tuple(r for a in agents for r in a.rules) + loose
    packets = tuple(sorted(found.packets, key=lambda p: p.frame.time or 0.0))
    problems = (
        ()
        if not found.more_pages
        else ("the page says that more follow (has_more): a REFER may stand on a later page",)
    )
    return Adapted(PLATFORM, form, agents, rules, tuple(found.trunks), tuple(found.records), packets, problems)


def _in_camel_case(node: Node) -> bool:
    """Whether the vendor's JavaScript library printed it, in the first resource or one level further down."""
    first = next(elements(node), None)
    if first is None:
        return False
    inner = [first, *(m for _, m in first.items() if type(m.value) is dict)]
    listed = next((e for _, m in first.items() if type(m.value) is list for e in m.value), None)
    return any(part.holds_any(_CAMEL) for part in inner) or (listed is not None and listed.holds_any(_CAMEL))


def _in_its_spelling(rule: TransferRule) -> TransferRule:
    return replace(rule, as_refer=unspelled(rule.as_refer, camel))


@dataclass(slots=True)
class _Agent:
    node: Node
    id: str
    rules: list[TransferRule] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)

    def agent(self) -> Agent:
        prompt = self.prompt()
        listed = some(self.node, "tool_ids") or some(prompt, "tool_ids")
        return Agent(
            id=self.id,
            platform=PLATFORM,
            where=self.node.place,
            name=text(self.node, "name"),
            rules=tuple(replace(r, agent=self.id) for r in elevenlabs_rules.once(self.rules)),
            numbers=tuple(self.numbers),
            # A tool of the workspace may be the transfer tool: the agent's own document names it by id alone.
            complete=prompt is not None and not texts(listed),
            tool_missing_at=None if self.rules else self.tools_place(prompt),
            version=text(self.node, "version_id").value,
            identified=bool(text(self.node, "agent_id")),
        )

    def prompt(self) -> Node | None:
        return some(self.node, "conversation_config", "agent", "prompt") or next(
            (n for k in ("prompt", "tools", "built_in_tools") if (n := some(self.node, k)) is not None), None
        )

    def tools_place(self, prompt: Node | None) -> Place:
        found = some(prompt, "built_in_tools") or some(prompt, "tools") or prompt or self.node
        return found.place


@dataclass(slots=True)
class _Found:
    agents: list[_Agent] = field(default_factory=list)
    loose: list[TransferRule] = field(default_factory=list)
    trunks: list[Trunk] = field(default_factory=list)
    records: list[CallRecord] = field(default_factory=list)
    packets: list[Packet] = field(default_factory=list)
    more_pages: bool = False


def _walk(root: Node, found: _Found) -> None:
    """Take what is known wherever it stands, so that a wrapper, a part or a collection is read like the whole."""
    stack: list[tuple[Node, _Agent | None]] = [(root, None)]
    while stack:
        node, owner = stack.pop()
        if isinstance(node.value, list):
            stack.extend((e, owner) for e in reversed(node.value))
        elif not isinstance(node.value, dict):
            continue
        elif _is_of_no_interest(node):
            stack.extend([(m, owner) for m in reversed(node.value.values())])
        elif elevenlabs_calls.is_messages_page(node):
            from sipdiag.platforms.elevenlabs_messages import packets

            found.packets += packets(node)
            found.more_pages = found.more_pages or text(node, "has_more").value == "true"
        elif elevenlabs_calls.is_conversation(node):
            found.records.append(elevenlabs_calls.record(node))
            if (page := some(node, "sip_messages")) is not None:
                stack.append((Node({"sip_messages": page}, node.place), owner))
        elif elevenlabs_numbers.is_number(node) or elevenlabs_numbers.is_request(node):
            trunk = elevenlabs_numbers.trunk(node)
            found.trunks.append(trunk)
            if owner is not None:
                owner.numbers.append(trunk.id)
        elif elevenlabs_rules.is_tool(node):
            (found.loose if owner is None else owner.rules).extend(elevenlabs_rules.rules(node))
        elif elevenlabs_rules.is_rule(node):
            (found.loose if owner is None else owner.rules).append(elevenlabs_rules.rule(node))
        else:
            if owner is None and _is_agent(node):
                owner = _Agent(node, text(node, "agent_id").value or text(node, "name").value or "agent")
                found.agents.append(owner)
            stack.extend([(m, owner) for m in reversed(node.value.values())])


def _is_of_no_interest(node: Node) -> bool:
    return type(node.value) is dict and _MARKS.isdisjoint(node.value)


def _is_agent(node: Node) -> bool:
    return "conversation_config" in node or (
        "agent_id" in node and any(k in node for k in ("tools", "built_in_tools", "prompt", "workflow"))
    )
