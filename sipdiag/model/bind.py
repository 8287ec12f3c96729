"""Tie configuration and records to calls and transfers. Pure: facts in, links out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from sipdiag.facts.config import Agent, Destination, Expectation, Receiver, TransferRule, Trunk
from sipdiag.facts.kinds import in_words
from sipdiag.facts.profile import Profile
from sipdiag.facts.record import CallRecord
from sipdiag.facts.timers import RECORD_START
from sipdiag.model.carried import numbers_of, trunks_of
from sipdiag.model.lines import Lines
from sipdiag.model.receivers import Receivers, takes_refer
from sipdiag.model.same import SIGNIFICANT, digits, same_number, significant
from sipdiag.model.trunk_index import TrunkIndex
from sipdiag.sip.errors import SipSyntaxError
from sipdiag.sip.uri import Uri, parse_uri

if TYPE_CHECKING:
    from sipdiag.facts.call import Call
    from sipdiag.facts.leg import Leg
    from sipdiag.facts.transfer import Transfer
    from sipdiag.model.binding import Binding

T = TypeVar("T")
_MOST = 200  # rules without an agent that are tied to a record: of more nothing tells which, and each would go to each


def record_calls(records: Iterable[CallRecord], calls: Sequence[Call]) -> dict[str, tuple[CallRecord, ...]]:
    """The records of each call by the call's id: by an id in a header, else by both numbers and the start.

    A single record beside a single call is taken for its record, unless the numbers contradict it.
    """
    records = list(records)
    found: dict[str, list[CallRecord]] = {}
    for record in records:
        sure = [c for c in calls if _names(record, c)] or [c for c in calls if _same_numbers_and_start(record, c)]
        if not sure and len(records) == 1 and len(calls) == 1 and not _numbers_differ(record, calls[0]):
            sure = list(calls)
        if len(sure) == 1:
            found.setdefault(sure[0].id, []).append(record)
    return {k: tuple(v) for k, v in found.items()}


def _names(record: CallRecord, call: Call) -> bool:
    ids = {i for i in record.ids if len(i) >= 6}
    if not ids:
        return False
    for leg in call.legs:
        if leg.call_id in ids:
            return True
        for t in leg.transactions[:4]:
            for message in (t.message, *(r.message for r in t.responses)):
                if any(
                    h.value.strip() in ids
                    for h in message.headers
                    if h.name.lower().startswith(("x-", "p-", "session-id"))
                ):
                    return True
    return False


def _same_numbers_and_start(record: CallRecord, call: Call) -> bool:
    numbers = numbers_of(call.main)
    ends = [str(r) for r in (record.caller, record.callee) if r]
    if len(ends) < 2 or not all(any(same_number(e, n) for n in numbers) for e in ends):
        return False
    started = call.main.first.time
    return record.start is None or started is None or started < 10**6 or abs(started - record.start) <= RECORD_START


def _numbers_differ(record: CallRecord, call: Call) -> bool:
    """Whether none of the record's numbers is in the call, or not the other person's although the call tells one."""
    numbers = {n for leg in call.legs for n in numbers_of(leg)}
    ends = [str(r) for r in (record.caller, record.callee) if r and digits(str(r))]
    if not numbers or len(ends) < 2:
        return False
    if not any(same_number(e, n) for e in ends for n in numbers):
        return True
    person = {"inbound": record.caller, "outbound": record.callee}.get(str(record.direction))
    return person is not None and all(
        _tells_another(leg, str(person), record.direction == "inbound") for leg in call.legs
    )


def of_none(record: CallRecord, calls: Sequence[Call]) -> bool:
    """Whether a record is of a call that was not seen: it has other numbers than every call that was."""
    return all(_numbers_differ(record, c) for c in calls)


def _tells_another(leg: Leg, number: str, calls: bool) -> bool:
    """Whether a leg's INVITE has a full number of another person, who calls or is called, and this one nowhere."""
    wanted = significant(digits(number))
    if not leg.invites or len(wanted) < SIGNIFICANT:
        return False
    message = leg.invites[0].message
    name = message.from_ if calls else message.to
    told = digits(None if name is None or name.uri is None else name.uri.user or name.uri.number)
    return len(significant(told)) == SIGNIFICANT and wanted.encode() not in re.sub(rb"[ ().-]", b"", message.data)


def bind_configuration(
    binding: Binding,
    agents: Sequence[Agent],
    rules: Sequence[TransferRule],
    trunks: Sequence[Trunk],
    records: Sequence[CallRecord],
    destinations: Sequence[Destination],
    profiles: Mapping[str, Profile],
) -> None:
    """Links among documents: by the ids and numbers that they name, by containment, or because there is only one."""
    index, lines = TrunkIndex(trunks), Lines(trunks)
    line, free_line = lines.one(trunks), lines.one(index.unclaimed)
    of_agent: dict[str | None, list[TransferRule]] = {}
    for rule in rules:
        of_agent.setdefault(rule.agent, []).append(rule)
    loose = [r for r in rules if r.agent is None]
    found = Receivers(trunks, profiles)
    for agent in agents:
        for rule in (*agent.rules, *(of_agent.get(agent.id, ()) if not agent.rules else ())):
            binding.link(agent, rule, "document")
            binding.link(rule, agent, "document")
        attached = index.attached(agent)
        free = index.unclaimed if not agent.numbers else []
        if not attached and free and free_line:
            for trunk in free:
                binding.link(agent, trunk, "only-one")
        else:
            _link_or_only(binding, agent, lines.along(attached, index.unclaimed), free, "document")
        for trunk in binding.linked(agent, Trunk):
            binding.link(trunk, agent, binding.reason(agent, trunk) or "document")
            for rule in agent.rules:
                binding.link(trunk, rule, "document")
    for rule in rules:
        if not binding.linked(rule, Agent):
            _link_or_only(binding, rule, [], agents, "document")
        for trunk in index.named(rule.trunk) if rule.trunk is not None else ():
            binding.link(rule, trunk, "document")
        for agent in binding.linked(rule, Agent):
            for trunk in binding.linked(agent, Trunk):
                binding.link(rule, trunk, binding.reason(agent, trunk) or "document")
        if not binding.linked(rule, Trunk) and not binding.linked(rule, Agent) and line:
            for trunk in trunks:
                binding.link(rule, trunk, "only-one")
        _link_profile(binding, rule, rule.platform, profiles)
        for receiver in found.of(binding.linked(rule, Trunk)):
            binding.link(rule, receiver, "address")
    without = {id(t) for t in trunks if not binding.linked(t, TransferRule)}
    for rule in rules:
        for trunk in binding.linked(rule, Trunk):
            if id(trunk) in without:
                binding.link(trunk, rule, "document")
    for trunk in trunks:
        _link_profile(binding, trunk, trunk.profile or trunk.platform, profiles)
        for part in trunk.each:
            if (far := found.far(part)) is not None:
                binding.link(trunk, Receiver(far, part), "address")
    known = _by_name(agents)
    for record in records:
        named = _live(record, known)
        _link_or_only(binding, record, named, agents if record.agent is None else [], "record")
        owners = binding.linked(record, Agent)
        for rule in _rules_behind(owners, loose) or ([] if agents or len(rules) > _MOST else list(rules)):
            binding.link(record, rule, "record")
            binding.link(rule, record, "record")
        for owner in owners:
            binding.link(owner, record, "record")
            for trunk in binding.linked(owner, Trunk):
                binding.link(record, trunk, "record")
        if not binding.linked(record, Trunk) and len(trunks) == 1:
            binding.link(record, trunks[0], "only-one")
        _link_profile(binding, record, record.platform, profiles)
    for destination in destinations:
        if destination.rule is not None:
            binding.link(destination, destination.rule, "document")
            for kind in (Agent, Trunk, CallRecord, Profile, Receiver):
                for fact in binding.linked(destination.rule, kind):
                    binding.link(destination, fact, binding.reason(destination.rule, fact) or "document")


def _rules_behind(owners: Sequence[Agent], loose: Sequence[TransferRule]) -> list[TransferRule]:
    """The rules of a record's agents; of one whose tools are kept elsewhere, those of tools that stand alone."""
    own = [r for a in owners for r in a.rules]
    elsewhere = {a.platform for a in owners if not a.complete}
    return own or [r for r in loose if r.platform in elsewhere] if elsewhere and len(loose) <= _MOST else own


def _by_name(agents: Sequence[Agent]) -> dict[str, list[Agent]]:
    """Agents by their ids and names, in order."""
    found: dict[str, list[Agent]] = {}
    for agent in agents:
        for name in _ids(agent):
            found.setdefault(name, []).append(agent)
    return found


def _live(record: CallRecord, agents: Mapping[str, Sequence[Agent]]) -> list[Agent]:
    """The agent that a record is about. Of several that one call visited it is whoever can have transferred it.

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


def _ids(agent: Agent) -> set[str]:
    return {i for i in (agent.id, str(agent.name)) if i}


def _link_or_only(binding: Binding, subject: object, sure: Sequence[T], others: Sequence[T], by: str) -> None:
    if sure:
        for fact in sure:
            binding.link(subject, fact, by)
    elif len(others) == 1:
        binding.link(subject, others[0], "only-one")
    elif len(others) > 1:
        words = in_words(type(others[0]).__name__)
        binding.leave_open(subject, type(others[0]), f"several {words}s fit, and nothing tells which")


def _link_profile(binding: Binding, subject: object, slug: str | None, profiles: Mapping[str, Profile]) -> None:
    if slug and slug in profiles:
        binding.link(subject, profiles[slug], "document")


def bind_transfer(
    binding: Binding,
    transfer: Transfer,
    *,
    records: Sequence[CallRecord],
    rules: Sequence[TransferRule],
    agents: Sequence[Agent],
    trunks: Sequence[Trunk],
    rule: TransferRule | None = None,
) -> None:
    """Links of one transfer. `records` are those of its call; `rule` is given where the transfer is its prediction."""
    for record in records:
        binding.link(transfer, record, "record")
    if transfer.attempts:
        rules = [r for r in rules if not _by_the_other_end(transfer, r.platform)]
        agents = [a for a in agents if not _by_the_other_end(transfer, a.platform)]
    if rule is not None:
        chosen: list[tuple[TransferRule, str]] = [(rule, "document")]
    else:
        chosen = _rules_of(transfer, records, rules, binding)
    for one, by in chosen:
        binding.link(transfer, one, by)
    if not chosen and len(rules) > 1:
        binding.leave_open(transfer, TransferRule, "several transfer rules fit, and nothing tells which")
    named = {id(a): a for r in records for a in binding.linked(r, Agent)}
    owners = {id(a): a for one, _ in chosen for a in binding.linked(one, Agent)}
    for agent in (named or owners).values():
        binding.link(transfer, agent, "record" if named else "document")
    if not binding.linked(transfer, Agent) and len(agents) == 1:
        binding.link(transfer, agents[0], "only-one")
    for trunk, by in trunks_of(transfer, trunks, binding, rule):
        binding.link(transfer, trunk, by)
        for known in binding.linked(trunk, Profile):
            if (trunk.profile or trunk.provider) and takes_refer(known):
                binding.link(transfer, known, by)


def _rules_of(
    transfer: Transfer, records: Sequence[CallRecord], rules: Sequence[TransferRule], binding: Binding
) -> list[tuple[TransferRule, str]]:
    candidates = [r for record in records for r in binding.linked(record, TransferRule)] or list(rules)
    candidates = list({id(r): r for r in candidates if not _of_another_agent(r, records, binding)}.values())
    wanted = [str(c.destination) for record in records for c in record.calls if c.destination]
    if wanted:
        called = [r for r in candidates if r.literal and any(same_destination(str(r.destination), w) for w in wanted)]
        if called:
            return [(called[0], "record")]
    if transfer.refer_to is not None:
        target = transfer.refer_to.uri_text
        named = [r for r in candidates if r.literal and same_destination(str(r.destination), target)]
        if named:
            return [(named[0], "refer-to")]
        literal = [r for r in candidates if r.literal and r.destination]
        candidates = [r for r in candidates if r not in literal]  # every literal rule is contradicted by the wire
    elif transfer.target is not None and transfer.target.invite.message.uri is not None and candidates:
        dialled = str(transfer.target.invite.message.uri)
        named = [r for r in candidates if r.literal and same_destination(str(r.destination), dialled)]
        if named:
            return [(named[0], "number")]
    if len(candidates) == 1:
        return [(candidates[0], "only-one")]
    return []


def _by_the_other_end(transfer: Transfer, platform: str) -> bool:
    """Whether it was the platform's peer who sent the REFER: no rule of an agent there speaks of it."""
    if transfer.leg is None or transfer.transferor is None:
        return False
    from sipdiag.model.claimant import stands_at  # configuration alone does without legs

    return stands_at(transfer.leg, platform) is transfer.transferor.other


def _of_another_agent(rule: TransferRule, records: Sequence[CallRecord], binding: Binding) -> bool:
    """Whether a rule's agent is none of those that the records name, by ids of the same platform."""
    owners = binding.linked(rule, Agent)
    told = [r for r in records if r.agent is not None and r.platform == rule.platform]
    named = {i for r in told for i in (r.agent, *r.visited_agents)}
    return bool(named and owners) and all(a.identified and named.isdisjoint(_ids(a)) for a in owners)


def same_destination(configured: str, wire: str) -> bool:
    """Whether a destination as configured is what stands on the wire, after the usual rewriting.

    >>> same_destination("+15550100123", "tel:+15550100123"), same_destination("1001", "sip:1001@192.0.2.1")
    (True, True)
    >>> same_destination("sip:a@x.example", "sip:b@x.example")
    False
    """
    if configured.strip() == wire.strip():
        return True
    one, other = _uri(configured), _uri(wire)
    a = (one.user or one.number) if one is not None else configured.strip().strip("<>")
    b = (other.user or other.number) if other is not None else wire.strip().strip("<>")
    if not a or not b:
        return one is not None and other is not None and not a and not b and one.host == other.host
    return a == b or same_number(a, b)


def _uri(text: str) -> Uri | None:
    try:
        return parse_uri(text.strip().strip("<>"))
    except SipSyntaxError:
        return None


def bind_calls(binding: Binding, transfers: Iterable[Transfer]) -> None:
    """A call is bound to what its transfers are bound to."""
    for transfer in transfers:
        call = transfer.call
        if call is None:
            continue
        binding.link(call, transfer, "document")
        binding.link(transfer, call, "document")
        for kind in (TransferRule, Agent, Trunk, CallRecord):
            for fact in binding.linked(transfer, kind):
                binding.link(call, fact, binding.reason(transfer, fact) or "document")
                binding.link(fact, transfer, binding.reason(transfer, fact) or "document")


def everywhere(expectation: Expectation) -> tuple[object, ...]:
    return (expectation,)
