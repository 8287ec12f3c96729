"""Lead the messages of a scenario through one more hop, or let its other party place the call."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PREFIX = re.compile(r"(?:(?:\+[0-9.]+s|unseen|leg\w+:)\s*)*")
_TO_THE_AGENT = re.compile(r"(?P<leg>(?:leg\w+: )?)call(?: (?P<way>(?:\w+ -> )+)agent)?")
_PAIR = re.compile(r"(call )?\b(agent|caller) -> (agent|caller)\b(?! ->)")


def through_a_proxy(told: Iterable[str], name: str = "relay") -> list[str] | None:
    """The statements with a proxy between agent and caller; None where something else stands between them already.

    Connections and ICMP errors are those of two neighbours, so a scenario that has them is left alone.
    """
    led: list[str] = []
    for statement in told:
        prefix = _PREFIX.match(statement)
        start = prefix.end() if prefix is not None else 0
        rest = statement[start:]
        if rest.split(None, 1)[:1] in (["icmp"], ["tcp"], ["tls"], ["closed"], ["lost"]) or re.search(
            r"-> \w+ ->", rest
        ):
            return None
        if rest == "call":
            rest = "call caller -> agent"
        led.append(statement[:start] + _PAIR.sub(rf"\1\2 -> {name} -> \3", rest, count=1))
    return led


def with_the_caller_called(told: Iterable[str]) -> list[str] | None:
    """The statements with the first call to the agent placed by it instead; None where there is none such."""
    turned, done = [], False
    for statement in told:
        call = None if done else _TO_THE_AGENT.fullmatch(statement)
        if call is not None:
            way = [name for name in (call["way"] or "caller -> ").split(" -> ") if name]
            statement, done = f"{call['leg']}call {' -> '.join(['agent', *reversed(way)])}", True
        turned.append(statement)
    return turned if done else None
