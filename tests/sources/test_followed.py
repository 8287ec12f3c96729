"""What Wireshark saves of a stream that it followed is read as the stream was sent."""

from __future__ import annotations

import base64
from pathlib import Path

from sipdiag.raw import Wire
from sipdiag.redaction import Redactor
from sipdiag.redaction.files import redact_file
from sipdiag.sources.find import find_sources
from sipdiag.sources.inputs import Reading, read_sources
from sipdiag.sources.traces import read_trace
from tests.support.exchange import A, exchange

MESSAGES = [m.data for m in exchange("tcp")]


def chunks(size: int) -> list[tuple[int, bytes, float]]:
    """The exchange in packets of one size: the side, the octets, the time."""
    return [
        (int(m.source != A), m.data[at : at + size], m.time)
        for m in exchange("tcp")
        for at in range(0, len(m.data), size)
    ]


def hex_dump(size: int) -> str:
    rows, sent = [], [0, 0]
    for side, octets, _ in chunks(size):
        for at in range(0, len(octets), 16):
            row = octets[at : at + 16]
            words = " ".join(f"{o:02x}" for o in row[:8]) + "  " + " ".join(f"{o:02x}" for o in row[8:])
            shown = "".join(chr(o) if 32 <= o < 127 else "." for o in row)
            rows.append(f"{'    ' * side}{sent[side]:08X}  {words:<49} {shown[:8]} {shown[8:]}\n")
            sent[side] += len(row)
    return "".join(rows)


def yaml(size: int) -> str:
    ends = [exchange()[0].source, exchange()[0].destination]
    text = "peers:\n" + "".join(f"  - peer: {n}\n    host: {e.host}\n    port: {e.port}\n" for n, e in enumerate(ends))
    text += "packets:\n"
    for n, (side, octets, time) in enumerate(chunks(size), 1):
        data = base64.encodebytes(octets).decode().replace("\n", "\n      ").rstrip()
        text += f"  - packet: {n}\n    peer: {side}\n    timestamp: {time:.9f}\n    data: !!binary |\n      {data}\n"
    return text


def read(tmp_path: Path, name: str, text: str) -> Wire:
    file = tmp_path / name
    file.write_text(text)
    wires = [o.wire for o in read_sources(find_sources([str(file)]).sources, Reading()) if o.wire is not None]
    assert len(wires) == 1
    return wires[0]


def test_a_hex_dump_of_both_sides(tmp_path: Path) -> None:
    for size in (100, 4_000):
        wire = read(tmp_path, "follow.txt", hex_dump(size))
        assert [p.data for p in wire.packets] == MESSAGES
        assert wire.packets[0].frame.line == 1


def test_rows_that_do_not_go_on_are_no_stream(tmp_path: Path) -> None:
    rows = hex_dump(4_000).splitlines(keepends=True)
    file = tmp_path / "follow.txt"
    file.write_text("".join(rows[:3] + rows[5:]))
    assert [o.wire for o in read_sources(find_sources([str(file)]).sources, Reading())] == [None]


def test_the_packets_of_a_yaml_document(tmp_path: Path) -> None:
    for size in (100, 4_000):
        wire = read(tmp_path, "follow.yaml", yaml(size))
        assert [p.data for p in wire.packets] == MESSAGES
        assert [p.source for p in wire.packets] == [m.source for m in exchange()]
        assert [p.destination for p in wire.packets] == [m.destination for m in exchange()]
        assert wire.packets[-1].frame.time == round(exchange()[-1].time, 6)


def test_a_redacted_one_is_a_trace(tmp_path: Path) -> None:
    for name, text in (("follow.yaml", yaml(4_000)), ("follow.txt", hex_dump(4_000))):
        done = redact_file(text.encode(), name, Redactor(bytes(range(32))))
        trace = read_trace(done.data, "in1")
        assert trace is not None
        assert len(trace.wire.packets) == len(MESSAGES)
        assert b"1982818b" not in done.data
