"""Bind a transfer to the records of its call, the rule that it followed, its agent and the trunk that carried it.

Pure but for the binding that takes the links.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sipdiag.facts.config import Agent, TransferRule, Trunk
from sipdiag.facts.profile import Profile
from sipdiag.facts.record import CallRecord
from sipdiag.model.carried import trunks_of
from sipdiag.model.receivers import takes_refer
from sipdiag.model.same import same_destination

if TYPE_CHECKING:
    from sipdiag.facts.transfer import Transfer
    from sipdiag.model.binding import Binding


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
    return bool(named and owners) and all(a.identified and named.isdisjoint(a.called) for a in owners)
