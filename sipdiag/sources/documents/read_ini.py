"""INI-like files of PBXs (Asterisk's dialect and plain ones), with repeated sections, templates, includes and places.

The tree is a list, in the order of the file, because sections repeat and order matters. Its elements are

- a section: `{"section": name, "entries": [...]}`, with `"template": true` for `[name](!)`, `"adds": true` for
  `[name](+)`, and `"inherits": [names]` for `[name](base,other)`; entries before any section stand in one named "";
- within `entries`, in order, an entry: `{"key": …, "operator": "=" or "=>" or ":" or "+=", "value": …}`; a line without
  operator has `"operator": ""` and a null value;
- a directive: `{"directive": "include" | "tryinclude" | "exec", "value": argument}`, at the top or within `entries`.

An entry's place is that of its key; its `value` node has the value's place. `;` starts a comment unless written `\\;`,
`;--` one that ends at `--;`; `#` starts one at the beginning of a line.
"""

from __future__ import annotations

import re
from dataclasses import field

from sipdiag.dataclass import dataclass
from sipdiag.nodes import Node, Scalar
from sipdiag.places import Place
from sipdiag.sources.documents.bounds import MOST_VALUES, too_many
from sipdiag.sources.documents.error import DocumentError

_SECTION = re.compile(r"\s*\[([^\]]*)\]\s*(?:\(([^)]*)\))?\s*$")
_DIRECTIVE = re.compile(r"\s*#\s*(include|tryinclude|exec)\b\s*(.*?)\s*$", re.IGNORECASE)
_ENTRY = re.compile(r"\s*([^=:]*?)\s*(=>|\+=|=|:(?!//))\s*")


@dataclass(slots=True)
class _Section:
    line: int
    column: int
    name: str
    modifiers: list[str] = field(default_factory=list)
    entries: list[Node] = field(default_factory=list)


def read_ini(text: str, input_id: str) -> Node:
    """Raises DocumentError for a section header that is not closed, and for a file without any entry or section."""
    elements: list[Node] = []
    section: _Section | None = None
    count = 0
    for number, line in enumerate(_without_comments(text), 1):
        if not line.strip():
            continue
        count += 1
        if count > MOST_VALUES // 4:
            raise too_many(number, 1)
        if header := _SECTION.match(line):
            if section is not None:
                elements.append(_section(section, input_id, len(elements)))
            modifiers = [m.strip() for m in (header[2] or "").split(",") if m.strip()]
            section = _Section(number, header.start(1), header[1].strip(), modifiers)
        elif line.lstrip().startswith("["):
            raise DocumentError("section header without ']'", number, line.index("[") + 1)
        elif line.lstrip().startswith("#"):
            if directive := _DIRECTIVE.match(line):
                index = len(elements) if section is None else len(section.entries)
                base = "" if section is None else f"/{len(elements)}/entries"
                node = _directive(directive, input_id, number, f"{base}/{index}")
                (elements if section is None else section.entries).append(node)
        else:
            if section is None:
                section = _Section(number, 1, "")
            pointer = f"/{len(elements)}/entries/{len(section.entries)}"
            section.entries.append(_entry(line, input_id, number, pointer))
    if section is not None:
        elements.append(_section(section, input_id, len(elements)))
    if not elements:
        raise DocumentError("no section and no entry", 1, 1)
    return Node(elements, Place(input_id, 1, 1, ""))


def _without_comments(text: str) -> list[str]:
    """The lines with comments blanked out; columns of what is left do not move."""
    lines, in_block = [], False
    for line in text.split("\n"):
        kept = line.rstrip("\r")
        if in_block:
            end = kept.find("--;")
            if end < 0:
                lines.append("")
                continue
            kept, in_block = " " * (end + 3) + kept[end + 3 :], False
        start = re.search(r"(?<!\\);", kept)
        if start is not None:
            rest = kept[start.start() :]
            if rest.startswith(";--") and not rest.startswith(";---"):
                end = rest.find("--;", 3)
                if end >= 0:
                    after = rest[end + 3 :].split(";", 1)[0]
                    kept = kept[: start.start()] + " " * (end + 3) + after
                else:
                    kept, in_block = kept[: start.start()], True
            else:
                kept = kept[: start.start()]
        lines.append(kept)
    return lines


def _leaf(value: Scalar, input_id: str, line: int, column: int, pointer: str) -> Node:
    return Node(value, Place(input_id, line, column, pointer))


def _section(section: _Section, input_id: str, index: int) -> Node:
    pointer, line = f"/{index}", section.line

    def leaf(value: Scalar, name: str) -> Node:
        return _leaf(value, input_id, line, section.column + 1, f"{pointer}/{name}")

    members: dict[str, Node] = {"section": leaf(section.name, "section")}
    if "!" in section.modifiers:
        members["template"] = leaf(True, "template")
    if "+" in section.modifiers:
        members["adds"] = leaf(True, "adds")
    bases = [m for m in section.modifiers if m not in ("!", "+")]
    if bases:
        members["inherits"] = Node(
            [leaf(base, f"inherits/{i}") for i, base in enumerate(bases)],
            Place(input_id, line, section.column, f"{pointer}/inherits"),
        )
    members["entries"] = Node(section.entries, Place(input_id, line, section.column, f"{pointer}/entries"))
    return Node(members, Place(input_id, line, section.column, pointer))


def _directive(found: re.Match[str], input_id: str, line: int, pointer: str) -> Node:
    column = found.start(1)
    value = found[2].strip("\"<>' ")
    return Node(
        {
            "directive": _leaf(found[1].lower(), input_id, line, column, f"{pointer}/directive"),
            "value": _leaf(value, input_id, line, found.start(2) + 1, f"{pointer}/value"),
        },
        Place(input_id, line, column, pointer),
    )


def _entry(line: str, input_id: str, number: int, pointer: str) -> Node:
    found = _ENTRY.match(line)
    if found is None:
        column = len(line) - len(line.lstrip()) + 1
        key, operator, value, value_column = line.strip(), "", None, column
    else:
        column = found.start(1) + 1
        key, operator = found[1], found[2]
        value, value_column = line[found.end() :].rstrip().replace("\\;", ";"), found.end() + 1
    return Node(
        {
            "key": _leaf(key, input_id, number, column, f"{pointer}/key"),
            "operator": _leaf(operator, input_id, number, column, f"{pointer}/operator"),
            "value": _leaf(value, input_id, number, value_column, f"{pointer}/value"),
        },
        Place(input_id, number, column, pointer),
    )
