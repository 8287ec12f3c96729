"""Documents, written small in YAML, XML or JSON, as the facts that a platform's module makes of them."""

from __future__ import annotations

from sipdiag.facts.config import Agent, TransferRule, Trunk
from sipdiag.facts.record import CallRecord
from sipdiag.platforms import Adapted, adapt
from sipdiag.sources.documents import read_document


def adapted(text: str, platform: str | None = None, name: str = "document.yaml") -> Adapted:
    node = read_document(text.encode(), name, "in1")
    found = adapt(node, name, "in1", platform)
    assert found is not None, "no platform recognises it"
    return found


def only_rule(text: str) -> TransferRule:
    (rule,) = adapted(text).rules
    return rule


def only_agent(text: str) -> Agent:
    (agent,) = adapted(text).agents
    return agent


def only_trunk(text: str) -> Trunk:
    (trunk,) = adapted(text).trunks
    return trunk


def only_record(text: str) -> CallRecord:
    (record,) = adapted(text).records
    return record


def brief(rule: TransferRule) -> tuple[str | None, str, bool]:
    """What decides most: the method that will be used, the kind of destination, and whether its text may be judged."""
    return rule.effective_method, rule.destination_kind, rule.literal
