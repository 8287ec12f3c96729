"""YAML with the place of every value, built from the parser's events.

Scalars stay text as written, so `on`, `0123`, `1e5` and `12:30:45` are what the reader sees; the typed fact converts.
An alias shares its anchor's nodes, and what all aliases stand for together is bounded. A scalar with a tag of its own
(`!secret name`, `!Ref Host`) reads `${!secret name}`: a value that is only known later. So does an
unquoted `{{ name }}`, which YAML takes for a mapping within a mapping.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import NamedTuple, Protocol

import yaml

from sipdiag.dataclass import dataclass
from sipdiag.nodes import Node
from sipdiag.places import Place
from sipdiag.sources.documents.bounds import DEEPEST, MOST_VALUES, appears_twice, below, too_deep, too_many
from sipdiag.sources.documents.error import DocumentError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_MERGE = "<<"
_LIBYAML_TOO_DEEP = "exceeded maximum nesting depth"  # its scanner looks ahead, and from 0.2.6 on stops at 1,000 levels


def read_yaml(text: str, input_id: str) -> Node:
    """One YAML document; several in one stream are read as the elements of a list."""
    documents = _documents(text, input_id, several=False)
    if len(documents) > 1:
        documents = _documents(text, input_id, several=True)
        return Node(documents, Place(input_id, 1, 1, ""))
    if not documents or documents[0].is_null:
        raise DocumentError("empty document", 1, 1)
    return documents[0]


class _Spot(NamedTuple):
    """Line and column from 1, and the offset in characters."""

    line: int
    column: int
    offset: int


class _Mark(Protocol):
    """What both of PyYAML's parsers say of a position; lines and columns count from 0."""

    line: int
    column: int
    index: int


def _spot(mark: _Mark | None) -> _Spot:
    return _Spot(1, 1, 0) if mark is None else _Spot(mark.line + 1, mark.column + 1, mark.index)


class _Value(NamedTuple):
    """A finished value. `size` counts it and all below it, each alias with all that it stands for."""

    node: Node
    size: int
    start: _Spot
    end: _Spot
    anchor: str | None = None


@dataclass(slots=True)
class _Open:
    """A list or mapping that has begun and not ended."""

    start: _Spot
    anchor: str | None
    flow: bool
    place: Place
    key_place: Place | None
    members: dict[str, Node] | None  # None for a list
    elements: list[Node] = field(default_factory=list)
    merged: list[Node] = field(default_factory=list)
    key: str | None = None
    awaited_key_place: Place | None = None
    key_is_mapping: bool = False
    size: int = 1


class _Builder:
    def __init__(self, text: str, input_id: str) -> None:
        self.text, self.input_id = text, input_id
        self.open: list[_Open] = []
        self.anchors: dict[str, _Value] = {}
        self.total = 0

    def place(self, spot: _Spot, pointer: str) -> Place:
        return Place(self.input_id, spot.line, spot.column, pointer)

    def pointer(self, root: str) -> str:
        """Of the value that comes next."""
        if not self.open:
            return root
        top = self.open[-1]
        step: str | int = len(top.elements) if top.members is None else (top.key or "")
        return below(top.place.pointer or "", step)

    def key_place(self) -> Place | None:
        return self.open[-1].awaited_key_place if self.open else None

    def begin(self, event: yaml.events.CollectionStartEvent, root: str) -> None:
        start = _spot(event.start_mark)
        if len(self.open) >= DEEPEST:
            raise too_deep(start.line, start.column)
        members: dict[str, Node] | None = {} if isinstance(event, yaml.MappingStartEvent) else None
        place = self.place(start, self.pointer(root))
        self.open.append(_Open(start, event.anchor, bool(event.flow_style), place, self.key_place(), members))

    def scalar(self, event: yaml.events.ScalarEvent, root: str) -> _Value:
        plain = not event.style
        value: str | None = event.value
        if plain and event.implicit[0] and value in _NULLS:
            value = None
        elif event.tag is not None and event.tag.startswith("!") and len(event.tag) > 1:
            value = f"${{{event.tag} {event.value}}}"
        start = _spot(event.start_mark)
        node = Node(value, self.place(start, self.pointer(root)), self.key_place(), plain)
        return _Value(node, 1, start, _spot(event.end_mark), event.anchor)

    def end(self, event: yaml.events.CollectionEndEvent) -> _Value:
        done, end = self.open.pop(), _spot(event.end_mark)
        if done.key_is_mapping:  # {{ name }}
            node = Node(self.text[done.start.offset : end.offset], done.place, done.key_place, True)
            return _Value(node, 1, done.start, end, done.anchor)
        if done.members is None:
            return _Value(Node(done.elements, done.place, done.key_place), done.size, done.start, end, done.anchor)
        for merged in done.merged:
            for source in [merged] if isinstance(merged.value, dict) else list(merged):
                for key, value in source.items():
                    done.members.setdefault(key, value)
        return _Value(Node(done.members, done.place, done.key_place), done.size, done.start, end, done.anchor)

    def alias(self, event: yaml.events.AliasEvent) -> _Value:
        start, name = _spot(event.start_mark), event.anchor or ""
        if name not in self.anchors:
            message = f"alias '*{name[:60]}' names no anchor before it, or the value that holds it"
            raise DocumentError(message, start.line, start.column)
        known = self.anchors[name]
        return _Value(known.node, known.size, start, _spot(event.end_mark))

    def add(self, value: _Value) -> Node | None:
        """Put a finished value where it belongs; returned is the root, once it is whole."""
        self.total += 1
        if value.anchor is not None:
            self.anchors[value.anchor] = value
        if self.total > MOST_VALUES:
            raise too_many(value.start.line, value.start.column)
        if not self.open:
            return value.node
        top = self.open[-1]
        if top.members is not None and top.key is None:
            self.take_key(top, value)
            return None
        top.size += value.size
        if top.size > MOST_VALUES:
            raise too_many(value.start.line, value.start.column)
        if top.members is None:
            top.elements.append(value.node)
            return None
        if top.key == _MERGE and isinstance(value.node.value, dict | list):
            top.merged.append(value.node)
        else:
            top.members[top.key or ""] = value.node
        top.key = top.awaited_key_place = None
        return None

    def take_key(self, top: _Open, value: _Value) -> None:
        node, start = value.node, value.start
        key = node.text
        if key is None:  # a mapping, a list or null stands as key
            key = self.text[start.offset : value.end.offset] or "~"
            top.key_is_mapping = top.key_is_mapping or (isinstance(node.value, dict) and top.flow)
        if top.members is not None and key in top.members:
            first = top.members[key].key_place
            raise appears_twice(key, (first.line if first else None) or 1, start.line, start.column)
        top.key = key
        top.awaited_key_place = self.place(start, below(top.place.pointer or "", key))


def _documents(text: str, input_id: str, *, several: bool) -> list[Node]:
    documents: list[Node] = []
    builder = _Builder(text, input_id)
    for event in _events(text):
        if isinstance(event, yaml.DocumentStartEvent):
            if documents and not several:
                return [*documents, documents[0]]  # more than one: read again, with pointers that count documents
            builder.anchors.clear()
        root = f"/{len(documents)}" if several else ""
        if isinstance(event, yaml.events.CollectionStartEvent):
            builder.begin(event, root)
            continue
        if isinstance(event, yaml.ScalarEvent):
            value = builder.scalar(event, root)
        elif isinstance(event, yaml.events.CollectionEndEvent):
            value = builder.end(event)
        elif isinstance(event, yaml.AliasEvent):
            value = builder.alias(event)
        else:
            continue
        if (whole := builder.add(value)) is not None:
            documents.append(whole)
    return documents


def _events(text: str) -> Iterator[yaml.events.Event]:
    try:
        yield from yaml.parse(text, Loader=_LOADER)
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
