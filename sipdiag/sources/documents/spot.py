"""Places that are worked out when they are asked for: a document has many values, and few are ever pointed at."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from sipdiag.patterns import pattern
from sipdiag.places import Place
from sipdiag.sources.documents.bounds import below

At = TypeVar("At", contravariant=True)
_LINE_END = pattern("\n")


class Origin(Protocol[At]):
    """What a document is read from: it knows the line and column, from 1, of whatever its reader calls a position."""

    @property
    def input_id(self) -> str: ...

    def where(self, at: At, /) -> tuple[int, int]: ...


class Text:
    """An `Origin` whose positions are offsets in characters."""

    def __init__(self, text: str, input_id: str) -> None:
        self.input_id = input_id
        self.begins = [0, *(m.end() for m in _LINE_END.finditer(text))]

    def where(self, at: int, /) -> tuple[int, int]:
        line = bisect_right(self.begins, at)
        return line, at - self.begins[line - 1] + 1


class Spot(Place, Generic[At]):
    """A place of which only the position is known until its line, column or pointer is asked for.

    Its pointer is that of the member or element `step` of what stands at `within`. In all else it is a `Place`.
    """

    __slots__ = ("_at", "_origin", "_step", "_within")

    def __init__(self, origin: Origin[At], at: At, within: Place, step: str | int) -> None:
        self._origin, self._at, self._within, self._step = origin, at, within, step

    if not TYPE_CHECKING:  # the fields of a place are slots: this is asked for those that are not filled yet

        def __getattr__(self, name: str) -> object:
            if name not in ("input", "line", "column", "pointer"):
                raise AttributeError(name)
            self.input = self._origin.input_id
            self.line, self.column = self._origin.where(self._at)
            self.pointer = below(self._within.pointer or "", self._step)
            return getattr(self, name)
