"""JSON (RFC 8259), and JSON Lines, with the place of every value.

Values are those of the standard library's decoder; it gives no places, so the structure is read here. Indentation by
tabs, numbers such as `1e5`, and surrogate pairs are what JSON says, not what YAML would make of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed does not list it
from typing import Any, NoReturn

from sipdiag.nodes import Node, Scalar
from sipdiag.patterns import pattern
from sipdiag.places import Place
from sipdiag.sources.documents.bounds import DEEPEST, MOST_VALUES, appears_twice, too_deep, too_many
from sipdiag.sources.documents.error import DocumentError
from sipdiag.sources.documents.json_places import Decoded, Value
from sipdiag.sources.documents.spot import Spot, Text

_SPACE = pattern(r"[ \t\r\n]*")
_NUMBER = pattern(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![0-9A-Za-z.])")
# What nearly every key and string is: without escapes. The rest is left to the standard library. A key is matched
# together with its value and what follows that, if the value is such a string: most members are read at one stroke.
_MEMBER = pattern(r'"([^"\\\x00-\x1f]*)"[ \t\r\n]*:[ \t\r\n]*(?:"([^"\\]*)"[ \t\r\n]*(?:(,)[ \t\r\n]*|\}))?')
_PLAIN_STRING = pattern(r'"([^"\\]*)"')
_AFTER = pattern(r"[ \t\r\n]*([,}\]])[ \t\r\n]*")
_WORD = pattern(r"(true|false|null)\b")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def read_json(text: str, input_id: str) -> Node:
    """One JSON value; several values one after another are read as the elements of a list."""
    try:
        return _decoded(text, input_id)
    except (ValueError, RecursionError):  # to be told with its place, or not what the standard library thinks it is
        pass
    scanner = _Scanner(text, input_id)
    values: list[Node] = []
    start = scanner.skip(0)
    if start == len(text):
        raise DocumentError("empty document", 1, 1)
    first, end = scanner.root(start)
    end = scanner.skip(end)
    if end == len(text):
        return first
    if text[end] not in '{["' or not isinstance(first.value, dict | list):
        raise scanner.error(f"expected the end of the document, found {text[end]!r}", end)
    end, whole = start, Place(input_id, 1, 1, "")
    while end < len(text):
        value, end = scanner.value(end, Spot(scanner.origin, end, whole, len(values)), None, 0)
        values.append(value)
        end = scanner.skip(end)
    return Node(values, whole)


def _decoded(text: str, input_id: str) -> Node:
    """A document as the standard library decodes it. Raises ValueError or RecursionError for the reader below to look at."""
    if len(text) > MOST_VALUES or "\\ud" in text or "\\uD" in text:
        raise ValueError
    value = _DECODER.decode(text)
    start = len(text) - len(text.lstrip(" \t\r\n"))
    place = Place(input_id, text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start), "")
    return Value(value, place, Decoded(text, input_id, start))


def _unrepeated(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        raise ValueError
    return found


def _refused(_: str) -> NoReturn:
    raise ValueError  # NaN and the like are no JSON


_DECODER = JSONDecoder(object_pairs_hook=_unrepeated, parse_constant=_refused, strict=False)


def read_each(text: str, input_id: str) -> Iterator[Node]:
    """The elements of a list, or values one after another, each read when it is asked for and bounded by itself.

    A key that stands several times in one object has all its values, as a list. Raises DocumentError where the text
    stops being JSON; what was read before that is whole.
    """
    scanner = _Scanner(text, input_id, repeats=True)
    at, number, whole = scanner.skip(0), 0, Place(input_id, 1, 1, "")
    listed = text[at : at + 1] == "["
    at = scanner.skip(at + 1) if listed else at
    while at < len(text) and not (listed and text[at] == "]"):
        scanner.count = 0
        value, at = scanner.value(at, Spot(scanner.origin, at, whole, number), None, 0)
        yield value
        number += 1
        if listed:
            at, done = scanner.next(at, "]")
            if done:
                return
        else:
            at = scanner.skip(at)


class Inside:
    """JSON that stands at places of another text, each value bounded by itself."""

    def __init__(self, text: str, input_id: str) -> None:
        self.text = text
        self._scanner = _Scanner(text, input_id)

    def value(self, at: int) -> tuple[Node, int] | None:
        """The value that begins at this character, and where it ends; None where it is no JSON."""
        self._scanner.count = 0
        try:
            return self._scanner.root(at)
        except DocumentError:
            return None


def read_json_lines(text: str, input_id: str) -> Node:
    """A list with one element for each line that is not blank.

    A line that is no JSON (a log that was cut, a line of plain words) is kept as its text.
    """
    scanner = _Scanner(text, input_id)
    values: list[Node] = []
    start, whole = 0, Place(input_id, 1, 1, "")
    for end in [*scanner.origin.begins[1:], len(text)]:
        begin = scanner.skip(start)
        if begin < end:
            values.append(scanner.line(begin, end, Spot(scanner.origin, begin, whole, len(values))))
        start = max(start, end)
    if not values:
        raise DocumentError("empty document", 1, 1)
    return Node(values, whole)


def _together(earlier: Node, value: Node) -> Node:
    values = earlier.value if isinstance(earlier.value, list) else [earlier]
    values.append(value)
    return Node(values, earlier.place, earlier.key_place)


class _Scanner:
    """Reads values from a text; positions are character offsets."""

    def __init__(self, text: str, input_id: str, repeats: bool = False) -> None:
        self.text, self.count = text, 0
        self.repeats = repeats  # keys may be repeated
        self.origin = Text(text, input_id)

    def counted(self, at: int, depth: int) -> None:
        """One more value. Raises DocumentError where there are too many, or they are nested too deeply."""
        self.count += 1
        if depth > DEEPEST:
            raise too_deep(*self.origin.line_and_column(at))
        if self.count > MOST_VALUES:
            raise too_many(*self.origin.line_and_column(at))

    def error(self, message: str, at: int) -> DocumentError:
        return DocumentError(message, *self.origin.line_and_column(min(at, len(self.text))))

    def skip(self, at: int) -> int:
        return _SPACE.match(self.text, at).end()  # type: ignore[union-attr]  # it matches the empty text too

    def line(self, begin: int, end: int, place: Place) -> Node:
        try:
            value, stop = self.value(begin, place, None, 0)
            if self.skip(stop) >= end or self.text[stop:end].strip() == "":
                return value
        except DocumentError:
            if self.count > MOST_VALUES:
                raise
        return Node(self.text[begin:end].rstrip(), place)

    def root(self, at: int) -> tuple[Node, int]:
        """A value that stands for itself."""
        return self.value(at, Place(self.origin.input_id, *self.origin.line_and_column(at), ""), None, 0)

    def value(self, at: int, place: Place, key_place: Place | None, depth: int) -> tuple[Node, int]:
        self.counted(at, depth)
        first = self.text[at : at + 1]
        if first == "{":
            members, end = self.members(at + 1, place, depth + 1)
            return Node(members, place, key_place), end
        if first == "[":
            elements, end = self.elements(at + 1, place, depth + 1)
            return Node(elements, place, key_place), end
        if plain := _PLAIN_STRING.match(self.text, at):
            return Node(plain[1], place, key_place), plain.end()
        scalar, end = self.scalar(at, first)
        return Node(scalar, place, key_place), end

    def members(self, at: int, holder: Place, depth: int) -> tuple[dict[str, Node], int]:
        members: dict[str, Node] = {}
        text, origin = self.text, self.origin
        at = self.skip(at)
        if text[at : at + 1] == "}":
            return members, at + 1
        while True:
            usual = _MEMBER.match(text, at)
            key, start = (usual[1], usual.end()) if usual else self.key(at)
            earlier = members.get(key)
            if earlier is not None and not self.repeats:
                first = earlier.key_place
                raise appears_twice(key, (first.line if first else None) or 1, *origin.line_and_column(at))
            key_place = Spot(origin, at, holder, key)
            if usual and (plain := usual[2]) is not None:
                place = Spot(origin, usual.start(2) - 1, holder, key)
                self.counted(at, depth)
                value, at, done = Node(plain, place, key_place), start, usual[3] is None
            else:
                value, at = self.value(start, Spot(origin, start, holder, key), key_place, depth)
                at, done = self.next(at, "}")
            members[key] = value if earlier is None else _together(earlier, value)
            if done:
                return members, at

    def key(self, at: int) -> tuple[str, int]:
        """A key that has escapes, or whatever stands in its place; with the start of its value."""
        if self.text[at : at + 1] != '"':
            raise self.error("expected a key in double quotes", at)
        key, end = self.string(at)
        end = self.skip(end)
        if self.text[end : end + 1] != ":":
            raise self.error("expected ':' after the key", end)
        return key, self.skip(end + 1)

    def elements(self, at: int, holder: Place, depth: int) -> tuple[list[Node], int]:
        elements: list[Node] = []
        at = self.skip(at)
        if self.text[at : at + 1] == "]":
            return elements, at + 1
        while True:
            element, at = self.value(at, Spot(self.origin, at, holder, len(elements)), None, depth)
            elements.append(element)
            at, done = self.next(at, "]")
            if done:
                return elements, at

    def next(self, at: int, closing: str) -> tuple[int, bool]:
        """After a member or element: where the next one begins, or the end of what holds them."""
        found = _AFTER.match(self.text, at)
        if found is not None and found[1] == ",":
            return found.end(), False
        if found is not None and found[1] == closing:
            return found.end(1), True
        at = self.skip(at)
        words = "" if at < len(self.text) else ", but the document ends"
        raise self.error(f"expected ',' or '{closing}'{words}", at)

    def string(self, at: int) -> tuple[str, int]:
        try:
            value, end = scanstring(self.text, at + 1, False)
        except JSONDecodeError as error:
            raise self.error(error.msg[:1].lower() + error.msg[1:].removesuffix(" at"), error.pos) from None
        if "\\u" in self.text[at:end]:  # half of a surrogate pair alone is no character, and no output could hold it
            value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return value, end

    def scalar(self, at: int, first: str) -> tuple[Scalar, int]:
        if first == '"':
            return self.string(at)
        if found := _WORD.match(self.text, at):
            return _WORDS[found[1]], found.end()
        if found := _NUMBER.match(self.text, at):
            whole = found[1] is None and found[2] is None
            if whole and len(found[0]) > 300:
                return found[0], found.end()  # beyond what int() takes; kept as it is written
            return (int(found[0]) if whole else float(found[0])), found.end()
        if not first:
            raise self.error("expected a value, but the document ends", at)
        raise self.error(f"expected a value, found {first!r}", at)
