"""A console that Docker or the journal kept line by line as JSON is read as the console itself is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sipdiag.sources.exports import read_wrapped
from sipdiag.sources.find import find_sources
from sipdiag.sources.inputs import Reading, read_sources
from sipdiag.sources.traces import read_trace

TRACES = sorted(
    f
    for f in (Path(__file__).parents[3] / "fixtures" / "traces").glob("*/*")
    if f.suffix in (".txt", ".log") and f.stat().st_size < 200_000
)


def docker(text: str) -> str:
    return "".join(
        json.dumps({"log": f"{line}\n", "stream": "stdout", "time": f"2026-11-26T10:00:{n // 60 % 60:02}.{n % 60:09}Z"})
        + "\n"
        for n, line in enumerate(text.split("\n"))
    )


def journal(text: str) -> str:
    return "".join(
        json.dumps({"_PID": "7", "MESSAGE": line, "__REALTIME_TIMESTAMP": str(1_795_687_200_000_000 + n)}) + "\n"
        for n, line in enumerate(text.split("\n"))
    )


@pytest.mark.parametrize("wrap", [docker, journal])
@pytest.mark.parametrize("file", TRACES, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_the_messages_are_those_of_the_console(file: Path, wrap: object) -> None:
    text = file.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
    plain = read_trace(text, "in1")
    assert callable(wrap)
    wrapped = read_wrapped(wrap(text).encode(), "in1")
    if plain is None:
        assert wrapped is None
        return
    assert wrapped is not None
    told = [(p.data, p.frame.line, p.source, p.destination, p.transport, p.sent) for p in plain.wire.packets]
    assert told
    assert [(p.data, p.frame.line, p.source, p.destination, p.transport, p.sent) for p in wrapped.wire.packets] == told
    for one, other in zip(plain.wire.packets, wrapped.wire.packets, strict=True):
        assert other.frame.time == one.frame.time or one.frame.time is None


def test_the_objects_tell_the_times_that_the_lines_do_not(tmp_path: Path) -> None:
    text = (
        "OPTIONS sip:a@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\nFrom: <sip:b@h>;tag=1\nTo: <sip:a@h>\n"
        "Call-ID: one\nCSeq: 1 OPTIONS\nContent-Length: 0\n\n"
    )
    file = tmp_path / "container-json.log"
    file.write_text(docker(f"started\n{text}"))
    (opened,) = read_sources(find_sources([str(file)]).sources, Reading())
    assert opened.wire is not None
    (frame,) = (p.frame for p in opened.wire.packets)
    assert frame.line == 2
    assert frame.time == pytest.approx(1_795_687_200.0, abs=1)


def test_lines_that_are_no_objects_are_passed_over() -> None:
    assert read_wrapped(b'{"log": "x"}\n[1]\nnot json\n{"log": 5}\n{"log": "SIP/2.0"}\n', "in1") is None
    assert read_wrapped(b"[" * 100_000 + b"SIP/2.0", "in1") is None
    assert read_wrapped(b'{"a":' * 100_000 + b"SIP/2.0\n", "in1") is None
