"""What the input holds beside SIP messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.cached import cached_property
from sipdiag.dataclass import dataclass

if TYPE_CHECKING:
    from sipdiag.facts.transaction import Hop
    from sipdiag.raw import Connection, LogLine, Lost, MediaFlow, Unreachable


@dataclass(frozen=True)
class Surroundings:
    """What the input holds beside SIP messages, for the whole case."""

    connections: tuple[Connection, ...] = ()
    unreachables: tuple[Unreachable, ...] = ()
    media: tuple[MediaFlow, ...] = ()
    lost: tuple[Lost, ...] = ()
    log: tuple[LogLine, ...] = ()
    encrypted: tuple[Connection, ...] = ()  # TLS that was established and could not be read
    answers: tuple[Hop, ...] = ()  # responses to requests that are not in the input

    def media_at(self, *ends: tuple[str | None, int | None]) -> list[MediaFlow]:
        """The flows that begin or end at one of these addresses and ports, each once, in their order."""
        return [self.media[n] for n in sorted({n for end in ends for n in self._by_end.get(end, ())})]

    @cached_property
    def _by_end(self) -> dict[tuple[str | None, int | None], list[int]]:
        found: dict[tuple[str | None, int | None], list[int]] = {}
        for n, flow in enumerate(self.media):
            for end in (flow.source, flow.destination):
                found.setdefault((end.host, end.port), []).append(n)
        return found
