"""YAML: scalars as written, with their places; the traps of loaders, each once."""

from __future__ import annotations

import pytest

from sipdiag.nodes import Node
from sipdiag.sources.documents import DocumentError, read_document


def read(text: str, name: str = "a.yaml") -> Node:
    return read_document(text.encode(), name, "in1")


def texts(node: Node) -> list[str | None]:
    return [n.text for _, n in node.items()]


def failure(text: str) -> tuple[str, int | None, int | None]:
    with pytest.raises(DocumentError) as caught:
        read(text)
    return str(caught.value), caught.value.line, caught.value.column


def test_scalars_stay_as_written() -> None:
    node = read("a: on\nb: 0123\nc: 12:30:45\nd: 1e5\ne: 1_000\nf: 2026-01-02\ng: ~\nh: 'null'\ni: +15550100\n")
    assert texts(node) == ["on", "0123", "12:30:45", "1e5", "1_000", "2026-01-02", None, "null", "+15550100"]


def test_whether_a_scalar_was_quoted_is_kept() -> None:
    node = read("a: 0123\nb: '0123'\n")
    assert [n.place.unquoted for _, n in node.items()] == [True, False]


def test_places_and_pointers() -> None:
    node = read("# note\nagent:\n  rules:\n    - {name: x, to: 'sip:é@b'}\n").get("agent", "rules", 0, "to")
    assert node is not None
    assert (node.place.line, node.place.column, node.place.pointer) == (4, 21, "/agent/rules/0/to")
    assert node.key_place is not None
    assert (node.key_place.line, node.key_place.column) == (4, 17)


@pytest.mark.parametrize(
    ("text", "words", "line", "column"),
    [
        ("a:\n\tb: 1\n", "a tab is used for indentation, where YAML takes only spaces", 2, 1),
        ("trunks: 1\nb: 2\n trunks: 3\n", "mapping values are not allowed in this context", 3, 8),
        ("trunks: 1\nb: 2\ntrunks: 3\n", "mapping key 'trunks' appears twice; the first is at line 1", 3, 1),
        ("a: \x07\n", "a control character, which YAML does not allow", 1, 4),
        ("a: {{ x }}-y\n", "did not find expected key; a template placeholder must stand in quotes", 1, 11),
        ("- " * 10_000 + "a", "nested deeper than 200 levels", 1, 401),
        ("a: " + "[" * 300, "nested deeper than 200 levels", 1, 203),
        ("a: &a [*a]\n", "alias '*a' names no anchor before it, or the value that holds it", 1, 8),
        ("---\n...\n", "empty document", 1, 1),
        ("a: [{b: [\n", "did not find expected node content", 2, 1),
    ],
)
def test_an_error_has_its_place(text: str, words: str, line: int, column: int) -> None:
    assert failure(text) == (words, line, column)


def test_nesting_that_the_scanner_itself_refuses_is_said_in_the_same_words() -> None:
    words, line, column = failure("a: " + "[" * 10_000)
    assert (words, line) == ("nested deeper than 200 levels", 1)
    assert column in (203, 1003)  # ours, or that of a libyaml that stops at 1,000 levels


def test_aliases_cannot_explode() -> None:
    bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 10)
    )
    message, line, _ = failure(bomb)
    assert message == "more than 1,000,000 values"
    assert line == 6


def test_merge_keys_fill_what_is_not_written() -> None:
    node = read("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\nboth:\n  <<: [*b, {z: 4}]\n")
    assert {k: v.text for k, v in (node.get("use") or Node({}, node.place)).items()} == {"y": "3", "x": "1"}
    assert [k for k, _ in (node.get("both") or Node({}, node.place)).items()] == ["x", "y", "z"]


def test_several_documents_are_a_list() -> None:
    node = read("a: 1\n---\nb: 2\n")
    second = node.get(1, "b")
    assert second is not None
    assert (second.place.line, second.place.pointer) == (3, "/1/b")


def test_placeholders_and_tags_are_kept_as_such() -> None:
    node = read("a: {{ host }}\nb: !secret sip_password\nc: ${HOST}\nd: !!str 12\n")
    assert texts(node) == ["{{ host }}", "${!secret sip_password}", "${HOST}", "12"]


def test_byte_order_mark() -> None:
    assert texts(read("\ufeffa: 1\n")) == ["1"]


@pytest.mark.parametrize(
    "text", ["? [a, b]\n: c\n", "? {a: b}\n: c\n", "~: x\n", "a: !!binary aGk=\n", "a: >-\n  x\n  y\n"]
)
def test_odd_but_legal_documents_are_read(text: str) -> None:
    assert len(list(read(text).items())) == 1


@pytest.mark.parametrize("text", ["[\n", "a: [\n\n", '"\n', "{a\n"])
def test_faults_behind_the_last_line_are_told(text: str) -> None:
    message, line, _ = failure(text)
    assert message
    assert line is not None
