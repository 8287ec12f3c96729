"""From document nodes to values with places: what every platform's module needs to turn an export into facts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from sipdiag.facts.placeholders import is_literal as is_literal
from sipdiag.facts.placeholders import variables as variables
from sipdiag.nodes import Node, Scalar
from sipdiag.places import Place, Read
from sipdiag.values import Text, Word

T = TypeVar("T")

_TRUE = frozenset(("true", "yes", "on", "y", "1", "enabled"))
_FALSE = frozenset(("false", "no", "off", "n", "0", "disabled"))


def _read(node: Node, path: tuple[str | int, ...], convert: Callable[[Node], T | None], setting: str | None) -> Read[T]:
    direct = len(path) == 1 and type(node.value) is dict
    found = node.value.get(path[0]) if direct else node.get(*path)  # type: ignore[union-attr,arg-type]  # see `Node.get`
    name = setting if setting is not None else path[-1] if path and type(path[-1]) is str else ""
    if found is not None:
        return Read(None if found.value is None else convert(found), found.place, name)
    # What the document does not say is said to be missing where it should stand: in its innermost mapping.
    parent = node
    if not direct:
        for step in path[:-1]:
            parent = parent.get(step) or parent
    return Read(None, parent.place, name)


def _text(node: Node) -> Text | None:
    words = node.text
    return None if words is None else Text(words)


def _word(node: Node) -> Word | None:
    words = node.text
    return None if words is None else Word(words.strip().lower())


def text(node: Node, *path: str | int, setting: str | None = None) -> Read[Text]:
    """A scalar as written. A list or mapping in its place is read as not said."""
    return _read(node, path, _text, setting)


def word(node: Node, *path: str | int, setting: str | None = None) -> Read[Word]:
    """A word of a vocabulary, without surrounding space and in lower case."""
    return _read(node, path, _word, setting)


def said(node: Node, key: str) -> str | None:
    """The text of one member, without its place: to recognise a shape by."""
    found = node.get(key)
    return None if found is None else found.text


def flag(node: Node, *path: str | int, setting: str | None = None) -> Read[bool]:
    """A boolean, in any of the spellings of YAML 1.1, INI files and JSON; anything else is read as not said."""
    return _read(node, path, lambda n: truth(n.value), setting)


def integer(node: Node, *path: str | int, setting: str | None = None) -> Read[int]:
    """A whole number; anything else is read as not said."""
    return _read(node, path, lambda n: whole(n.text), setting)


def truth(value: object) -> bool | None:
    """
    >>> truth("Yes"), truth("off"), truth(True), truth("maybe")
    (True, False, True, None)
    """
    lowered = str(value).strip().lower()
    return True if lowered in _TRUE else False if lowered in _FALSE else None


def whole(text: str | None) -> int | None:
    """
    >>> whole("5060"), whole("5060.5"), whole("x")
    (5060, None, None)
    """
    digits = (text or "").strip()
    return int(digits) if re.fullmatch(r"-?[0-9]{1,18}", digits) else None


def seconds(node: Node | None) -> float | None:
    """A finite number of seconds, or None."""
    try:
        value = float((node.text or "") if node is not None else "")
    except ValueError:
        return None
    return value if abs(value) < 1e15 else None


def texts(node: Node | None) -> tuple[Read[Text], ...]:
    """The scalars of a list, each with its place; a single scalar counts as a list of one."""
    if node is None:
        return ()
    elements = list(node) if isinstance(node.value, list) else [node]
    return tuple(Read(Text(e.text), e.place, "") for e in elements if e.text is not None)


def some(node: Node | None, *path: str | int) -> Node | None:
    """The node at a path, unless it is missing or null."""
    found = None if node is None else node.get(*path)
    return None if found is None or found.value is None else found


def mappings(node: Node | None) -> Iterator[Node]:
    """The elements of a list that are mappings, or the mapping itself."""
    if node is not None:
        for candidate in node if isinstance(node.value, list) else (node,):
            if isinstance(candidate.value, dict):
                yield candidate


def within(node: Node) -> Iterator[Node]:
    """Every mapping of a tree, itself included, in the order of the document."""
    stack = [node]
    while stack:
        current = stack.pop()
        value = current.value
        if type(value) is dict:
            yield current
            stack.extend([n for n in reversed(value.values()) if type(n.value) is dict or type(n.value) is list])
        elif type(value) is list:
            stack.extend(reversed(value))


def of_json(node: Node | None) -> Node | None:
    """JSON that stands inside a string, as a tree whose every place is the string's; a mapping or list as it is.

    None where the text is no JSON.
    """
    if node is None or isinstance(node.value, dict | list):
        return node
    try:
        return from_plain(json.loads(node.text or ""), node.place)
    except (ValueError, RecursionError):
        return None


def from_plain(value: object, place: Place) -> Node:
    """A tree of plain values as nodes, all at one place."""
    if isinstance(value, dict):
        return Node({str(k): from_plain(v, place) for k, v in value.items()}, place)
    if isinstance(value, list):
        return Node([from_plain(v, place) for v in value], place)
    scalar: Scalar = value if isinstance(value, str | int | float | bool) else None
    return Node(scalar, place)


def lower(read: Read[T]) -> str:
    """The value as lower-case text without surrounding space; empty where it is not said."""
    return str(read).strip().lower()
