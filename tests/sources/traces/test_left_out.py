"""Marks that somebody puts where lines were cut out of a paste: then what is not in it proves nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sipdiag.cli import app
from sipdiag.raw import LEFT_OUT
from sipdiag.sources.traces import read_trace
from tests.support.render import FORMATS, Sent
from tests.support.scenario import play

SILENT = """
    call
    agent -> caller REFER  Refer-To: <sip:2003@example.com>
    caller -> agent 202 Accepted
    +45s agent -> caller BYE
    caller -> agent 200 OK
"""
MARKS = [
    "[...]",
    "...",
    "…",
    "<snip>",
    "--- snip ---",
    "[12 lines omitted]",
    "(some messages removed)",
    "> [...]",
    "*** cut ***",
]


def paste(mark: str, form: str = "plain-messages") -> str:
    """The call as text, with a mark where NOTIFYs would be."""
    wire = play(SILENT)
    messages = [
        Sent(p.frame.time or 0.0, p.source, p.destination, "udp", p.data)
        for p in wire.packets
        if p.source and p.destination
    ]
    write = FORMATS[form].write
    return f"{write(messages[:-2], '')}\n{mark}\n\n{write(messages[-2:], '')}"


def told(text: str, folder: Path) -> dict[str, object]:
    file = folder / "call.txt"
    file.write_text(text, "utf-8")
    report = json.loads(CliRunner().invoke(app, ["diagnose", str(file), "--format", "json"]).stdout)
    return {"outcomes": [t["outcome"] for t in report["transfers"]], "problems": report["inputs"][0]["problems"]}


@pytest.mark.parametrize("form", ["plain-messages", "sngrep-text"])
@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_says_that_lines_are_missing(mark: str, form: str) -> None:
    trace = read_trace(paste(mark, form), "in1")
    assert trace is not None
    assert len(trace.wire.packets) == 8
    assert [lost.why for lost in trace.wire.lost] == [LEFT_OUT]


@pytest.mark.parametrize("words", ["", "----------", "the rest is the same", "2024-05-14 transfer removed", "#", "."])
def test_other_lines_between_messages_are_no_marks(words: str) -> None:
    trace = read_trace(paste(words), "in1")
    assert trace is not None
    assert trace.wire.lost == ()


def test_where_lines_are_left_out_no_silence_is_blamed(tmp_path: Path) -> None:
    assert told(paste("", "sngrep-text"), tmp_path) == {"outcomes": ["completed-but-broken"], "problems": []}
    cut = told(paste("[...]", "sngrep-text"), tmp_path)
    assert cut["outcomes"] == ["unknown"]
    assert "something was left out here" in str(cut["problems"])


def test_messages_without_a_call_id_are_named(tmp_path: Path) -> None:
    bare = "\n".join(x for x in paste("").split("\n") if not x.startswith(("Call-ID", "CSeq")))
    assert "and 7 more: an INVITE has no Call-ID or CSeq in this text" in str(told(bare, tmp_path)["problems"])
