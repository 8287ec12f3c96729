"""Carry out edits on a document: at the bytes of their values, so that everything else stays as it is."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable
from typing import NamedTuple

from sipdiag.facts.edit import Edit, Insert, Switch, switched
from sipdiag.sources.documents import DocumentError, detect, read_document
from sipdiag.sources.documents.spans import Span, Text, quoted, yaml_scalar

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_NULLS = ("", "~", "null", "Null", "NULL")


class Change(NamedTuple):
    """Characters `start` to `end` are to read `new`."""

    start: int
    end: int
    new: str


class Fixed(NamedTuple):
    """A document with its edits carried out, and those that were and were not."""

    data: bytes
    done: tuple[Edit, ...]
    left: tuple[Edit, ...]


def fixed(data: bytes, name: str, edits: Iterable[Edit]) -> Fixed:
    """Carry out every edit whose value stands where it should; of two that meet, the first.

    A document that is no document any more with the edits is left as it is.
    """
    wanted = list(dict.fromkeys(edits))
    opened = _text(data)
    if opened is None or not wanted:
        return Fixed(data, (), tuple(wanted))
    mark, encoding, plain = opened
    kind = detect(data, name)
    text = Text(plain, kind)
    changes: list[Change] = []
    done: list[Edit] = []
    for edit in wanted:
        change = _change(edit, text)
        if change is not None and not any(_meet(change, c) for c in changes):
            changes.append(change)
            done.append(edit)
    result = plain
    for change in sorted(changes, reverse=True):
        result = result[: change.start] + change.new + result[change.end :]
    new = mark + result.encode(encoding)
    try:
        read_document(new, name, "")
    except DocumentError:
        return Fixed(data, (), tuple(wanted))
    return Fixed(new, tuple(done), tuple(e for e in wanted if e not in done))


def _text(data: bytes) -> tuple[bytes, str, str] | None:
    """Byte order mark, encoding and text; None where the bytes would not come back as they were."""
    mark, encoding = next(((m, e) for m, e in _MARKS if data.startswith(m)), (b"", "utf-8"))
    for tried in (encoding, "latin-1") if not mark else (encoding,):
        try:
            text = data[len(mark) :].decode(tried)
            if text.encode(tried) == data[len(mark) :]:
                return mark, tried, text
        except UnicodeError:
            continue
    return None


def _meet(one: Change, other: Change) -> bool:
    return (one.start < other.end and other.start < one.end) or one.start == other.start


def _change(edit: Edit, text: Text) -> Change | None:
    if isinstance(edit, Insert):
        return _inserted(edit, text)
    span = text.value_at(edit.at)
    if span is None:
        return None
    if isinstance(edit, Switch):
        return _switched(edit, span)
    if span.value != edit.old:
        return None
    if edit.old == edit.new:
        return Change(span.start, span.end, quoted(edit.new)) if text.kind == "yaml" and not span.quote else None
    return Change(span.start, span.end, text.written(span, edit.new))


def _switched(edit: Switch, span: Span) -> Change | None:
    new = switched(span.value, on=edit.on)
    quote = span.quote if span.start + 1 + len(span.value) < span.end else ""
    return Change(span.start, span.end, f"{quote}{new}{quote}") if new is not None else None


def _inserted(edit: Insert, text: Text) -> Change | None:
    """Before the first key of the mapping, in the style of that key."""
    at = text.offset(edit.at)
    if at is None or text.kind not in ("json", "yaml", "jsonl"):
        return None
    span = text.value_at(edit.at)
    if span is not None and not span.quote and span.value in _NULLS:  # the key is there, and says nothing
        space = " " if text.text[at - 1 : at] == ":" else ""
        return Change(span.start, span.end, space + text.written(span, edit.value))
    if text.text[at] == "{":
        rest = text.text[at + 1 : at + 400]
        gap = rest[: len(rest) - len(rest.lstrip())]
        flow = text.kind == "yaml"
        key = edit.key if flow and text.text[at + 1 + len(gap) : at + 2 + len(gap)] != '"' else json.dumps(edit.key)
        value = yaml_scalar(edit.value) if key == edit.key else json.dumps(edit.value)
        empty = text.text[at + 1 + len(gap) : at + 2 + len(gap)] == "}"
        after = "" if empty else f",{gap or ' '}" if not gap or "\n" in gap else f",{gap}"
        return Change(at + 1, at + 1 + len(gap), f"{gap if not empty else ''}{key}: {value}{after}")
    if text.kind != "yaml" or not _begins_a_key(text, at):
        return None
    line = text.text.rfind("\n", 0, at) + 1
    end = "\r\n" if "\r\n" in text.text else "\n"
    return Change(at, at, f"{edit.key}: {yaml_scalar(edit.value)}{end}{' ' * (at - line)}")


def _begins_a_key(text: Text, at: int) -> bool:
    """Whether a block mapping begins here: a scalar, then a colon."""
    span = text.scalars.get(at)
    return span is not None and re.compile(r"\s*:(?:\s|$)").match(text.text, span.end) is not None
