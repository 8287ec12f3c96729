"""Each wire check still speaks when its fixture is written otherwise: other header order, compact names, as a capture, as traces."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from sipdiag.checking.discover import catalogue
from sipdiag.raw import Packet, Wire
from sipdiag.sources.captures import read_capture
from sipdiag.sources.traces import read_trace
from tests.support.pcap import pcap
from tests.support.render import FORMATS
from tests.support.scenario import statements
from tests.support.sent import Sent
from tests.support.wire_case import case_of_statements, findings, wire_of

FIXTURES = Path(__file__).parents[2] / "fixtures" / "checks"
FILES = sorted(f for f in FIXTURES.glob("*/*/bad-*.scenario"))

_COMPACT = {
    b"call-id": b"i", b"from": b"f", b"to": b"t", b"via": b"v", b"contact": b"m", b"content-length": b"l",
    b"content-type": b"c", b"supported": b"k", b"event": b"o", b"refer-to": b"r", b"referred-by": b"b",
}  # fmt: skip


def _headers(data: bytes, change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    head, _, body = data.partition(b"\r\n\r\n")
    start, *lines = head.split(b"\r\n")
    return b"\r\n".join([start, *change(lines)]) + b"\r\n\r\n" + body


def _compact(lines: list[bytes]) -> list[bytes]:
    return [_COMPACT.get(n.strip().lower(), n) + b":" + v for n, _, v in (x.partition(b":") for x in lines)]


def _reordered(lines: list[bytes]) -> list[bytes]:
    """Names in reverse order; several headers of one name keep theirs, for it has a meaning (RFC 3261, 7.3.1)."""
    return sorted(lines, key=lambda x: x.partition(b":")[0].lower(), reverse=True)


def _with_bytes(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Wire], Wire]:
    return lambda wire: replace(wire, packets=tuple(replace(p, data=_headers(p.data, change)) for p in wire.packets))


def _sent(packets: Sequence[Packet]) -> list[Sent]:
    told = []
    for p in packets:
        assert p.source is not None
        assert p.destination is not None
        assert p.frame.time is not None
        told.append(Sent(p.frame.time, p.source, p.destination, p.transport or "udp", p.data))
    return told


def _as_capture(wire: Wire) -> Wire:
    read = read_capture(io.BytesIO(pcap(_sent(wire.packets))), "in1")
    return replace(wire, packets=read.packets)


def _as_trace(form: str) -> Callable[[Wire], Wire]:
    def render(wire: Wire) -> Wire:
        trace = read_trace(FORMATS[form].write(_sent(wire.packets), ""), "in1")
        assert trace is not None
        return replace(wire, packets=trace.wire.packets)

    return render


WAYS: dict[str, Callable[[Wire], Wire]] = {
    "compact": _with_bytes(_compact),
    "reordered": _with_bytes(_reordered),
    "capture": _as_capture,
    "sngrep": _as_trace("sngrep-text"),
    "ngrep": _as_trace("ngrep-byline"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_a_check_speaks_however_its_fixture_is_written(file: Path, way: str) -> None:
    lines = statements(file.read_text("utf-8"))
    spoken = file.with_suffix(".out").read_text("utf-8")
    wire = wire_of(lines)
    if not wire.packets or any(p.source is None for p in wire.packets):
        return  # the fault shows in a connection, of which no message was sent
    case = case_of_statements(lines, WAYS[way](wire))
    found = [f for check in catalogue()[file.parent.name] for f in findings(check, case)]
    assert len(found) == len(spoken.splitlines())
