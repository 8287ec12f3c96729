"""Hold settings to their published schema, with the place of whatever does not fit.

The schema (`sipdiag schema settings`) is the only list of keys and values. Of JSON Schema (2020-12) it uses what is
read here: properties, required, dependentRequired, items, enum, type, minLength, minItems, format date, $ref.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from sipdiag.nodes import Node
from sipdiag.places import Place
from sipdiag.settings.vocabulary import names, platforms, unknown, unknown_name, unknown_platform

Schema = dict[str, Any]
Problem = tuple[Place, str]

_OPEN: Mapping[str, Callable[[str], str | None]] = {"name": unknown_name, "platform": unknown_platform}


@cache
def settings_schema() -> Schema:
    text = (Path(__file__).parents[1] / "schemas" / "settings.json").read_text("utf-8")
    schema: Schema = json.loads(text)
    return schema


def published_schema() -> str:
    """The schema with the names of all checks, families and platforms, so that an editor can complete them."""
    known: dict[str, Schema] = {"name": {"enum": list(names())}, "platform": {"enum": list(platforms())}}
    definitions = {k: v | known.get(k, {}) for k, v in settings_schema()["$defs"].items()}
    return json.dumps({**settings_schema(), "$defs": definitions}, indent=2) + "\n"


def problems(node: Node, schema: Schema | None = None, key: str = "") -> list[Problem]:
    """What does not fit, in the order of the file."""
    schema = settings_schema() if schema is None else schema
    reference = str(schema.get("$ref", "")).rpartition("/")[2]
    if reference:
        schema = {**settings_schema()["$defs"][reference], **schema}
    if "enum" in schema:
        return _choice(node, schema["enum"], key)
    kind = schema["type"]
    if not _is(node, kind):
        return [(node.place, f"{key} is {_kind(node)}, and {_WORDS[kind]} is wanted")]
    if kind == "object":
        return _members(node, schema)
    if kind == "array":
        found = [(node.place, f"{key} is empty")] if len(list(node)) < schema.get("minItems", 0) else []
        return found + [p for element in node for p in problems(element, schema["items"], key)]
    return _text(node, schema, reference, key)


def _members(node: Node, schema: Schema) -> list[Problem]:
    found: list[Problem] = []
    known: Schema = schema["properties"]
    for name, member in node.items():
        if name in known:
            found += problems(member, known[name], name)
        else:
            found.append((member.key_place or member.place, unknown("key", name, known)))
    wanted = [(n, "") for n in schema.get("required", ())]
    for name, others in schema.get("dependentRequired", {}).items():
        wanted += [(o, f", which {name} needs") for o in others if name in node]
    return found + [(node.place, f"{n} is missing{why}") for n, why in dict(wanted).items() if n not in node]


def _choice(node: Node, values: list[str], key: str) -> list[Problem]:
    if node.value in values:
        return []
    near = get_close_matches(node.text or "", values, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return [(node.place, f"{_kind(node)} is no value of {key}; {hint}valid are {', '.join(values)}")]


def _text(node: Node, schema: Schema, reference: str, key: str) -> list[Problem]:
    text = node.text or ""
    if len(text.strip()) < schema.get("minLength", 0):
        return [(node.place, f"{key} is empty")]
    if schema.get("format") == "date":
        try:
            date.fromisoformat(text)
        except ValueError:
            return [(node.place, f"{key} is no date; write it as 2027-01-31")]
    words = _OPEN[reference](text) if reference in _OPEN else None
    return [(node.place, words)] if words is not None else []


_WORDS = {"object": "a table", "array": "a list", "string": "a text"}


def _is(node: Node, kind: str) -> bool:
    return isinstance(node.value, {"object": dict, "array": list, "string": str}[kind])


def _kind(node: Node) -> str:
    """
    >>> _kind(Node(3, Place("s")))
    '3'
    """
    if isinstance(node.value, dict):
        return "a table"
    if isinstance(node.value, list):
        return "a list"
    return repr(node.text) if isinstance(node.value, str) else str(node.text)
