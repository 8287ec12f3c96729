"""TOML: the standard library's values, each with its place."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.nodes import Node
from sipdiag.sources.documents import DocumentError
from sipdiag.sources.documents.read_toml import read_toml

TEXT = """\
title = 'a'   # a comment = [not, a, table]
[tool."sip.diag"]
select = [ # one a line
  "x", '''y
]''',
]
until = 2027-01-31
[[paths]]
match = ["a#b", "c"]
inner = {k = 1, "l m" = [true]}
[[paths]]
match.deep = "z"
"""


def places(node: Node) -> dict[str, tuple[str | None, int | None, int | None]]:
    found = {node.place.pointer or "": (node.text, node.place.line, node.place.column)}
    for child in [*(v for _, v in node.items()), *node]:
        found |= places(child)
    return found


def test_every_value_has_its_place() -> None:
    found = places(read_toml(TEXT, "in1"))
    assert found["/title"] == ("a", 1, 9)
    assert found["/tool/sip.diag/select/1"] == ("y\n]", 4, 8)
    assert found["/tool/sip.diag/until"] == ("2027-01-31", 7, 9)
    assert found["/paths/0/match/1"] == ("c", 9, 17)
    assert found["/paths/0/inner/l m/0"] == ("true", 10, 26)
    assert found["/paths/1/match/deep"] == ("z", 12, 14)
    assert found["/paths/1"] == (None, 11, 1)


def test_keys_have_theirs() -> None:
    node = read_toml(TEXT, "in1").get("paths", 1, "match", "deep")
    assert node is not None
    assert node.key_place is not None
    assert (node.key_place.line, node.key_place.column) == (12, 7)


@pytest.mark.parametrize(
    ("text", "line", "column"), [("a = \n", 1, 5), ("a = 1\na = 2\n", 2, 6), ("[a\n", 1, 3), ('a = "', 1, 6)]
)
def test_what_is_no_toml_has_a_place(text: str, line: int, column: int) -> None:
    with pytest.raises(DocumentError) as caught:
        read_toml(text, "in1")
    assert (caught.value.line, caught.value.column) == (line, column)


_keys = st.text("ab.#\"'= é", min_size=1, max_size=4)
_scalars = st.one_of(st.booleans(), st.integers(-9, 9), st.text("ab#]}'\"\\\n,= é", max_size=6))
_values = st.recursive(
    _scalars, lambda v: st.lists(v, max_size=3) | st.dictionaries(_keys, v, max_size=3), max_leaves=8
)


def written(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(k)} = {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[ # a comment ]\n" + ",\n".join(map(written, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return str(value)


@given(st.dictionaries(_keys, _values, max_size=4))
def test_places_are_where_the_values_are_written(document: dict[str, object]) -> None:
    text = "".join(f"{written(k)} = {written(v)}\n" for k, v in document.items())
    assert tomllib.loads(text) == document
    lines = text.split("\n")

    def check(node: Node, value: object) -> None:
        line, column = node.place.line, node.place.column
        assert line is not None
        assert column is not None
        if node.place.pointer:
            assert "\n".join(lines[line - 1 :])[column - 1 :].startswith(written(value))
        if isinstance(value, dict):
            for key, child in node.items():
                check(child, value[key])
        elif isinstance(value, list):
            for child, item in zip(node, value, strict=True):
                check(child, item)
        else:
            assert node.value == value

    check(read_toml(text, "in1"), document)
