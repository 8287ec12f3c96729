"""Where the values of a JSON text stand, found when they are asked for, in a text that the standard library has taken.

That library decodes a document thirty times as fast as a reader in Python could, and tells no places. Of a value it
skips all before it at that speed, so that only the members of what holds the value are looked at one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from json.decoder import JSONDecoder, scanstring  # type: ignore[attr-defined]  # typeshed does not list it
from typing import TYPE_CHECKING, Any, TypeAlias

from sipdiag.cached import cached_property
from sipdiag.nodes import Node
from sipdiag.patterns import pattern
from sipdiag.places import Place
from sipdiag.sources.documents.bounds import DEEPEST
from sipdiag.sources.documents.spot import Spot, Text

_SPACE = pattern(r"[ \t\r\n]*")
# A key without escapes, and with it a value that is no object or list, if it has none either.
_MEMBER = pattern(
    r'"([^"\\]*)"[ \t\r\n]*:[ \t\r\n]*(?:("[^"\\]*"|[a-z0-9][a-z0-9.]*)[ \t\r\n]*(?:,[ \t\r\n]*|(?=\})))?'
)
_COLON = pattern(r"[ \t\r\n]*:[ \t\r\n]*")
_COMMA = pattern(r"[ \t\r\n]*,?[ \t\r\n]*")  # or nothing, behind the last
_SKIP = JSONDecoder(strict=False).scan_once  # type: ignore[attr-defined]  # nor this
_KEY, _VALUE = 0, 1
_Found: TypeAlias = tuple[str | int, int, int]  # a key or index, and the offsets of the key and of the value
_LARGEST = 10**300  # of what is read as a number


class Decoded:
    """An `Origin` whose positions say what is meant, the key or the value, of the spot's step within what holds it."""

    unquoted = False

    def __init__(self, text: str, input_id: str, start: int) -> None:
        self.text, self.input_id, self.start = text, input_id, start
        # By the offset of an object or list, those of its members that were looked at, and the others.
        self._known: dict[int, tuple[dict[str | int, tuple[int, int]], Iterator[_Found]]] = {}

    @cached_property
    def _lines(self) -> Text:
        return Text(self.text, self.input_id)

    def where(self, spot: Spot[int], /) -> tuple[int, int]:
        return self._lines.line_and_column(self._offset(spot))

    def _offset(self, place: Place) -> int:
        if not isinstance(place, Spot):
            return self.start  # of the root
        holder = self._offset(place.within)
        if holder not in self._known:
            self._known[holder] = {}, self._members(holder)
        known, others = self._known[holder]
        while place.step not in known:
            step, begin, value = next(others)
            known[step] = begin, value
        return known[place.step][place.at]

    def _members(self, at: int) -> Iterator[_Found]:
        """Where the keys and the values of the object or list at an offset begin; an element has no key but itself."""
        text, count = self.text, 0
        named, at = text[at] == "{", _end(_SPACE, text, at + 1)
        while text[at] not in "}]":
            step: str | int
            begin, step = at, count
            count += 1
            if named and (usual := _MEMBER.match(text, at)) is not None:
                step, simple = usual[1], usual.start(2)
                if simple >= 0:
                    yield step, begin, simple
                    at = usual.end()
                    continue
                at = usual.end()
            elif named:
                step, at = scanstring(text, at + 1, False)
                at = _end(_COLON, text, at)
            yield step, begin, at
            at = _end(_COMMA, text, _SKIP(text, at)[1])


class Value(Node):
    """A value as the standard library decoded it, with all below it; the place of its key is made when it is asked for.

    Raises ValueError for what the reader that tells places shall look at: what is nested too deeply, or an absurd number.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        def __init__(self, decoded: Any, place: Place, origin: Decoded, depth: int = 0) -> None: ...

    else:

        def __init__(self, decoded, place, origin, depth=0) -> None:
            self.place = place
            kind = type(decoded)
            if depth > DEEPEST or (kind is int and not -_LARGEST < decoded < _LARGEST):
                raise ValueError
            depth += 1
            if kind is dict:
                self.value = {k: Value(v, Spot(origin, _VALUE, place, k), origin, depth) for k, v in decoded.items()}
            elif kind is list:
                self.value = [Value(v, Spot(origin, _VALUE, place, n), origin, depth) for n, v in enumerate(decoded)]
            else:
                self.value = decoded

        @property
        def key_place(self) -> Place | None:
            at = self.place
            named = type(at) is Spot and type(at.step) is str
            return at.of_key(_KEY) if named else None


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where what a pattern takes at a place ends; it is there, in a text that was taken."""
    return pattern.match(text, at).end()  # type: ignore[union-attr]  # it matches, see above
