"""Where a value stands in the text of a document, to the character, and how another one is written there.

Only what stands there plainly is found: not a YAML block scalar, an alias, or a value with a tag or anchor.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed does not list it
from typing import NamedTuple
from xml.sax.saxutils import escape, unescape

import yaml

from sipdiag.places import Place
from sipdiag.sources.documents import Kind

_JSON_WORD = re.compile(r"[^\s,\]}]+")
_LINE_ENDS = {"xml": "\r\n?|\n", "yaml": "\r\n|[\n\r\x85\u2028\u2029]"}  # as the readers of these count them
_QUOTES = {'"': "&quot;", "'": "&apos;"}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Span(NamedTuple):
    """Characters of a text, the value that they stand for, and the quote around it (empty: none)."""

    start: int
    end: int
    value: str
    quote: str


class Text:
    """A document's text with what is needed to find places in it."""

    def __init__(self, text: str, kind: Kind) -> None:
        self.text, self.kind = text, kind
        self.lines = [0, *(m.end() for m in re.finditer(_LINE_ENDS.get(kind, "\n"), text))]
        self._scalars: dict[int, Span] | None = None

    def offset(self, place: Place) -> int | None:
        if place.line is None or place.column is None or not 1 <= place.line <= len(self.lines):
            return None
        at = self.lines[place.line - 1] + place.column - 1
        return at if at < len(self.text) else None

    def value_at(self, place: Place) -> Span | None:
        """The scalar that begins at a place."""
        at = self.offset(place)
        if at is None:
            return None
        if self.kind in ("json", "jsonl"):
            return self._json(at)
        if self.kind == "yaml":
            return self.scalars.get(at)
        if self.kind == "xml":
            return self._xml(at)
        return self._ini(at) if self.kind == "ini" else None

    def _json(self, at: int) -> Span | None:
        if self.text[at] == '"':
            try:
                value, end = scanstring(self.text, at + 1, False)
            except ValueError:
                return None
            return Span(at, end, value, '"')
        found = _JSON_WORD.match(self.text, at)
        return None if found is None or found[0][0] in "{[" else Span(at, found.end(), found[0], "")

    @property
    def scalars(self) -> dict[int, Span]:
        """Of YAML, by where they begin; those with an anchor or a tag begin with that, and are left out."""
        if self._scalars is None:
            self._scalars = {}
            for event in self._events():
                if not isinstance(event, yaml.ScalarEvent) or event.style in ("|", ">"):
                    continue
                assert event.start_mark is not None  # noqa: S101 - the parser gives every event its marks
                assert event.end_mark is not None  # noqa: S101
                start, end = event.start_mark.index, event.end_mark.index
                if self.text[start : start + 1] not in ("&", "!"):
                    self._scalars[start] = Span(start, end, event.value, event.style or "")
        return self._scalars

    def _events(self) -> Iterator[yaml.events.Event]:
        with suppress(yaml.YAMLError):
            yield from yaml.parse(self.text, Loader=_LOADER)

    def _xml(self, at: int) -> Span | None:
        """The value of an attribute, whose opening quote stands before the place; else the words up to the next tag."""
        quote = self.text[at - 1] if at and self.text[at - 1] in _QUOTES else ""
        end = self.text.find(quote or "<", at)
        if end < 0:
            return None
        raw = self.text[at:end] if quote else self.text[at:end].rstrip()
        return Span(at, at + len(raw), unescape(raw, {v: k for k, v in _QUOTES.items()}), quote)

    def _ini(self, at: int) -> Span:
        line = self.text[at:].split("\n", 1)[0].rstrip("\r")
        raw = re.split(r"(?<!\\);", line)[0].rstrip()
        return Span(at, at + len(raw), raw.replace("\\;", ";"), "")

    def written(self, span: Span, value: str) -> str:
        """Another value in the place of this one, in the same style where it allows that."""
        if self.kind in ("json", "jsonl"):
            return json.dumps(value, ensure_ascii=self.text.isascii())
        if self.kind == "xml":
            return escape(value, {span.quote: _QUOTES[span.quote]} if span.quote else {})
        if self.kind == "ini":
            return value.replace(";", "\\;")
        return yaml_scalar(value, span.quote)


def yaml_scalar(value: str, quote: str = "") -> str:
    """A text as a YAML scalar: with the given quote, or without where it stays the same text without.

    >>> yaml_scalar("sip_refer"), yaml_scalar("+12025550123"), yaml_scalar("a: b", "'")
    ('sip_refer', '"+12025550123"', "'a: b'")
    """
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if not quote and re.fullmatch(r"[\w./+@:-]+", value, re.ASCII) and reads_as(value) == value:
        return value
    return quoted(value)


def quoted(value: str) -> str:
    r"""A text in double quotes, with the escapes that JSON and YAML share; characters that YAML takes for a line's end too.

    >>> quoted("é\u2028")
    '"é\\u2028"'
    """
    plain = json.dumps(value, ensure_ascii=False)
    return "".join(
        c if c.isprintable() else f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}" for c in plain
    )


def reads_as(scalar: str) -> object:
    """What YAML makes of an unquoted scalar; None where it is none."""
    try:
        return yaml.load(scalar, Loader=_LOADER)  # noqa: S506 - a safe loader in either case
    except (yaml.YAMLError, ValueError):
        return None
