"""The schema of sipdiag's own form helps an editor: every key has a title and a description, and the examples are valid."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

SCHEMA: dict[str, Any] = json.loads(files("sipdiag").joinpath("schemas/own-form.json").read_text("utf-8"))


def keys() -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield from (("", k, v) for k, v in SCHEMA["properties"].items())
    for name, part in SCHEMA["$defs"].items():
        yield from ((name, k, v) for k, v in part.get("properties", {}).items())


@pytest.mark.parametrize(("part", "key", "said"), list(keys()), ids=lambda v: v if isinstance(v, str) else "")
def test_every_key_helps_an_editor(part: str, key: str, said: dict[str, Any]) -> None:
    assert said["title"], f"{part} {key}"
    described = said if "description" in said else SCHEMA["$defs"].get(said.get("$ref", "").rpartition("/")[2], {})
    assert described.get("description"), f"{part} {key}"
    for example in said.get("examples", ()):
        jsonschema.validate(example, {**said, "$defs": SCHEMA["$defs"]})


def test_the_example_is_valid() -> None:
    for example in SCHEMA["examples"]:
        jsonschema.validate(example, SCHEMA)
