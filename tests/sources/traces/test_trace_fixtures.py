"""Every fixture trace yields its messages, in order, with all that its text tells about them and nothing more."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from sipdiag.raw import Packet
from sipdiag.sources.traces import read_trace
from sipdiag.sources.traces.formats import formats

TRACES = Path(__file__).parents[3] / "fixtures" / "traces"
FILES = sorted(TRACES.rglob("*.txt"))


def summary(packet: Packet) -> str:
    """Start line | Call-ID | CSeq."""
    head = packet.data.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    fields = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in reversed(head[1:]))
    }
    return f"{head[0]} | {fields.get('call-id', fields.get('i'))} | {fields.get('cseq')}"


def row(packet: Packet) -> dict[str, Any]:
    told: dict[str, Any] = {
        "message": summary(packet),
        "line": packet.frame.line,
        "time": packet.frame.time,
        "from": str(packet.source) if packet.source else None,
        "to": str(packet.destination) if packet.destination else None,
        "transport": packet.transport,
        "sent": packet.sent,
    }
    return (
        told
        | ({"frame": packet.frame.number} if packet.frame.number is not None else {})
        | ({"cut": True} if packet.cut else {})
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_fixture(file: Path) -> None:
    expected_file = file.with_name("messages.yaml" if file.stem == "trace" else f"{file.stem}.yaml")
    expected = yaml.safe_load(expected_file.read_text("utf-8"))
    trace = read_trace(file.read_bytes(), "in1")
    assert trace is not None
    assert list(trace.formats) == expected["formats"]
    assert trace.wire.viewpoint == expected["viewpoint"]
    assert [row(packet) for packet in trace.wire.packets] == expected["messages"]
    assert [f"{line.frame.line}: {line.text}" for line in trace.wire.log] == expected["log"]
    assert trace.wire.messages == len(expected["messages"])


def test_every_format_has_samples() -> None:
    """Two at least of each, so that none is read by the letter of one example."""
    told = [yaml.safe_load(file.read_text("utf-8"))["formats"] for file in TRACES.rglob("*.yaml")]
    counted = Counter(name for names in told for name in names)
    assert {format_.name: counted[format_.name] for format_ in formats() if counted[format_.name] < 2} == {}


@pytest.mark.parametrize("file", sorted((TRACES / "cases").rglob("trace.txt")), ids=lambda file: file.parent.name)
def test_body_is_as_long_as_its_length(file: Path) -> None:
    trace = read_trace(file.read_bytes(), "in1")
    assert trace is not None
    for packet in trace.wire.packets:
        head, _, body = packet.data.partition(b"\r\n\r\n")
        length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        assert len(body) == int(length.partition(b":")[2])
