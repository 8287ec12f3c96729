"""What was replaced by what, and what was removed: for the search that follows, and for the map a user may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from sipdiag.dataclass import dataclass


@dataclass(slots=True)
class Ledger:
    """`replaced` maps each original to its kind and pseudonym; `removed` each secret to the number it was given.

    `names` are words and short numbers that stood where a person's name, a user or an extension stands, in lower case:
    elsewhere they are replaced too, even where they look harmless. `stayed` are the words and short numbers that did
    look harmless, and `late` counts those of them that were learned to be names afterwards: what was redacted before
    may show one. `passed` are long numbers that count something in one place and may stand for somebody in another.
    """

    replaced: dict[str, tuple[str, str]] = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    stayed: set[str] = field(default_factory=set)
    late: int = 0
    passed: set[str] = field(default_factory=set)

    def replace(self, kind: str, original: str, pseudonym: str) -> str:
        if original != pseudonym:
            self.replaced.setdefault(original, (kind, pseudonym))
        return pseudonym

    def learn(self, name: str) -> None:
        """Take a word in lower case, or a short number, for a name from now on."""
        if name not in self.names:
            self.names.add(name)
            self.late += name in self.stayed

    def remove(self, secret: str) -> str:
        """What stands for a secret: as long, equal for equal ones, and made of nothing but their order."""
        if not secret:
            return secret
        count = self.removed.setdefault(secret, len(self.removed) + 1)
        size = len(secret.encode("utf-8", "surrogateescape"))
        mark = str(count) if count < 10 ** max(0, size - 1) else ""
        return "x" * (size - len(mark)) + mark

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        """Kind, original and pseudonym of everything replaced, in order."""
        for original, (kind, pseudonym) in sorted(self.replaced.items()):
            yield kind, original, pseudonym
