"""TOML with the place of every value.

Values are those of the standard library, which gives no places; they are found here, in a text that it has taken.
Dates and times are text in ISO 8601.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, time

from sipdiag.nodes import Node
from sipdiag.places import Place
from sipdiag.sources.documents.bounds import below
from sipdiag.sources.documents.error import DocumentError

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*+)*+")
_SPACE = re.compile(r"[ \t]*")
_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_BARE = re.compile(r"[^\s=.\[\]{},#]+")
_SCALAR = re.compile(r"[^\s,\]}#]+(?: \d\d:[^\s,\]}#]+)?")
_AT = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")


def read_toml(text: str, input_id: str) -> Node:
    """Raises DocumentError with the place of what is no TOML."""
    text = text.replace("\r\n", "\n")
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        lines = text.split("\n")
        line, column = (int(at[1]), int(at[2])) if at and at[1] else (len(lines), len(lines[-1]) + 1)
        words = _AT.sub("", str(error)).strip().rstrip(".")
        raise DocumentError(words[:1].lower() + words[1:], line, column) from None
    except RecursionError:
        raise DocumentError("nested too deeply", 1, 1) from None
    scan = _Scan(text)
    scan.document()
    return _node(values, (), "", scan, input_id)


def _node(value: object, path: Path, pointer: str, scan: _Scan, input_id: str) -> Node:
    place = Place(input_id, *scan.where(scan.values.get(path, scan.keys.get(path, 0))), pointer)
    key = scan.keys.get(path)
    key_place = Place(input_id, *scan.where(key), pointer) if key is not None else None
    if isinstance(value, dict):
        members = {k: _node(v, (*path, k), below(pointer, k), scan, input_id) for k, v in value.items()}
        return Node(members, place, key_place)
    if isinstance(value, list):
        elements = [_node(v, (*path, n), below(pointer, n), scan, input_id) for n, v in enumerate(value)]
        return Node(elements, place, key_place)
    if isinstance(value, date | datetime | time):
        return Node(value.isoformat(), place, key_place)
    return Node(value if isinstance(value, str | bool | int | float) else str(value), place, key_place)


class _Scan:
    """Offsets of all keys and values of a text that is known to be TOML."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.keys: dict[Path, int] = {}
        self.values: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}

    def where(self, offset: int) -> tuple[int, int]:
        return self.text.count("\n", 0, offset) + 1, offset - self.text.rfind("\n", 0, offset)

    def document(self) -> None:
        table: Path = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._member(table)
            self._skip(_BLANK)

    def _header(self) -> Path:
        start, several = self.at, self.text.startswith("[[", self.at)
        self.at += 2 if several else 1
        path = self._key(())
        if several:
            n = self._counts[path] = self._counts.get(path, -1) + 1
            path = (*path, n)
        self.values.setdefault(path, start)
        self.at = self.text.index("]", self.at) + (2 if several else 1)
        return path

    def _key(self, table: Path) -> Path:
        """A dotted key below a table; a step through an array of tables goes to its last element."""
        path = table
        while True:
            self._skip(_SPACE)
            quoted = _STRING.match(self.text, self.at)
            found = quoted or _BARE.match(self.text, self.at)
            if found is None:  # not to be met in TOML
                raise DocumentError("expected a key", *self.where(self.at))
            name = str(tomllib.loads(f"x={found[0]}")["x"]) if quoted else found[0]
            path = (*path, name)
            self.keys.setdefault(path, self.at)
            self.at = found.end()
            self._skip(_SPACE)
            if self.text[self.at : self.at + 1] != ".":
                return path
            self.at += 1
            if path in self._counts:
                path = (*path, self._counts[path])

    def _member(self, table: Path) -> None:
        path = self._key(table)
        self.at = self.text.index("=", self.at) + 1
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: Path) -> None:
        self.values[path] = self.at
        first = self.text[self.at]
        if first in "[{":
            self.at += 1
            self._members(path, "]" if first == "[" else "}")
            return
        found = _STRING.match(self.text, self.at) or _SCALAR.match(self.text, self.at)
        self.at = found.end() if found is not None else len(self.text)

    def _members(self, path: Path, closing: str) -> None:
        count = 0
        while True:
            self._skip(_BLANK)
            if self.text[self.at] == closing:
                self.at += 1
                return
            if self.text[self.at] == ",":
                self.at += 1
            elif closing == "]":
                self._value((*path, count))
                count += 1
            else:
                self._member(path)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found is not None else self.at
