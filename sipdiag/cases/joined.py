"""Folders whose files belong to one configuration, as one case: what a file includes is of its case, wherever it lies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from sipdiag.cases.material import Material
from sipdiag.platforms import reached
from sipdiag.platforms.document import EVERYWHERE, fits, from_here, is_wild

if TYPE_CHECKING:
    from sipdiag.platforms.document import Document

_MOST_COMPARED = 300_000  # paths with patterns, in one run
_MOST_NAMED = 1000  # files that one document names


def joined(materials: Mapping[str, Material]) -> dict[str, Material]:
    """The same, with cases that a file of one ties to files of another put together under the name of the first.

    A file names others by paths below its own folder or below one above it: what is included by other files is looked
    for there, or where the program that reads them starts to look.
    """
    if len(materials) < 2:
        return dict(materials)
    first = {name: name for name in materials}
    for one, other in _ties(materials):
        kept, gone = sorted((_root(first, one), _root(first, other)), key=list(materials).index)
        first[gone] = kept
    groups: dict[str, list[Material]] = {}
    for name, material in materials.items():
        groups.setdefault(_root(first, name), []).append(material)
    return {name: _one(name, parts) if len(parts) > 1 else parts[0] for name, parts in groups.items()}


def _root(first: Mapping[str, str], name: str) -> str:
    while first[name] != name:
        name = first[name]
    return name


def _ties(materials: Mapping[str, Material]) -> Iterator[tuple[str, str]]:
    """The names of two cases, for each file of the one that another one names."""
    files = _Files({_path(d): (name, d) for name, m in materials.items() for d in m.documents if d.node is not None})
    for name, material in materials.items():
        for document in material.documents:
            for named in islice(reached(document), _MOST_NAMED):
                yield from ((name, other) for other in files.cases(document, named) if other != name)


class _Files:
    """All documents by their paths, each with the name of its case."""

    def __init__(self, files: Mapping[str, tuple[str, Document]]) -> None:
        self._files, self._compared = files, 0

    def cases(self, document: Document, named: str) -> set[str]:
        """The cases with a file that a document means."""
        folder = dirname(_path(document))
        if named == EVERYWHERE:
            return {case for path, (case, d) in self._all() if _is_below(path, folder) and _alike(d, document)}
        found: set[str] = set()
        for start in _upwards(folder):
            wanted = normpath(join(start, from_here(named)))
            if is_wild(wanted):
                found |= {case for path, (case, _) in self._all() if fits(path, wanted)}
            elif wanted in self._files:
                found.add(self._files[wanted][0])
        return found

    def _all(self) -> Iterable[tuple[str, tuple[str, Document]]]:
        self._compared += len(self._files)
        return self._files.items() if self._compared <= _MOST_COMPARED else ()


def _path(document: Document) -> str:
    return normpath(document.path.replace("\\", "/"))


def _upwards(folder: str) -> Iterator[str]:
    """A folder and all above it, as far as its path tells."""
    yield folder
    while folder not in ("", "/"):
        folder = dirname(folder)
        yield folder


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(f"{folder.rstrip('/')}/" if folder else "")


def _alike(one: Document, other: Document) -> bool:
    return one.adapted is not None and other.adapted is not None and one.adapted.platform == other.adapted.platform


def _one(name: str, parts: list[Material]) -> Material:
    return Material(
        inputs=[replace(i, case=name) for m in parts for i in m.inputs],
        adapted=[a for m in parts for a in m.adapted],
        wires=[w for m in parts for w in m.wires],
        passed_over=sum(m.passed_over for m in parts),
        aside=[replace(i, case=name) for m in parts for i in m.aside],
        documents=[d for m in parts for d in m.documents],
    )
