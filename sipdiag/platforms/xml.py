"""Elements of XML documents, as the reader of documents hands them on."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.values import Text


def tag(node: Node) -> str:
    """The element's name, lower case; empty where the node is no element."""
    found = node.get("tag")
    return ((found.text if found else None) or "").lower()


def children(node: Node, *tags: str) -> Iterator[Node]:
    """The elements directly beneath an element, all or those with one of these names."""
    return (c for c in node.get("children") or () if not tags or tag(c) in tags)


def elements(node: Node) -> Iterator[Node]:
    """An element and all beneath it, in the order of the document."""
    stack = [node]
    while stack:
        element = stack.pop()
        if element.get("tag") is not None:
            yield element
            stack.extend(reversed(list(children(element))))


def attribute(node: Node, name: str) -> Read[Text]:
    """An attribute's value; where it is absent, the element is where it should stand."""
    found = node.get("attributes", name)
    if found is None or found.text is None:
        return Read(None, node.place, name)
    return Read(Text(found.text.strip()), found.place, name)
