"""XML with the place of every element and attribute.

The tree keeps what XML says: an element is `{"tag": name, "attributes": {name: value}, "text": words, "children":
[elements]}`; names keep their prefix as written, `text` is the element's own character data without surrounding space
(absent where there is none). Declarations of entities and documents within documents are refused, so nothing expands
and nothing is fetched.
"""

from __future__ import annotations

import re
from dataclasses import field
from xml.parsers import expat

from sipdiag.dataclass import dataclass
from sipdiag.nodes import Node
from sipdiag.places import Place
from sipdiag.sources.documents.bounds import DEEPEST, MOST_VALUES, below, too_deep, too_many
from sipdiag.sources.documents.error import DocumentError

_ATTRIBUTE = re.compile(r"""\s+([^\s=>/"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TAG = re.compile(r"<[^\s/>]+")
_LINE_END = re.compile(r"\r\n?|\n")  # what expat counts as one (XML 1.0, 2.11)


@dataclass(slots=True)
class _Element:
    tag: str
    place: Place
    attributes: Node
    words: list[str] = field(default_factory=list)
    words_at: tuple[int, int] | None = None
    children: list[Node] = field(default_factory=list)


def read_xml(text: str, input_id: str) -> Node:
    """The root element. Raises DocumentError where the text is not well-formed."""
    return _Reader(text, input_id).read()


class _Reader:
    def __init__(self, text: str, input_id: str) -> None:
        # The declaration of an encoding no longer holds: the text is decoded already.
        self.text = re.sub(r'^(\s*<\?xml[^>]{0,200}?)\sencoding\s*=\s*["\'][^"\']*["\']', _blanked, text, count=1)
        self.lines = _LINE_END.split(self.text)
        self.input_id = input_id
        self.open: list[_Element] = []
        self.root: Node | None = None
        self.count = 0
        self.parser = expat.ParserCreate("utf-8")
        self.parser.ordered_attributes = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.words
        self.parser.EntityDeclHandler = self.refuse
        self.parser.ExternalEntityRefHandler = self.refuse

    def read(self) -> Node:
        try:
            self.parser.Parse(self.text.lstrip("\n\r\t ") if self.text[:1].isspace() else self.text, True)
        except expat.ExpatError as error:
            raise DocumentError(
                expat.ErrorString(error.code), error.lineno + self.skipped(), error.offset + 1
            ) from None
        if self.root is None:
            raise DocumentError("no element", 1, 1)
        return self.root

    def skipped(self) -> int:
        """Lines before the first character that the parser was given."""
        return len(_LINE_END.findall(self.text[: len(self.text) - len(self.text.lstrip("\n\r\t "))]))

    def here(self) -> tuple[int, int]:
        """Line and column, in characters, of what the parser is at; it counts columns in bytes."""
        line = self.parser.CurrentLineNumber + self.skipped()
        shown = self.lines[line - 1] if line <= len(self.lines) else ""
        return line, len(shown.encode()[: self.parser.CurrentColumnNumber].decode("utf-8", "replace")) + 1

    def refuse(self, *_: object) -> int:
        line, column = self.here()
        raise DocumentError("declares an entity, which is not read", line, column)

    def start(self, tag: str, attributes: list[str]) -> None:
        line, column = self.here()
        self.count += 1 + len(attributes) // 2
        if len(self.open) >= DEEPEST:
            raise too_deep(line, column)
        if self.count > MOST_VALUES:
            raise too_many(line, column)
        pointer = ""
        if self.open:
            parent = self.open[-1]
            pointer = below(below(parent.place.pointer or "", "children"), len(parent.children))
        places = self.attribute_places(line, column)
        base = below(pointer, "attributes")
        members: dict[str, Node] = {}
        for name, value in zip(attributes[::2], attributes[1::2], strict=True):
            at = places.get(name, (line, column))
            members[name] = Node(value, Place(self.input_id, *at, below(base, name)))
        place = Place(self.input_id, line, column, pointer)
        self.open.append(_Element(tag, place, Node(members, Place(self.input_id, line, column, base))))

    def attribute_places(self, line: int, column: int) -> dict[str, tuple[int, int]]:
        """Where the values of the start tag at this place stand."""
        rest = self.lines[line - 1][column - 1 :]
        found = _TAG.match(rest)
        places: dict[str, tuple[int, int]] = {}
        at, offset, extra = (found.end() if found else 0), column, 0
        while line + extra <= len(self.lines) and extra < 200:
            while attribute := _ATTRIBUTE.match(rest, at):
                places[attribute[1]] = (line + extra, attribute.start(2 if attribute[2] is not None else 3) + offset)
                at = attribute.end()
            if rest[at:].strip() or line + extra == len(self.lines):
                break  # the end of the tag, or a value that goes on over lines: the element's place will do
            extra += 1
            rest, at, offset = " " + self.lines[line - 1 + extra], 0, 0
        return places

    def words(self, data: str) -> None:
        if self.open and data.strip():
            if self.open[-1].words_at is None:
                line, column = self.here()
                self.open[-1].words_at = (line, column + len(data) - len(data.lstrip()))
            self.open[-1].words.append(data)
        elif self.open and self.open[-1].words:
            self.open[-1].words.append(data)

    def end(self, _: str) -> None:
        done = self.open.pop()
        place = done.place
        pointer = place.pointer or ""
        members: dict[str, Node] = {
            "tag": Node(done.tag, Place(self.input_id, place.line, place.column, below(pointer, "tag"))),
            "attributes": done.attributes,
        }
        if done.words:
            at = done.words_at or (place.line, place.column)
            members["text"] = Node("".join(done.words).strip(), Place(self.input_id, *at, below(pointer, "text")))
        children = Place(self.input_id, place.line, place.column, below(pointer, "children"))
        members["children"] = Node(done.children, children)
        node = Node(members, place)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node


def _blanked(found: re.Match[str]) -> str:
    return found[1] + " " * (len(found[0]) - len(found[1]))
