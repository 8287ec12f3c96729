"""Places that are worked out when they are asked for: a document has many values, and few are ever pointed at."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from sipdiag.cached import cached_property
from sipdiag.nodes import Node, Scalar
from sipdiag.patterns import pattern
from sipdiag.places import Place
from sipdiag.sources.documents.bounds import below

At = TypeVar("At")
_LINE_END = pattern("\n")
_SHORT = 20_000  # characters in which lines are counted anew each time: of most documents few places are asked for


class Origin(Protocol[At]):
    """What a document is read from: it knows the line and column, from 1, of a spot by whatever its reader noted of it."""

    @property
    def input_id(self) -> str: ...

    @property
    def unquoted(self) -> bool:
        """Of the values that stand at its spots, see `Place`."""

    def where(self, spot: Spot[At], /) -> tuple[int, int]: ...


class Text:
    """An `Origin` where offsets in characters are noted."""

    unquoted = False

    def __init__(self, text: str, input_id: str) -> None:
        self.input_id, self._text = input_id, text

    @cached_property
    def begins(self) -> list[int]:
        return [0, *(m.end() for m in _LINE_END.finditer(self._text))]

    def where(self, spot: Spot[int], /) -> tuple[int, int]:
        return self.line_and_column(spot.at)

    def line_and_column(self, at: int) -> tuple[int, int]:
        if len(self._text) <= _SHORT:
            return self._text.count("\n", 0, at) + 1, at - self._text.rfind("\n", 0, at)
        line = bisect_right(self.begins, at)
        return line, at - self.begins[line - 1] + 1


class Spot(Place, Generic[At]):
    """A place whose line, column and pointer are not known until one of them is asked for.

    It is that of the member or element `step` of what stands at `within`; `at` is what its reader noted of it. In all
    else it is a `Place`.
    """

    __slots__ = ("at", "origin", "step", "within")

    def __init__(self, origin: Origin[At], at: At, within: Place, step: str | int) -> None:
        self.origin, self.at, self.within, self.step = origin, at, within, step

    @property
    def unquoted(self) -> bool:
        return self.origin.unquoted

    def of_key(self, at: At) -> Spot[At]:
        """The place of the key under which it stands, by what its reader noted of that."""
        return Spot(self.origin, at, self.within, self.step)

    if not TYPE_CHECKING:  # the fields of a place are slots: this is asked for those that are not filled yet

        def __getattr__(self, name: str) -> object:
            if name == "pointer":
                self.pointer = below(self.within.pointer or "", self.step)
            elif name in ("line", "column"):
                self.line, self.column = self.origin.where(self)
            elif name == "input":
                self.input = self.origin.input_id
            else:
                raise AttributeError(name)
            return getattr(self, name)


class Member(Node):
    """A value that a mapping holds, at a spot. The place of its key is made when it is asked for, of what was noted of it."""

    __slots__ = ("key_at",)

    if TYPE_CHECKING:

        def __init__(self, value: Scalar | list[Node] | dict[str, Node], place: Spot[Any], key_at: Any) -> None: ...

    else:

        def __init__(self, value, place, key_at) -> None:
            self.value, self.place, self.key_at = value, place, key_at

        @property
        def key_place(self) -> Place:
            return self.place.of_key(self.key_at)
