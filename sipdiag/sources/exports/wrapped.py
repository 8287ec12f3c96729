"""Consoles that something kept line by line in JSON objects: Docker's json-file, journalctl -o json, log shippers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from sipdiag.places import Frame
from sipdiag.raw import Wire
from sipdiag.sources.exports.beside import moment
from sipdiag.sources.traces import Trace, read_trace
from sipdiag.sources.traces.stamps import Stamp, dated

# docs.docker.com json-file; systemd.journal-fields(7); what log shippers call the line that they carry.
_LINES = ("log", "MESSAGE", "message", "msg", "line", "event", "text", "_raw")
_TIMES = ("time", "__REALTIME_TIMESTAMP", "timestamp", "@timestamp", "ts", "date")
_TRIED = 50  # objects at the beginning in which the line is looked for

_Row = tuple[int, str, Stamp | None]


def wrapped_trace(text: str, input_id: str) -> Trace | None:
    """The messages of the console, each placed at the line of the object where it begins; None where there are none.

    What no line of the console tells of its time is told by its object.
    """
    rows = list(_rows(text))
    if not rows:
        return None
    trace = read_trace("\n".join(line for _, line, _ in rows), input_id)
    if trace is None:
        return None
    times = dated([stamp for *_, stamp in rows])

    def at(frame: Frame) -> Frame:
        row = (frame.line or 1) - 1
        return replace(frame, line=rows[row][0], time=times[row] if frame.time is None else frame.time)

    packets = tuple(replace(p, frame=at(p.frame)) for p in trace.wire.packets)
    seen = [p.frame.time for p in packets if p.frame.time is not None]
    wire: Wire = replace(
        trace.wire,
        packets=packets,
        log=tuple(replace(line, frame=at(line.frame)) for line in trace.wire.log),
        first_time=min(seen, default=None),
        last_time=max(seen, default=None),
    )
    return Trace(wire, trace.formats)


def _rows(text: str) -> Iterator[_Row]:
    """The lines of the console, each with the number of the line that holds its object, and the time of that."""
    key = ""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.startswith("{"):
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not key:
            if number > _TRIED:
                return
            key = next((k for k in _LINES if isinstance(record.get(k), str)), "")
        said = record.get(key)
        if isinstance(said, str):
            stamp = next((moment(str(record[t])) for t in _TIMES if t in record), None)
            for piece in said.removesuffix("\n").split("\n"):
                yield number, piece, stamp
