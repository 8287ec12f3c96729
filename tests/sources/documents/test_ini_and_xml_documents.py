"""INI-like files and XML, and which kind a file is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from sipdiag.nodes import Node
from sipdiag.sources.documents import DocumentError, detect, read_document
from tests.support.steps import steps

PJSIP = """\
; comment
#include "other.conf"
[base](!)
type=endpoint ; the kind
transport = udp\\;x

[1000](base,nat)
context => from-inside
exten => _X.,1,Dial(PJSIP/${EXTEN}@trunk)
[1000]
type=aor
;-- a block
that hides=this --;
flag
"""


def read(text: str | bytes, name: str) -> Node:
    return read_document(text.encode() if isinstance(text, str) else text, name, "in1")


def plain(node: Node) -> object:
    if isinstance(node.value, dict):
        return {k: plain(v) for k, v in node.items()}
    return [plain(n) for n in node] if isinstance(node.value, list) else node.value


def test_sections_repeat_and_keep_their_order() -> None:
    node = read(PJSIP, "pjsip.conf")
    assert plain(node) == [
        {"directive": "include", "value": "other.conf"},
        {
            "section": "base",
            "template": True,
            "entries": [
                {"key": "type", "operator": "=", "value": "endpoint"},
                {"key": "transport", "operator": "=", "value": "udp;x"},
            ],
        },
        {
            "section": "1000",
            "inherits": ["base", "nat"],
            "entries": [
                {"key": "context", "operator": "=>", "value": "from-inside"},
                {"key": "exten", "operator": "=>", "value": "_X.,1,Dial(PJSIP/${EXTEN}@trunk)"},
            ],
        },
        {
            "section": "1000",
            "entries": [
                {"key": "type", "operator": "=", "value": "aor"},
                {"key": "flag", "operator": "", "value": None},
            ],
        },
    ]
    value = node.get(2, "entries", 0, "value")
    assert value is not None
    assert (value.place.line, value.place.column, value.place.pointer) == (8, 12, "/2/entries/0/value")


def test_an_open_section_header_has_its_place() -> None:
    with pytest.raises(DocumentError) as caught:
        read("[a]\nb=c\n [d\n", "x.ini")
    assert (str(caught.value), caught.value.line, caught.value.column) == ("section header without ']'", 3, 2)


def test_latin_1_is_read_where_utf_8_was_never_asked_for() -> None:
    assert read(b"[a]\nname=M\xfcller\n", "x.conf").get(0, "entries", 0, "value") is not None


XML = """<?xml version="1.0" encoding="ISO-8859-1"?>
<Response>
  <Dial action="/x"
        referUrl='/y'><Sip>sip:a@b.example</Sip></Dial>
</Response>
"""


def test_xml_elements_and_attributes_have_places() -> None:
    node = read(XML, "twiml.xml")
    url = node.get("children", 0, "attributes", "referUrl")
    assert url is not None
    assert (url.text, url.place.line, url.place.column) == ("/y", 4, 19)
    assert url.place.pointer == "/children/0/attributes/referUrl"
    words = node.get("children", 0, "children", 0, "text")
    assert words is not None
    assert (words.text, words.place.line, words.place.column) == ("sip:a@b.example", 4, 28)


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("<a>\n<b></a>", "mismatched tag", 2),
        ('<!DOCTYPE a [<!ENTITY b "c">]>\n<a>&b;</a>', "declares an entity, which is not read", 1),
        ("<a/><b/>", "junk after document element", 1),
        ("<a>" * 10_000, "nested deeper than 200 levels", 1),
        ("<a>&unknown;</a>", "undefined entity", 1),
    ],
)
def test_broken_or_hostile_xml_is_refused_with_its_place(text: str, words: str, line: int) -> None:
    with pytest.raises(DocumentError) as caught:
        read(text, "x.xml")
    assert (str(caught.value), caught.value.line) == (words, line)


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"#!KAMAILIO\nlisten=udp:1.2.3.4\n", "kamailio.cfg", "cfg"),
        (b"route[WITHINDLG] {\n  loose_route();\n}\n", "x", "cfg"),
        (b"%PDF-1.4\n%\xe2\xe3\n", "a.pdf", "other"),
        (b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00", "a.pcap", "other"),
        (b"INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP x\r\nFrom: <sip:a@b>\r\n", "trace.txt", "other"),
        (b"agent:\n  platform: other\n", "-", "yaml"),
        (b"[transport-udp]\ntype=transport\n", "-", "ini"),
        (b"[transport-udp]\ntype=transport ; answers SIP/2.0 200 OK\n; SIP/2.0 603 Decline\n", "-", "ini"),
        (
            b"    Request-Line: BYE sip:a@b SIP/2.0\n    [Timestamps]\n    [Generated Call-ID: 1]\n a=b\n",
            "x.txt",
            "other",
        ),
        (b'[{"a": 1}]', "-", "json"),
        (b"  \n", "-", "other"),
        (b"2026-01-01 12:00:00 INFO agent started\n2026-01-01 12:00:01 INFO x\n", "app.log", "other"),
    ],
)
def test_a_file_is_known_by_its_content(data: bytes, name: str, kind: str) -> None:
    assert detect(data, name) == kind


SHAPES: dict[str, tuple[str, Callable[[int], str]]] = {
    "attributes": ("x.xml", lambda n: "<a " + "b='c' " * n),
    "braces": ("x.yaml", lambda n: "{{" * n),
    "equal signs": ("x.ini", lambda n: "[a]\n" + "=" * n),
    "sections": ("x.ini", lambda n: "[a](" * n),
    "comments": ("x.ini", lambda n: ";--" * n + "\n[a]\n"),
    "quotes": ("x.yaml", lambda n: "'" * n),
    "comment signs": ("x.toml", lambda n: "#" * n + "\n" + "[" * n),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_reading_is_linear(shape: str) -> None:
    name, text = SHAPES[shape]

    def work(size: int) -> int:
        def reading() -> None:
            with suppress(DocumentError):  # read or refused, but with no more work than the text is long
                read(text(size), name)

        return steps(reading)

    work(10)  # modules and caches
    once, twice, four = work(500), work(1_000), work(2_000)
    assert twice <= 2.2 * once + 300
    assert four <= 2.2 * twice + 300


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n", "\n\r"])
def test_every_end_of_a_line_counts_in_xml(end: str) -> None:
    root = read_document(end.join(("", "<a>", '<b c="d">', "e</b>", "</a>")).encode(), "a.xml", "in1")
    each = 2 if end == "\n\r" else 1
    nodes = [root.get("children", 0, *rest) for rest in ((), ("attributes", "c"), ("text",))]
    assert [(n.place.line, n.place.column) for n in nodes if n is not None] == [
        (2 * each + 1, 1),
        (2 * each + 1, 7),
        (3 * each + 1, 1),
    ]
