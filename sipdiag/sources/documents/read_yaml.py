"""YAML with the place of every value, built from the parser's events.

Scalars stay text as written, so `on`, `0123`, `1e5` and `12:30:45` are what the reader sees; the typed fact converts.
An alias shares its anchor's nodes, and what all aliases stand for together is bounded. A scalar with a tag of its own
(`!secret name`, `!Ref Host`) reads `${!secret name}`: a value that is only known later. So does an
unquoted `{{ name }}`, which YAML takes for a mapping within a mapping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import field
from typing import Any, NamedTuple, Protocol, cast

import yaml

from sipdiag.dataclass import dataclass
from sipdiag.nodes import Node, Scalar
from sipdiag.places import Place
from sipdiag.sources.documents.bounds import DEEPEST, MOST_VALUES, appears_twice, too_deep, too_many
from sipdiag.sources.documents.error import DocumentError
from sipdiag.sources.documents.spot import Member, Spot

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_MERGE = "<<"
_LIBYAML_TOO_DEEP = "exceeded maximum nesting depth"  # its scanner looks ahead, and from 0.2.6 on stops at 1,000 levels


def read_yaml(text: str, input_id: str) -> Node:
    """One YAML document; several in one stream are read as the elements of a list."""
    whole = Place(input_id, 1, 1, "")
    documents = _Builder(text, whole, several=False).documents()
    if len(documents) > 1:  # read again, with pointers that count documents
        return Node(_Builder(text, whole, several=True).documents(), whole)
    if not documents or documents[0].is_null:
        raise DocumentError("empty document", 1, 1)
    return documents[0]


class _Mark(Protocol):
    """What both of PyYAML's parsers say of a position; lines and columns count from 0, the index in characters."""

    line: int
    column: int
    index: int


class _Marks(NamedTuple):
    """An `Origin` where the parser's marks are noted, of values with quotes or of those without."""

    input_id: str
    unquoted: bool

    def where(self, spot: Spot[_Mark], /) -> tuple[int, int]:
        return spot.at.line + 1, spot.at.column + 1


class _Anchored(NamedTuple):
    """What an alias stands for. `size` counts the value and all below it."""

    node: Node
    size: int


@dataclass(slots=True)
class _Open:
    """A list or mapping that has begun and not ended; the stream is a list of documents."""

    event: Any
    place: Place
    key_mark: _Mark | None = None
    members: dict[str, Node] | None = None  # None for a list
    elements: list[Node] = field(default_factory=list)
    merged: list[Node] = field(default_factory=list)
    key: str | None = None
    awaited: _Mark | None = None  # of `key`
    key_is_mapping: bool = False
    size: int = 1


class _Builder:
    """Makes nodes of events. Of a stream of several documents it stops at the second, unless it is to read `several`."""

    def __init__(self, text: str, whole: Place, *, several: bool) -> None:
        self.text, self.whole, self.several = text, whole, several
        self.quoted, self.unquoted = _Marks(whole.input, False), _Marks(whole.input, True)
        self.top = self.stream = _Open(None, whole)
        self.holders: list[_Open] = []  # of `top`, from the outermost
        self.anchors: dict[str, _Anchored] = {}
        self.total = 0

    def documents(self) -> list[Node]:
        documents = self.stream.elements
        take: dict[type, Callable[[Any], None]] = {
            yaml.MappingStartEvent: self.begin,
            yaml.SequenceStartEvent: self.begin,
            yaml.MappingEndEvent: self.end,
            yaml.SequenceEndEvent: self.end,
            yaml.AliasEvent: self.alias,
            yaml.DocumentStartEvent: lambda _: self.anchors.clear(),
        }
        with _told(self.text):
            take_next, is_scalar, scalar = _LOADER(self.text).get_event, yaml.ScalarEvent, self.scalar
            while (event := take_next()) is not None:
                if type(event) is is_scalar:
                    scalar(event)
                elif (act := take.get(type(event))) is not None:
                    act(event)
                elif len(documents) > 1 and not self.several:  # at the end of the second
                    break
        return documents

    def place(self, mark: _Mark, *, quoted: bool = False) -> Place:
        """Of the value that comes next."""
        top = self.top
        if top is self.stream and not self.several:
            return Place(self.whole.input, mark.line + 1, mark.column + 1, "")
        origin = self.quoted if quoted else self.unquoted
        return Spot(origin, mark, top.place, len(top.elements) if top.members is None else (top.key or ""))

    def begin(self, event: Any) -> None:
        mark, top = event.start_mark, self.top
        if len(self.holders) >= DEEPEST:
            raise too_deep(mark.line + 1, mark.column + 1)
        members: dict[str, Node] | None = {} if type(event) is yaml.MappingStartEvent else None
        opened = _Open(event, self.place(mark), top.awaited, members)
        self.holders.append(top)
        self.top = opened

    def scalar(self, event: Any) -> None:
        value, mark, top = event.value, event.start_mark, self.top
        if (
            value in _NULLS
            or event.tag is not None
            or event.anchor is not None
            or top is self.stream
            or self.total >= MOST_VALUES
            or top.size >= MOST_VALUES
        ):
            self.unusual(event)
            return
        # What `unusual` comes to for nearly all scalars.
        self.total += 1
        members, key = top.members, top.key
        if members is None:
            origin = self.quoted if event.style else self.unquoted
            top.elements.append(Node(value, Spot(origin, mark, top.place, len(top.elements))))
        elif key is None:
            self.take_key(value, mark)
            return
        else:
            origin = self.quoted if event.style else self.unquoted
            members[key] = Member(value, Spot(origin, mark, top.place, key), top.awaited)
            top.key = top.awaited = None
        top.size += 1

    def unusual(self, event: Any) -> None:
        """Take a scalar that has a tag or an anchor, is null, or stands alone."""
        value, quoted, top = event.value, bool(event.style), self.top
        if not quoted and value in _NULLS and event.implicit[0]:
            value = None
        elif (tag := event.tag) is not None and tag.startswith("!") and len(tag) > 1:
            value = f"${{{tag} {value}}}"
        place = self.place(event.start_mark, quoted=quoted) if top.members is None or top.key is not None else top.place
        self.add(_node(value, place, top.awaited), 1, event)

    def end(self, event: Any) -> None:
        done, self.top = self.top, self.holders.pop()
        began = done.event
        if done.key_is_mapping:  # {{ name }}
            text = self.text[began.start_mark.index : event.end_mark.index]
            self.add(_node(text, done.place, done.key_mark), 1, began, event)
            return
        if done.members is None:
            self.add(_node(done.elements, done.place, done.key_mark), done.size, began, event)
            return
        for merged in done.merged:
            for source in [merged] if isinstance(merged.value, dict) else list(merged):
                for key, value in source.items():
                    done.members.setdefault(key, value)
        self.add(_node(done.members, done.place, done.key_mark), done.size, began, event)

    def alias(self, event: Any) -> None:
        name = event.anchor or ""
        if name not in self.anchors:
            message = f"alias '*{name[:60]}' names no anchor before it, or the value that holds it"
            raise DocumentError(message, event.start_mark.line + 1, event.start_mark.column + 1)
        known = self.anchors[name]
        self.add(known.node, known.size, event)

    def add(self, node: Node, size: int, event: Any, last: Any = None) -> None:
        """Put a finished value where it belongs; `event` is its first, and `last` its last where that is another."""
        self.total += 1
        if event.anchor is not None and type(event) is not yaml.AliasEvent:
            self.anchors[event.anchor] = _Anchored(node, size)
        top, mark = self.top, event.start_mark
        if self.total > MOST_VALUES:
            raise too_many(mark.line + 1, mark.column + 1)
        if top.members is not None and top.key is None:
            key = node.text
            if key is None:  # a mapping, a list or null stands as key
                key = self.text[mark.index : (last or event).end_mark.index] or "~"
                flow = isinstance(node.value, dict) and bool(top.event.flow_style)
                top.key_is_mapping = top.key_is_mapping or flow
            self.take_key(key, mark)
            return
        top.size += size
        if top.size > MOST_VALUES and top is not self.stream:
            raise too_many(mark.line + 1, mark.column + 1)
        if top.members is None:
            top.elements.append(node)
            return
        if top.key == _MERGE and isinstance(node.value, dict | list):
            top.merged.append(node)
        else:
            top.members[top.key or ""] = node
        top.key = top.awaited = None

    def take_key(self, key: str, mark: _Mark) -> None:
        top = self.top
        if top.members is not None and key in top.members:
            first = top.members[key].key_place
            raise appears_twice(key, (first.line if first else None) or 1, mark.line + 1, mark.column + 1)
        top.key, top.awaited = key, mark


def _node(value: Scalar | list[Node] | dict[str, Node], place: Place, key: _Mark | None) -> Node:
    """What stands alone, in a list, or in a mapping behind a key."""
    return Node(value, place) if key is None else Member(value, cast("Spot[_Mark]", place), key)


@contextmanager
def _told(text: str) -> Iterator[None]:
    """What PyYAML raises, as a DocumentError with its place."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (None, None)
        if error.problem == _LIBYAML_TOO_DEEP and line is not None and column is not None:
            raise too_deep(line, column) from None
        raise DocumentError(_words(error, text, line), line, column) from None
    except yaml.reader.ReaderError as error:
        before = text.encode()[: error.position].decode("utf-8", "replace") if isinstance(error.position, int) else ""
        line = before.count("\n") + 1
        raise DocumentError(
            "a control character, which YAML does not allow", line, len(before) - before.rfind("\n")
        ) from None
    except yaml.YAMLError as error:
        raise DocumentError(f"not YAML: {str(error)[:200]}") from None


def _words(error: yaml.MarkedYAMLError, text: str, line: int | None) -> str:
    words = (error.problem or error.context or "not YAML").strip()
    lines = text.split("\n")
    shown = lines[line - 1] if line is not None and line <= len(lines) else ""
    if "cannot start any token" in words and "\t" in shown:
        return "a tab is used for indentation, where YAML takes only spaces"
    if "{{" in shown or "{%" in shown:
        return f"{words}; a template placeholder must stand in quotes"
    return words
