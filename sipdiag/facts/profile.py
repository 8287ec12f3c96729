"""What a system can and cannot do, statement by statement, as its vendor, its source or its users say."""

from __future__ import annotations

from dataclasses import dataclass

from sipdiag.raw import Scalar


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact about a system.

    `confidence` is `documented`, `model` (typed model of the vendor's SDK), `source` (read in its source code),
    `observed` (reported by users) or `uncertain`; an uncertain statement never yields more than info.
    """

    key: str
    value: Scalar | tuple[Scalar, ...]
    source: str
    date: str
    confidence: str
    words: str = ""

    @property
    def certain(self) -> bool:
        return self.confidence != "uncertain"

    def holds(self, word: str) -> bool:
        """Whether the statement's value is, or lists, this word."""
        return word in self.value if isinstance(self.value, tuple) else self.value == word


@dataclass(frozen=True, slots=True)
class Profile:
    """A platform, carrier, PBX or SBC. `hosts` are domains that are known to be its own."""

    slug: str
    name: str
    roles: tuple[str, ...]
    hosts: tuple[str, ...]
    networks: tuple[str, ...]
    agents: tuple[str, ...]  # first words of User-Agent or Server values that the product writes
    statements: tuple[Statement, ...]

    def says(self, key: str) -> Statement | None:
        return next((s for s in self.statements if s.key == key), None)
