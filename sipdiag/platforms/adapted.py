"""What a platform's module makes of one document."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sipdiag.dataclass import dataclass

if TYPE_CHECKING:
    from sipdiag.facts.config import Agent, Misread, TransferRule, Trunk
    from sipdiag.facts.dialplan import Dialplan
    from sipdiag.facts.record import CallRecord
    from sipdiag.raw import Packet


class Likeness(NamedTuple):
    """How sure a module is that a document is its own, and the name of the document's format.

    `certainty` is `SURE` (a key or a set of keys that no other system has), `TYPICAL` (the usual shape, with words that
    others could use too) or `POSSIBLE` (a shape that several systems share).
    """

    certainty: int
    format: str


SURE, TYPICAL, POSSIBLE = 30, 20, 10


@dataclass(frozen=True, slots=True)
class Adapted:
    """The facts of one document.

    `platform` is a profile's slug, `format` names the kind of document (`elevenlabs-agent`). `rules` holds every rule,
    those of `agents` included, each once. `packets` are SIP messages that the platform stored and the document quotes.
    `misread` are values of the document as such, beside those of its
    facts. `problems` say in one line each what could not be read. `part` tells that it means something for other documents
    of its case (it sets their variables, or they include it), whatever it holds itself.
    """

    platform: str
    format: str
    agents: tuple[Agent, ...] = ()
    rules: tuple[TransferRule, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    records: tuple[CallRecord, ...] = ()
    packets: tuple[Packet, ...] = ()
    problems: tuple[str, ...] = ()
    dialplans: tuple[Dialplan, ...] = ()
    misread: tuple[Misread, ...] = ()
    part: bool = False

    @property
    def kind(self) -> str:
        """`record` where the document tells of a call, `trace` where it quotes SIP messages, else `config`."""
        if self.agents or self.rules or self.trunks or self.dialplans or self.part:
            return "config"
        return "record" if self.records else "trace" if self.packets else "config"

    @property
    def empty(self) -> bool:
        facts = self.agents or self.rules or self.trunks or self.records or self.packets or self.dialplans
        return not (facts or self.part)
