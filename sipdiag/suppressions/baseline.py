"""A file of findings that are known: they are reported, marked, and do not count. A new one counts.

An entry is one occurrence: its check, its fingerprint, which survives edits, and the file it stood in, relative to the
baseline's folder. Two equal findings need two entries, so that a third one is new.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass
from sipdiag.sources.documents import DocumentError, read_document

if TYPE_CHECKING:
    from sipdiag.nodes import Node
    from sipdiag.places import Place
    from sipdiag.reports.notices import Notice

VERSION = 1
INPUT = "baseline"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    file: str
    check: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """`path` is the baseline's own; `names` gives the inputs by their paths relative to its folder.

    `gone` are files of entries that do not exist any more.
    """

    path: str
    entries: tuple[Entry, ...]
    names: Mapping[str, str]
    gone: frozenset[str] = frozenset()
    sha256: str = ""


class BaselineError(Exception):
    """A file that is no baseline: `line:column: why`."""


def read_entries(data: bytes) -> tuple[Entry, ...]:
    """Raises BaselineError where the bytes are no baseline of a known version."""
    try:
        node = read_document(data, "baseline.json", INPUT, "json")
    except DocumentError as error:
        raise BaselineError(f"{error.line or 1}:{error.column or 1}: {error}") from None
    version = node.get("version")
    if version is None or version.value != VERSION or node.get("findings") is None:
        raise BaselineError("1:1: no baseline of sipdiag (version 1); sipdiag baseline write makes one")
    return tuple(_entry(element) for element in node.get("findings") or ())


def _entry(node: Node) -> Entry:
    texts = [member.value if member is not None else None for member in map(node.get, ("file", "check", "fingerprint"))]
    file, check, fingerprint = texts
    if not isinstance(file, str) or not isinstance(check, str) or not isinstance(fingerprint, str):
        place: Place = node.place
        raise BaselineError(f"{place.line}:{place.column}: an entry needs file, check and fingerprint")
    return Entry(file, check, fingerprint)


def write_entries(entries: Iterable[Entry]) -> str:
    """The file: one entry a line, in order, so that a change to it is easy to review."""
    rows = [
        json.dumps({"file": e.file, "check": e.check, "fingerprint": e.fingerprint}, ensure_ascii=False)
        for e in sorted(entries)
    ]
    body = "".join(f"\n    {row}{',' if n < len(rows) else ''}" for n, row in enumerate(rows, 1))
    return f'{{\n  "version": {VERSION},\n  "findings": [{body}{chr(10) + "  " if rows else ""}]\n}}\n'


def entry_of(notice: Notice, names: Mapping[str, str]) -> Entry:
    """A notice as an entry. What stands in no file has none."""
    file = names.get(notice.source.path, notice.source.path) if notice.source is not None else ""
    return Entry(file, notice.rule, notice.fingerprint)


def match(notices: Iterable[Notice], baseline: Baseline) -> tuple[set[int], list[Entry]]:
    """The notices that are known, by their position, and the entries that fit none."""
    return match_entries([entry_of(n, baseline.names) for n in notices], baseline)


def match_entries(told: Sequence[Entry], baseline: Baseline) -> tuple[set[int], list[Entry]]:
    """As `match`, of findings as entries.

    A finding takes an entry of its own file first, then one of a file that is gone: it may have been renamed.
    """
    left = Counter(baseline.entries)
    known: set[int] = set()
    for n, entry in enumerate(told):
        if left[entry]:
            left[entry] -= 1
            known.add(n)
    moved: dict[tuple[str, str], list[Entry]] = {}
    for entry in left.elements():
        if entry.file in baseline.gone:
            moved.setdefault((entry.check, entry.fingerprint), []).append(entry)
    for n, entry in enumerate(told):
        others = moved.get((entry.check, entry.fingerprint))
        if n not in known and others:
            left[others.pop()] -= 1
            known.add(n)
    return known, sorted(left.elements())
