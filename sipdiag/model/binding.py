"""What is bound to what in one case, each link with its reason. The engine asks it for a check's evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from functools import cache
from typing import TypeVar, cast

from sipdiag.dataclass import dataclass
from sipdiag.facts.kinds import in_words
from sipdiag.facts.missing import Missing

T = TypeVar("T")
_NOTHING: Mapping[type, Sequence[object]] = {}


@dataclass(slots=True)
class Binding:
    """The facts of a case by type, and the links between them: `links` holds the facts bound to a subject, by type.

    Facts of an `everywhere` type (the expectation) are bound to every subject.
    """

    facts: dict[type, list[object]] = field(default_factory=lambda: defaultdict(list))
    links: dict[int, dict[type, list[object]]] = field(default_factory=dict)
    ambiguous: dict[tuple[int, type], str] = field(default_factory=dict)
    everywhere: tuple[object, ...] = ()
    unseen: set[int] = field(default_factory=set)  # ids of subjects that only records tell of
    _kinds: set[type] = field(default_factory=set)  # of the facts that are bound to anything
    _reasons: dict[tuple[int, int], str] = field(default_factory=dict)

    def add(self, items: Iterable[object]) -> None:
        for item in items:
            self.facts[type(item)].append(item)

    def link(self, subject: object, fact: object, by: str) -> None:
        """Bind a fact. `by` is refer-to, record, number, address, only-one, option, or document; the first reason stays."""
        pair = id(subject), id(fact)
        if pair not in self._reasons:
            self._reasons[pair] = by
            self._kinds.add(type(fact))
            self.links.setdefault(pair[0], {}).setdefault(type(fact), []).append(fact)

    def leave_open(self, subject: object, kind: type, why: str) -> None:
        """Note that several facts of a kind fit a subject and none was chosen."""
        self.ambiguous[id(subject), kind] = why

    def subjects(self, kind: type) -> Sequence[object]:
        return self.facts.get(kind, [])

    def of(self, kind: type[T]) -> list[T]:
        return [f for f in self.facts.get(kind, []) if isinstance(f, kind)]

    def linked(self, subject: object, kind: type[T]) -> list[T]:
        found = self.links.get(id(subject))
        return cast("list[T]", list(found[kind])) if found is not None and kind in found else []

    def one(self, subject: object, kind: type[T]) -> T | None:
        found = self.linked(subject, kind)
        return found[0] if len(found) == 1 else None

    def reason(self, subject: object, fact: object) -> str | None:
        return self._reasons.get((id(subject), id(fact)))

    def ever_bound(self, kind: type) -> bool:
        return kind in self._kinds or any(type(f) is kind for f in self.everywhere)

    @property
    def always(self) -> Mapping[type, Sequence[object]]:
        found: dict[type, list[object]] = {}
        for fact in self.everywhere:
            found.setdefault(type(fact), []).append(fact)
        return found

    def bound(self, subject: object) -> Mapping[type, Sequence[object]]:
        return self.links.get(id(subject), _NOTHING)

    def missing(self, subject: object, kind: type) -> Missing:
        if (id(subject), kind) in self.ambiguous:
            return Missing(self.ambiguous[id(subject), kind])
        return Missing(_absent(kind, bool(self.facts.get(kind))))


@cache
def _absent(kind: type, exists: bool) -> str:
    words = in_words(kind.__name__)
    return f"no {words} could be tied to it" if exists else f"no {words} given"
