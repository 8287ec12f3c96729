"""A rule that a document lists twice is one rule: reported once, with the places where it stands again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sipdiag.facts.config import TransferRule
from sipdiag.platforms.adapted import Adapted


def once(adapted: Adapted) -> Adapted:
    """Each rule of an agent once, and each rule of no agent; the first place is kept, the others are its twins."""
    by_id = {id(r): r for r in (*adapted.rules, *(r for a in adapted.agents for r in a.rules))}
    if len(by_id) < 2:
        return adapted
    kept: dict[object, TransferRule] = {}
    for rule in by_id.values():
        key = _content(rule)
        first = kept.get(key)
        kept[key] = rule if first is None else replace(first, twins=(*first.twins, rule.where, *rule.twins))
    if len(kept) == len(by_id):
        return adapted

    def merged(rules: Iterable[TransferRule]) -> tuple[TransferRule, ...]:
        return tuple({id(m): m for m in (kept[_content(r)] for r in rules)}.values())

    agents = tuple(replace(a, rules=merged(a.rules)) for a in adapted.agents)
    return replace(adapted, agents=agents, rules=merged(adapted.rules))


def _content(rule: TransferRule) -> object:
    """All that tells one rule from another, places left out."""
    headers = tuple((str(h.name), str(h.value), h.kind) for h in rule.headers)
    options = tuple((o.name, str(o.value)) for o in rule.options)
    said = (rule.method_word, str(rule.destination), str(rule.condition), str(rule.name))
    return (rule.agent, rule.platform, *said, rule.destination_kind, rule.trunk, headers, options)
