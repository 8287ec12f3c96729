"""What was made to act in a reader's program is harmless text in every format, each parsed as its reader does."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from xml.etree.ElementTree import fromstring

import html5lib
import jsonschema
import pytest
from markdown_it import MarkdownIt
from rich.ansi import AnsiDecoder

from sipdiag.pipeline import examine
from sipdiag.redaction import Redactor
from sipdiag.reports.flow import choose
from sipdiag.reports.flow import render as draw
from sipdiag.reports.formats import FORMATS, Style
from sipdiag.reports.report import Report
from sipdiag.reports.show import Show, is_harmless
from tests.support.hostile import call

SARIF = json.loads((Path(__file__).parents[1] / "vendored" / "sarif-2.1.0.json").read_text("utf-8"))
# What is read, and what of it a reader has to see.
VALUES = {
    "script": ("<script>alert(1)</script>", "<script>alert(1)"),
    "attribute": ('"onload="alert(1)', "onload="),
    "escape": ("\x1b[31mred\x1b]8;;http://x\x07", "red"),
    "c1": ("\x9b31mred", r"\x9b31mred"),
    "bidi": ("\u202egnp.exe\u2066", "gnp.exe"),
    "rich": ("[bold]x[/bold]", "[bold]x"),
    "link": ("x](javascript:alert(1))", "](javascript:"),
    "nul": ("a\x00b", r"a\x00b"),
    "command": ("::error file=x::owned", "owned"),
    "megabyte": ("x" * 1_000_000, "xxxxxxxx"),
    "megabyte of all": ('<script>"onload=\x1b[31m\u202e[bold]](javascript:'[:46] * 21_740, "<script>"),
}
LARGEST = 300_000  # bytes of any report of one call
_OURS = re.compile(r"\x1b\[[0-9;]*m")


def of_call(folder: Path, text: str) -> Report:
    """A refused transfer, whose target's name and reason are the text; a smaller text stands everywhere."""
    plain = text if len(text) < 1000 else "y"
    out = []
    for n, sent in enumerate(call(0, "@@")):
        out += [f"2026/05/14 10:00:{n:02}.000000 {sent.source} -> {sent.destination}", *sent.lines, ""]
    trace = "\n".join(out).replace("603 Decline @@", f"603 Decline {text}").replace('To: "@@"', f'To: "{text}"')
    file = folder / "call.txt"
    file.write_bytes(trace.replace("@@", plain).encode("utf-8", "surrogatepass"))
    report = examine([str(file)])
    assert [v.outcome.value for v in report.verdicts] == ["rejected"]
    return report


def of_configuration(folder: Path, text: str) -> Report:
    """A rule whose name and destination are the text."""
    rule = {"name": text, "type": "conference", "to": f"sip:{text}"}
    file = folder / "own.json"
    file.write_text(json.dumps({"agent": {"platform": "other", "rules": [rule, {**rule, "type": "sip_refer"}]}}))
    return examine([str(file)])


def terminal(text: str) -> list[str]:
    """The lines that a terminal shows; the escapes that it takes are ours, and set colours only."""
    bare = _OURS.sub("", text)
    assert "\x1b" not in bare
    assert {m[0] for m in _OURS.finditer(text)} <= {
        f"\x1b[{c}m" for c in ("0", "1", "31", "32", "33", "36", "1;31", "1;32")
    }
    decoded = [line.plain for line in AnsiDecoder().decode(text)]
    assert decoded[: len(bare.splitlines())] == bare.splitlines()
    return decoded


def html(text: str) -> list[str]:
    root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    assert sum(1 for _ in root.iter("script")) == 1
    for element in root.iter():
        assert element.tag not in ("img", "iframe", "object", "embed", "form", "base")
        assert not [a for a in element.attrib if a.startswith("on") or a in ("style", "src")]
        assert element.get("href", "#").startswith(("#", "data:,"))
    return [
        "".join(e.itertext()) for e in root.iter() if e.tag in ("p", "li", "td", "th", "pre", "h2", "code", "textarea")
    ]


def markdown(text: str) -> list[str]:
    found = []
    for token in MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text):
        inside = token.children or []
        for kind in (token, *inside):
            assert kind.type not in ("image", "html_inline", "html_block", "s_open", "code_block")
            assert str(kind.attrGet("href") or "https://www.rfc-editor.org/").startswith("https://www.rfc-editor.org/")
        found += [token.content] if token.type == "fence" else ["".join(k.content for k in inside)]
    return found


def drawing(text: str) -> list[str]:
    root = fromstring(text)  # noqa: S314 - we wrote it
    tags = {e.tag.rpartition("}")[2] for e in root.iter()}
    assert tags <= {"svg", "style", "title", "desc", "g", "path", "text", "tspan", "a", "rect"}
    assert not [a for e in root.iter() for a in e.attrib if a.startswith("on") or a.endswith("href")]
    return ["".join(e.itertext()) for e in root.iter() if e.tag.endswith(("text", "title", "desc"))]


def mermaid(text: str) -> list[str]:
    first, *lines = text.splitlines()
    assert first == "sequenceDiagram"
    statement = re.compile(
        r"    (?:title|participant p\d+ as|p\d+-?->>p\d+:|Note over p\d+(?:,p\d+)?:) ((?:[A-Za-z0-9 .,/=_+@()-]|#\d+;)*)"
    )
    found = [statement.fullmatch(line) for line in lines]
    return [
        re.sub(r"#(\d+);", lambda m: chr(int(m[1])), m[1])
        for m in found
        if m is not None or pytest.fail("no statement")
    ]


def sarif(text: str) -> list[str]:
    log = json.loads(text)
    jsonschema.Draft7Validator(SARIF).validate(log)
    for run in log["runs"]:
        for rule in run["tool"]["driver"]["rules"]:
            markdown(rule["help"]["markdown"])
    return list(strings(log))


def junit(text: str) -> list[str]:
    root = fromstring(text)  # noqa: S314 - we wrote it
    assert {e.tag for e in root.iter()} <= {
        "testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out", "properties", "property",
    }  # fmt: skip
    return [t for e in root.iter() for t in (e.text or "", *e.attrib.values())]


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def github(text: str) -> list[str]:
    """One command a line, its data decoded as the runner does."""
    found = [re.fullmatch(r"::(?:error|warning|notice) [^:\r\n]*::([^\r\n]*)", line) for line in text.splitlines()]
    assert all(found)
    decoded = [m[1].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%") for m in found if m is not None]
    return [line for d in decoded for line in d.split("\n")]


def cells(text: str) -> list[str]:
    found = [c for row in csv.reader(io.StringIO(text, newline="")) for c in row]
    assert not [c for c in found if c.startswith(("=", "+", "-", "@"))]
    return found


def report_in(form: str, style: Style = Style()) -> Callable[[Report, Show], str]:  # noqa: B008 # it is frozen
    return lambda report, show: FORMATS[form](
        report, show, replace(style, files={i.path: "a/b" for i in report.inputs})
    )


def drawn(form: str) -> Callable[[Report, Show], str]:
    return lambda report, show: draw(form, report, show, choose(report))


READERS: dict[str, tuple[Callable[[Report, Show], str], Callable[[str], list[str]]]] = {
    "terminal": (report_in("text", Style(color=True, verbose=True)), terminal),
    "text": (report_in("text"), str.splitlines),
    "plain": (report_in("plain"), str.splitlines),
    "json": (report_in("json"), lambda t: list(strings(json.loads(t)))),
    "html": (report_in("html"), html),
    "markdown": (report_in("markdown"), markdown),
    "sarif": (report_in("sarif"), sarif),
    "junit": (report_in("junit"), junit),
    "gitlab": (report_in("gitlab"), lambda t: list(strings(json.loads(t)))),
    "github": (report_in("github"), github),
}
DRAWERS: dict[str, tuple[Callable[[Report, Show], str], Callable[[str], list[str]]]] = {
    "svg": (drawn("svg"), drawing),
    "mermaid": (drawn("mermaid"), mermaid),
    "csv": (drawn("csv"), cells),
    "ladder": (drawn("text"), str.splitlines),
}


@pytest.fixture(scope="module", params=list(VALUES))
def called(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, str]:
    value, seen = VALUES[request.param]
    return of_call(tmp_path_factory.mktemp("call"), value), seen


@pytest.fixture(scope="module", params=list(VALUES))
def configured(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, str]:
    value, seen = VALUES[request.param]
    return of_configuration(tmp_path_factory.mktemp("configuration"), value), seen


def check(text: str, parse: Callable[[str], list[str]], seen: str | None) -> None:
    told = parse(text)
    assert told
    assert len(text.encode()) < LARGEST
    assert all(is_harmless(line) for piece in told for line in piece.split("\n"))
    flat = "".join(unescape(re.sub(r"\s+", "", piece)) for piece in told)
    assert seen is None or re.sub(r"\s+", "", seen) in flat


@pytest.mark.parametrize("form", [*READERS, *DRAWERS])
def test_what_a_call_holds_is_text(called: tuple[Report, str], form: str) -> None:
    report, seen = called
    write, parse = {**READERS, **DRAWERS}[form]
    check(write(report, Show()), parse, seen)


@pytest.mark.parametrize("form", READERS)
def test_what_a_configuration_holds_is_text(configured: tuple[Report, str], form: str) -> None:
    report, seen = configured
    write, parse = READERS[form]
    check(write(report, Show()), parse, seen)


@pytest.mark.parametrize("form", [*READERS, *DRAWERS])
def test_so_it_is_where_it_is_redacted(called: tuple[Report, str], form: str) -> None:
    write, parse = {**READERS, **DRAWERS}[form]
    redactor = Redactor(bytes(32))
    check(write(called[0], Show(redactor, redactor.message)), parse, None)
