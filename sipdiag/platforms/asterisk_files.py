"""Asterisk's files with those that they include: one stream of sections and entries, in the order of reading.

An included file goes on where the one that includes it stood: entries before its first section belong to the section
around the directive, and what follows the directive belongs to its last section
(github.com/asterisk/asterisk, main/config.c, read 2026-11-27).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field, replace

from sipdiag.dataclass import dataclass
from sipdiag.nodes import Node
from sipdiag.platforms.asterisk_ini import Section, entry_of, section_of
from sipdiag.platforms.document import Document, Given, is_wild

_DEEPEST = 8
_MOST_TAKEN = 200  # files put into one


@dataclass(frozen=True, slots=True)
class Whole:
    """A file and what it includes. `missing` are the names of files that it includes and that are not given, or not surely
    all of them; `absent` those of which none is. `taken` are the ids of those that were put in."""

    sections: list[Section]
    missing: tuple[str, ...]
    absent: tuple[str, ...]
    taken: frozenset[str]


def whole(document: Document, given: Given) -> Whole:
    reader = _Reader(given)
    if document.node is not None:
        reader.read(document.node, (document.input,))
    sections = [replace(s, directives=n in reader.open_) for n, s in enumerate(reader.sections)]
    return Whole(sections, tuple(reader.missing), tuple(reader.absent), frozenset(reader.taken))


@dataclass(slots=True)
class _Reader:
    given: Given
    sections: list[Section] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    open_: set[int] = field(default_factory=set)  # indexes of sections in which a file is missing
    count: int = 0

    def read(self, node: Node, within: tuple[str, ...]) -> None:
        for element in node:
            if element.get("section") is None:
                self.directive(element, within)
                continue
            section = section_of(element)
            if section.name or not self.sections:
                self.sections.append(section)
            for member in element.get("entries") or ():
                if (entry := entry_of(member)) is not None:
                    self.sections[-1].entries.append(entry)
                else:
                    self.directive(member, within)

    def directive(self, member: Node, within: tuple[str, ...]) -> None:
        directive, value = member.get("directive"), member.get("value")
        named = value.text if value is not None else None
        if directive is None or not named:
            return
        found = [] if directive.text == "exec" else self.found(named, within)
        for document in found:
            self.count += 1
            self.taken.add(document.input)
            if document.node is not None:
                self.read(document.node, (*within, document.input))
        if not found or is_wild(named):
            self.missing.append(named)
            self.absent += [] if found else [named]
            if self.sections:
                self.open_.add(len(self.sections) - 1)

    def found(self, named: str, within: tuple[str, ...]) -> list[Document]:
        if len(within) > _DEEPEST or self.count >= _MOST_TAKEN:
            return []
        return [d for d in self.given.named(named) if d.input not in within and self.given.placed()]


def names_files(node: Node) -> Iterator[str]:
    """The paths and patterns by which a file names others."""
    for element in node:
        for member in (element, *(element.get("entries") or ())):
            if "directive" in member and (value := member.get("value")) is not None and value.text:
                yield value.text


def included(document: Document, given: Given) -> set[str]:
    """The ids of the documents that a file names, itself left out."""
    named = names_files(document.node) if document.node is not None else ()
    return {other.input for n in named for other in given.named(n)} - {document.input}


def readable(documents: Iterable[Document], platform: str) -> list[Document]:
    """The documents that may be files of Asterisk: its own, and such as no module knows alone."""
    return [
        d
        for d in documents
        if d.node is not None
        and isinstance(d.node.value, list)
        and (d.adapted is None or d.adapted.platform == platform)
        and any("section" in e or "directive" in e for e in d.node)
    ]
