"""Trunks by the names under which agents, rules and records speak of them, so that many documents are bound in one pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sipdiag.facts.e164 import SIGNIFICANT
from sipdiag.model.same import digits, same_number

if TYPE_CHECKING:
    from sipdiag.facts.config import Agent, Trunk


class TrunkIndex:
    """Finds the trunks of an agent by id, name, number, or by the agent that they name."""

    def __init__(self, trunks: Sequence[Trunk]) -> None:
        self._named: dict[str, list[Trunk]] = defaultdict(list)
        self._of_agent: dict[str, list[Trunk]] = defaultdict(list)
        self._numbers: dict[str, list[Trunk]] = defaultdict(list)
        self.unclaimed = [t for t in trunks if not t.agent]
        for trunk in trunks:
            for name in {trunk.id, str(trunk.name)} - {""}:
                self._named[name].append(trunk)
            if trunk.agent:
                self._of_agent[str(trunk.agent)].append(trunk)
            if trunk.number:
                self._numbers[_suffix(str(trunk.number))].append(trunk)

    def named(self, name: str) -> list[Trunk]:
        """The trunks with this id or name."""
        return self._named.get(name, [])

    def attached(self, agent: Agent) -> list[Trunk]:
        """The trunks that the agent lists, and those that list the agent, each once."""
        found: list[Trunk] = []
        for number in agent.numbers:
            found += [t for t in self._named.get(number, ()) if t.id == number]
            alike = self._numbers.get(_suffix(number), ())
            found += [t for t in alike if str(t.number) == number or same_number(str(t.number), number)]
        for name in (agent.id, str(agent.name)):
            found += self._of_agent.get(name, ()) if name else ()
        return _nearest(agent, {id(t): t for t in found}.values())


def _suffix(number: str) -> str:
    bare = digits(number).lstrip("0")
    return bare[-SIGNIFICANT:] if bare else number


def _nearest(agent: Agent, found: Iterable[Trunk]) -> list[Trunk]:
    """Where one id stands in several documents, the trunk in the agent's own document is the agent's."""
    trunks = list(found)
    own = {t.id for t in trunks if t.where.input == agent.where.input}
    return [t for t in trunks if t.id not in own or t.where.input == agent.where.input]
