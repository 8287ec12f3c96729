"""What the readers of documents hand on: a tree of nodes, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from sipdiag.dataclass import dataclass
from sipdiag.places import Place

Scalar: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    """A document tree: `value` is a scalar, a list of nodes, or a dict of nodes in document order.

    `place` is where the value stands; `key_place` where its key stands (None for list items and the root).
    YAML scalars are strings as written, except null.
    Values are of exactly these types, never of their subclasses: to ask for the type itself is what makes it fast.
    """

    value: Scalar | list[Node] | dict[str, Node]
    place: Place
    key_place: Place | None = None

    def get(self, *path: str | int) -> Node | None:
        """The node at a path of keys and indexes, or None.

        >>> here = Place("in1")
        >>> tree = Node({"a": Node([Node("x", here)], here)}, here)
        >>> tree.get("a", 0).value, tree.get("a", 1)
        ('x', None)
        """
        node: Node | None = self
        for step in path:
            if node is None:
                return None
            value, node = node.value, None
            if type(value) is dict:
                node = value.get(step)  # type: ignore[arg-type]  # a number is no key of any
            elif type(value) is list and type(step) is int and -len(value) <= step < len(value):
                node = value[step]
        return node

    def items(self) -> Iterator[tuple[str, Node]]:
        """The members of a mapping; nothing for any other node."""
        if isinstance(self.value, dict):
            yield from self.value.items()

    def __iter__(self) -> Iterator[Node]:
        """The elements of a list; nothing for any other node."""
        if isinstance(self.value, list):
            yield from self.value

    def __contains__(self, key: str) -> bool:
        return type(self.value) is dict and key in self.value

    def holds_any(self, keys: frozenset[str]) -> bool:
        """Whether it is a mapping with one of these keys."""
        return type(self.value) is dict and not keys.isdisjoint(self.value)

    @property
    def text(self) -> str | None:
        """The scalar as text; None for null, lists and mappings. Booleans read `true` and `false`."""
        value = self.value
        if type(value) is str:
            return value
        if type(value) is bool:
            return "true" if value else "false"
        return str(value) if type(value) is int or type(value) is float else None

    @property
    def is_null(self) -> bool:
        return self.value is None
