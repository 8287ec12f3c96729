"""A redacted copy of a text that prints octets is one of its messages: the octets would tell what no text shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.pipeline import Options, examine
from sipdiag.raw import Packet
from sipdiag.redaction import Redactor
from sipdiag.redaction.files import redact_file
from sipdiag.sip.message import parse_message
from sipdiag.sources.documents import detect
from sipdiag.sources.dumped import has_rows
from sipdiag.sources.exports import read_dissection
from sipdiag.sources.hexdump import read_dump
from sipdiag.sources.traces import read_trace
from tests.support.diagnosis import outcomes

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = sorted(
    (
        *(FIXTURES / "dumps").glob("*.txt"),
        *(FIXTURES / "traces" / "tcpdump-text").glob("*.txt"),
        *(FIXTURES / "traces" / "dotted-messages").glob("*.txt"),
        *(FIXTURES / "exports").glob("tshark*"),
    )
)


def told(path: Path) -> list[object]:
    return outcomes(examine([str(path)], Options()))


def packets(data: bytes) -> tuple[Packet, ...]:
    trace = read_dissection(data, detect(data, ""), "in1") or read_trace(data, "in1")
    wire = trace.wire if trace is not None else read_dump(data, "in1")
    assert wire is not None
    return wire.packets


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_messages_stay_and_octets_go(file: Path, tmp_path: Path) -> None:
    data = file.read_bytes()
    redacted = redact_file(data, file.name, Redactor(b"key"))
    assert redacted.kind == "trace"
    assert not has_rows(redacted.data.decode())
    assert not any(line.startswith(b"E.") for line in redacted.data.splitlines())
    before, after = packets(data), packets(redacted.data)
    assert [(parse_message(p.data).method, p.transport) for p in after] == [
        (parse_message(p.data).method, p.transport) for p in before
    ]
    assert [p.source and p.source.port for p in after] == [p.source and p.source.port for p in before]
    for name in (b"2001@", b"2002@", b"2003@", b"1982818b", b"15550100042", b"b7c1e0aa4f"):
        assert name not in redacted.data
    copy = tmp_path / file.name
    copy.write_bytes(redacted.data)
    assert told(copy) == told(file)
    assert told(copy) or any(p.cut for p in before)


@pytest.mark.parametrize("name", ["homer.json", "lines.jsonl", "prefixed.log", "block.yaml"])
def test_a_document_that_quotes_messages_stays_one(name: str, tmp_path: Path) -> None:
    file = FIXTURES / "exports" / name
    redacted = redact_file(file.read_bytes(), name, Redactor(b"key"))
    for known in (b"2001@", b"2002@", b"2003@", b"1982818b"):
        assert known not in redacted.data
    copy = tmp_path / name
    copy.write_bytes(redacted.data)
    assert told(copy) == told(file) != []
