"""Edits reach the bytes of their value, in every kind of document, and nothing else."""

from __future__ import annotations

import codecs
import json
import random

import pytest
import yaml

from sipdiag.artefacts.fixes import fixed
from sipdiag.facts.edit import Edit, Insert, Replace, Switch
from sipdiag.nodes import Node
from sipdiag.places import Place
from sipdiag.sources.documents import read_document


def at(line: int, column: int) -> Place:
    return Place("in1", line, column)


@pytest.mark.parametrize(
    ("name", "old", "edit", "new"),
    [
        ("a.json", '{"a": "x\\u00e9" }', Replace(at(1, 7), "xé", "y/é"), '{"a": "y/\\u00e9" }'),
        ("a.json", '{"a": "xé"}', Replace(at(1, 7), "xé", 'é"'), '{"a": "é\\""}'),
        ("a.json", '{"a": true}', Switch(at(1, 7), on=False), '{"a": false}'),
        ("a.json", "{}", Insert(at(1, 1), "k", "v"), '{"k": "v"}'),
        ("a.json", '{"a": 1}', Insert(at(1, 1), "k", "v"), '{"k": "v", "a": 1}'),
        ("a.json", '{\r\n\t"a": 1\r\n}', Insert(at(1, 1), "k", "v"), '{\r\n\t"k": "v",\r\n\t"a": 1\r\n}'),
        ("a.json", '{"k": null}', Insert(at(1, 7), "k", "v"), '{"k": "v"}'),
        ("a.yaml", "a: x # c\n", Replace(at(1, 4), "x", "y: z"), 'a: "y: z" # c\n'),
        ("a.yaml", "a: 'x'\n", Replace(at(1, 4), "x", "it's"), "a: 'it''s'\n"),
        ("a.yaml", 'a: "x"\n', Replace(at(1, 4), "x", "y"), 'a: "y"\n'),
        ("a.yaml", "a: +1\n", Replace(at(1, 4), "+1", "+1"), 'a: "+1"\n'),
        ("a.yaml", "a: Yes\n", Switch(at(1, 4), on=False), "a: No\n"),
        ("a.yaml", "a: 'off'\n", Switch(at(1, 4), on=True), "a: 'on'\n"),
        ("a.yaml", "- a: 1\r\n  b: 2\r\n", Insert(at(1, 3), "k", "v"), "- k: v\r\n  a: 1\r\n  b: 2\r\n"),
        ("a.yaml", "a: {b: 1}\n", Insert(at(1, 4), "k", "v"), "a: {k: v, b: 1}\n"),
        ("a.yaml", "k:\nb: 1\n", Insert(at(1, 3), "k", "v"), "k: v\nb: 1\n"),
        ("a.yaml", "k: ~\nb: 1\n", Insert(at(1, 4), "k", "v"), "k: v\nb: 1\n"),
        ("a.conf", "[a]\nb=no ; why\n", Switch(at(2, 3), on=True), "[a]\nb=yes ; why\n"),
        ("a.conf", "[a]\nb = x\\;y\n", Replace(at(2, 5), "x;y", "z;"), "[a]\nb = z\\;\n"),
        ("a.xml", "<a><b v='x&amp;y'/></a>", Replace(at(1, 10), "x&y", "'<"), "<a><b v='&apos;&lt;'/></a>"),
        ("a.xml", "<a><b>x&amp;'y </b></a>", Replace(at(1, 7), "x&'y", "x<y"), "<a><b>x&lt;y </b></a>"),
        ("a.xml", "<a>\r<b v='no'/>\r</a>", Switch(at(2, 7), on=True), "<a>\r<b v='yes'/>\r</a>"),
        ("a.yaml", "a: 1\rb: no\r", Switch(at(2, 4), on=True), "a: 1\rb: yes\r"),
        ("a.xml", '<a><b v="TRUE"/></a>', Switch(at(1, 10), on=False), '<a><b v="FALSE"/></a>'),
    ],
)  # fmt: skip
def test_edits(name: str, old: str, edit: Edit, new: str) -> None:
    for mark, encoding in ((b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le")):
        done = fixed(mark + old.encode(encoding), name, [edit])
        assert done.data == mark + new.encode(encoding)
        assert done.done == (edit,)


@pytest.mark.parametrize(
    ("name", "text", "edit"),
    [
        ("a.json", '{"a": "other"}', Replace(at(1, 7), "x", "y")),
        ("a.json", '{"a": {}}', Replace(at(1, 7), "x", "y")),
        ("a.json", '{"a": "x"}', Replace(at(9, 1), "x", "y")),
        ("a.json", '{"a": "maybe"}', Switch(at(1, 7), on=True)),
        ("a.json", '{"a": true}', Switch(at(1, 7), on=True)),
        ("a.json", '{"a": [1]}', Insert(at(1, 7), "k", "v")),
        ("a.json", '{"a": 1}', Insert(at(1, 1), "a", "v")),  # twice
        ("a.yaml", "a: &x y\nb: *x\n", Replace(at(1, 4), "y", "z")),
        ("a.yaml", "a: !t y\n", Replace(at(1, 4), "y", "z")),
        ("a.yaml", "a: |\n  y\n", Replace(at(1, 4), "y\n", "z")),
        ("a.yaml", "a: '+1'\n", Replace(at(1, 4), "+1", "+1")),
        ("a.yaml", "- a\n", Insert(at(1, 3), "k", "v")),
        ("a.xml", "<a><b>x<!-- and -->y</b></a>", Replace(at(1, 7), "xy", "y")),
        ("a.xml", "<a><b><![CDATA[x]]></b></a>", Replace(at(1, 7), "x", "y")),
        ("a.cfg", "request_route { }\n", Replace(at(1, 1), "request_route", "route")),
        ("a.yaml", "a: [", Replace(at(1, 4), "x", "y")),
    ],
)
def test_what_does_not_stand_there_plainly_is_left(name: str, text: str, edit: Edit) -> None:
    assert fixed(text.encode(), name, [edit]) == (text.encode(), (), (edit,))


def test_of_two_edits_of_one_value_the_first_is_made() -> None:
    one, other = Replace(at(1, 7), "x", "y"), Replace(at(1, 7), "x", "z")
    assert fixed(b'{"a": "x"}', "a.json", [one, other, one]) == (b'{"a": "y"}', (one,), (other,))


def test_bytes_that_are_no_utf8_stay() -> None:
    data = b"[a]\n; caf\xe9\nb=no\n"
    assert fixed(data, "a.conf", [Switch(at(3, 3), on=True)]).data == b"[a]\n; caf\xe9\nb=yes\n"


def scalars(node: Node) -> list[Node]:
    below = (
        list(node.value.values())
        if isinstance(node.value, dict)
        else node.value
        if isinstance(node.value, list)
        else []
    )
    return [node] if isinstance(node.value, str) else [s for n in below for s in scalars(n)]


@pytest.mark.parametrize("seed", range(150))
def test_any_text_can_be_written_over_any_other(seed: int) -> None:
    chance = random.Random(seed)

    def words() -> str:
        return "".join(
            chance.choice("ab +0:#'\"\\{}[],&*!|>%@é\u2028\U0001f600-?~\t") for _ in range(chance.randint(0, 8))
        )

    value = {"a": words(), "b": [words(), {"c": words()}]}
    flow = chance.choice((None, True, False))
    for name, text in (
        ("a.json", json.dumps(value, ensure_ascii=chance.random() < 0.5)),
        ("a.yaml", yaml.safe_dump(value, allow_unicode=True, default_flow_style=flow)),
    ):
        found = scalars(read_document(text.encode(), name, "in1", "json" if name == "a.json" else "yaml"))
        node = chance.choice([n for n in found if n.value])
        new = words() + "x"
        done = fixed(text.encode(), name, [Replace(node.place, node.text or "", new)])
        if not done.done:
            assert name == "a.yaml"  # a block, or text folded over lines
            continue
        after = read_document(done.data, name, "in1", "json" if name == "a.json" else "yaml")
        changed = [(a.text, b.text) for a, b in zip(found, scalars(after), strict=True) if a.text != b.text]
        assert changed in ([], [(node.text, new)])
        assert any(s.text == new for s in scalars(after))
