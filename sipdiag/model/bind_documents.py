"""Bind the documents of a case to one another: agents, rules, trunks, records, destinations, and who receives a REFER.

Each link is by the ids and numbers that the documents name, by containment, or because there is only one. Pure but for
the binding that takes the links.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from sipdiag.facts.config import Agent, Destination, Receiver, TransferRule, Trunk
from sipdiag.facts.kinds import in_words
from sipdiag.facts.profile import Profile
from sipdiag.facts.record import CallRecord
from sipdiag.model.lines import Lines
from sipdiag.model.receivers import Receivers
from sipdiag.model.same import same_destination
from sipdiag.model.trunk_index import TrunkIndex

if TYPE_CHECKING:
    from sipdiag.model.binding import Binding

T = TypeVar("T")
_MOST = 200  # rules without an agent that are tied to a record: of more nothing tells which, and each would go to each


def bind_documents(
    binding: Binding,
    agents: Sequence[Agent],
    rules: Sequence[TransferRule],
    trunks: Sequence[Trunk],
    records: Sequence[CallRecord],
    destinations: Sequence[Destination],
    profiles: Mapping[str, Profile],
) -> None:
    """The steps build on one another: trunks come to rules by agents, rules and trunks come to records by agents."""
    index, lines, receivers = TrunkIndex(trunks), Lines(trunks), Receivers(trunks, profiles)
    _bind_agents(binding, agents, rules, index, lines)
    _bind_rules(binding, rules, agents, trunks, index, trunks if lines.one(trunks) else [])
    for rule in rules:
        _bind_profile(binding, rule, rule.platform, profiles)
        for receiver in receivers.of(binding.linked(rule, Trunk)):
            binding.link(rule, receiver, "address")
    for trunk in trunks:
        _bind_profile(binding, trunk, trunk.profile or trunk.platform, profiles)
        for part in trunk.each:
            if (far := receivers.far(part)) is not None:
                binding.link(trunk, Receiver(far, part), "address")
    _bind_records(binding, records, agents, rules, trunks)
    for record in records:
        _bind_profile(binding, record, record.platform, profiles)
    for destination in destinations:
        _bind_as_its_rule(binding, destination)


def _bind_agents(
    binding: Binding, agents: Sequence[Agent], rules: Sequence[TransferRule], index: TrunkIndex, lines: Lines
) -> None:
    """Agents with their rules and trunks."""
    of_agent: dict[str | None, list[TransferRule]] = {}
    for rule in rules:
        of_agent.setdefault(rule.agent, []).append(rule)
    only_line = lines.one(index.unclaimed)
    for agent in agents:
        for rule in agent.rules or of_agent.get(agent.id, ()):
            binding.link(agent, rule, "document")
            binding.link(rule, agent, "document")
        attached = index.attached(agent)
        free = index.unclaimed if not agent.numbers else []
        if not attached and only_line:
            for trunk in free:
                binding.link(agent, trunk, "only-one")
        else:
            _link_or_only(binding, agent, lines.along(attached, index.unclaimed), free, "document")
        for trunk in binding.linked(agent, Trunk):
            binding.link(trunk, agent, binding.reason(agent, trunk) or "document")
            for rule in agent.rules:
                binding.link(trunk, rule, "document")


def _bind_rules(
    binding: Binding,
    rules: Sequence[TransferRule],
    agents: Sequence[Agent],
    trunks: Sequence[Trunk],
    index: TrunkIndex,
    only_line: Sequence[Trunk],
) -> None:
    """Rules with an agent and with trunks. `only_line` are all trunks of the case where they are one line, else nothing."""
    for rule in rules:
        if not binding.linked(rule, Agent):
            _link_or_only(binding, rule, [], agents, "document")
        for trunk in index.named(rule.trunk) if rule.trunk is not None else ():
            binding.link(rule, trunk, "document")
        for agent in binding.linked(rule, Agent):
            for trunk in binding.linked(agent, Trunk):
                binding.link(rule, trunk, binding.reason(agent, trunk) or "document")
        if not binding.linked(rule, Trunk) and not binding.linked(rule, Agent):
            for trunk in only_line:
                binding.link(rule, trunk, "only-one")
    without = {id(t) for t in trunks if not binding.linked(t, TransferRule)}
    for rule in rules:
        for trunk in binding.linked(rule, Trunk):
            if id(trunk) in without:
                binding.link(trunk, rule, "document")


def _bind_records(
    binding: Binding,
    records: Sequence[CallRecord],
    agents: Sequence[Agent],
    rules: Sequence[TransferRule],
    trunks: Sequence[Trunk],
) -> None:
    """Records with the agent that they are about, its rules and its trunks."""
    by_name = _by_name(agents)
    loose = [r for r in rules if r.agent is None]
    for record in records:
        named = _transferring(record, by_name)
        _link_or_only(binding, record, named, agents if record.agent is None else [], "record")
        owners = binding.linked(record, Agent)
        for rule in _rules_behind(owners, loose) or ([] if agents or len(rules) > _MOST else rules):
            binding.link(record, rule, "record")
            binding.link(rule, record, "record")
        for owner in owners:
            binding.link(owner, record, "record")
            for trunk in binding.linked(owner, Trunk):
                binding.link(record, trunk, "record")
        if not binding.linked(record, Trunk) and len(trunks) == 1:
            binding.link(record, trunks[0], "only-one")


def _bind_as_its_rule(binding: Binding, destination: Destination) -> None:
    """A destination is bound to its rule and to what that is bound to."""
    rule = destination.rule
    if rule is None:
        return
    binding.link(destination, rule, "document")
    for kind in (Agent, Trunk, CallRecord, Profile, Receiver):
        for fact in binding.linked(rule, kind):
            binding.link(destination, fact, binding.reason(rule, fact) or "document")


def _rules_behind(owners: Sequence[Agent], loose: Sequence[TransferRule]) -> list[TransferRule]:
    """The rules of a record's agents; of one whose tools are kept elsewhere, those of tools that stand alone."""
    own = [r for a in owners for r in a.rules]
    elsewhere = {a.platform for a in owners if not a.complete}
    return own or [r for r in loose if r.platform in elsewhere] if elsewhere and len(loose) <= _MOST else own


def _by_name(agents: Sequence[Agent]) -> dict[str, list[Agent]]:
    """Agents by their ids and names, in order."""
    found: dict[str, list[Agent]] = {}
    for agent in agents:
        for name in agent.called:
            found.setdefault(name, []).append(agent)
    return found


def _transferring(record: CallRecord, agents: Mapping[str, Sequence[Agent]]) -> list[Agent]:
    """The agents that a record is about, mostly one. Of several that one call visited it is whoever can have transferred it.

    That is the one with a rule for what was asked for; else the only one with rules, if the documents of all are there.
    """
    visited = dict.fromkeys(record.visited_agents)
    if len(visited) < 2:
        return list(agents.get(record.agent or "", ()))
    there = list({id(a): a for name in visited for a in agents.get(name, ())}.values())
    wanted = [str(c.destination) for c in record.calls if c.destination]
    asked = [
        a for a in there if any(r.literal and same_destination(str(r.destination), w) for r in a.rules for w in wanted)
    ]
    able = [a for a in there if a.rules]
    return asked or (able if len(able) == 1 and len(there) == len(visited) else [])


def _link_or_only(binding: Binding, subject: object, sure: Sequence[T], others: Sequence[T], by: str) -> None:
    """Bind the facts that are `sure`; without any, the only one of the `others`, or note that nothing tells which."""
    if sure:
        for fact in sure:
            binding.link(subject, fact, by)
    elif len(others) == 1:
        binding.link(subject, others[0], "only-one")
    elif len(others) > 1:
        words = in_words(type(others[0]).__name__)
        binding.leave_open(subject, type(others[0]), f"several {words}s fit, and nothing tells which")


def _bind_profile(binding: Binding, subject: object, slug: str | None, profiles: Mapping[str, Profile]) -> None:
    if slug and slug in profiles:
        binding.link(subject, profiles[slug], "document")
