"""JSON and JSON Lines: values as JSON says them, with their places."""

from __future__ import annotations

import pytest

from sipdiag.nodes import Node
from sipdiag.sources.documents import DocumentError, detect, read_document


def read(text: str | bytes, name: str = "a.json") -> Node:
    return read_document(text.encode() if isinstance(text, str) else text, name, "in1")


def failure(text: str | bytes, name: str = "a.json") -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read(text, name)
    return caught.value


def spot(node: Node | None) -> tuple[int | None, int | None, str | None]:
    assert node is not None
    return node.place.line, node.place.column, node.place.pointer


def test_every_value_has_line_column_and_pointer() -> None:
    node = read('{\n  "a/b": [1, {"c": "x"}],\n  "d": null\n}')
    assert spot(node) == (1, 1, "")
    assert spot(node.get("a/b", 1, "c")) == (2, 20, "/a~1b/1/c")
    d = node.get("d")
    assert d is not None
    assert d.is_null
    assert d.key_place is not None
    assert (d.key_place.line, d.key_place.column) == (3, 3)


def test_tabs_indent_as_spaces_do() -> None:
    node = read('{\n\t"a": {\n\t\t"b": 1\n\t}\n}')
    assert spot(node.get("a", "b")) == (3, 8, "/a/b")


def test_surrogate_pairs_are_one_character_and_half_a_pair_is_none() -> None:
    node = read('{"whole": "\\ud83d\\ude00", "half": "\\ud83d"}')
    assert [n.text for _, n in node.items()] == ["\U0001f600", "\ufffd"]


def test_numbers_and_words_are_those_of_json() -> None:
    node = read("[1e5, 123, -0.5, true, null, " + "9" * 5000 + "]")
    assert [n.value for n in node][:5] == [100000.0, 123, -0.5, True, None]
    assert node.get(5) is not None


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ('{"a": 1,\n "a": 2}', 2, 2, "mapping key 'a' appears twice; the first is at line 1"),
        ('{"a": 1,}', 1, 9, "expected a key in double quotes"),
        ('{"a" 1}', 1, 6, "expected ':' after the key"),
        ('{"a": 1', 1, 8, "expected ',' or '}', but the document ends"),
        ('{"a": 0123}', 1, 7, "expected a value, found '0'"),
        ('{"a": NaN}', 1, 7, "expected a value, found 'N'"),
        ('{"a": "x', 1, 7, "unterminated string starting"),
        ('{"a": 1} x', 1, 10, "expected the end of the document, found 'x'"),
        ("", 1, 1, "empty document"),
    ],
)
def test_an_error_has_its_place(text: str, line: int, column: int, words: str) -> None:
    error = failure(text)
    assert (str(error), error.line, error.column) == (words, line, column)


def test_depth_is_bounded() -> None:
    error = failure("[" * 10_000 + "]" * 10_000)
    assert (str(error), error.line, error.column) == ("nested deeper than 200 levels", 1, 202)


def test_byte_order_mark_and_utf16_are_read() -> None:
    assert read(b"\xef\xbb\xbf" + b'{"a": 1}').get("a") is not None
    assert read('{"a": "é"}'.encode("utf-16")).get("a") is not None


def test_bytes_that_are_no_text_are_refused_with_their_place() -> None:
    error = failure(b'{\n"a": "\xff"}')
    assert (str(error), error.line, error.column) == ("not UTF-8 text", 2, 7)


def test_json_lines_keep_what_is_no_json_as_text() -> None:
    text = '{"a": 1}\n\n{"a": 2}\n12:00 plain words\n{"a": '
    assert detect(text.encode(), "app.log") == "jsonl"
    node = read(text, "app.log")
    assert [n.value if isinstance(n.value, str) else n.get("a") and n.get("a", "x") for n in node][2:] == [
        "12:00 plain words",
        '{"a":',
    ]
    assert spot(node.get(1, "a")) == (3, 7, "/1/a")


def test_long_keys_do_not_multiply_in_pointers() -> None:
    key = "k" * 100_000
    node = read('{"' + key + '": [' + ",".join(["1"] * 10_000) + "]}")
    assert sum(len(n.place.pointer or "") for n in node.get(key) or ()) < 100_000
