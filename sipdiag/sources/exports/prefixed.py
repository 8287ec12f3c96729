"""Logs whose lines hold a SIP message as an escaped string of a JSON object, behind a prefix of the log's own.

Only a log all of whose SIP stands so is read here: what is written any other way is left to the traces.
"""

from __future__ import annotations

import re

from sipdiag.nodes import Node
from sipdiag.places import Frame, Place
from sipdiag.raw import LogLine, Wire
from sipdiag.sources.documents.read_json import Inside
from sipdiag.sources.exports.quoted import quoted_wire, wire_of
from sipdiag.sources.traces.lines import printable
from sipdiag.sources.traces.stamps import dated, line_stamp

FORMAT = "json-log"

_WITH_SIP = re.compile(r"[^\n]*?SIP/2\.0[^\n]*")
_OBJECT = re.compile(r'\{[ \t]{0,4}"')
_MOST_TRIED = 8  # braces of one line at which an object may begin
_MOST_LOG_LINES = 50_000
_LONGEST_LOG_LINE = 2_000
_LONGEST_PREFIX = 96


def prefixed_wire(text: str, input_id: str) -> Wire | None:
    """The messages of such a log, and its other lines; None where some of its SIP stands elsewhere, or none does."""
    inside, records = Inside(text, input_id), list[Node]()
    for line in _WITH_SIP.finditer(text):
        record = _record(inside, line)
        if record is None:
            return None
        records.append(record)
    wire = quoted_wire(Node(list(records), Place(input_id, 1, 1, "")))
    return None if wire is None else wire_of(wire.packets, _log(text, input_id, {p.frame.line for p in wire.packets}))


def _record(inside: Inside, line: re.Match[str]) -> Node | None:
    """The object of a line, with what stands before it as its time."""
    begin, end = line.span()
    for _ in range(_MOST_TRIED):
        opening = _OBJECT.search(inside.text, begin, end)
        if opening is None:
            return None
        found = inside.value(opening.start())
        if found is not None:
            node, after = found
            prefix = inside.text[line.start() : opening.start()].strip()
            if not prefix.strip("[{,") or "SIP/2.0" in inside.text[after:end]:
                return None  # a part of a document, or not all that the line holds
            return Node({"time": Node(prefix[:_LONGEST_PREFIX], node.place), "line": node}, node.place)
        begin = opening.end()
    return None


def _log(text: str, input_id: str, taken: set[int | None]) -> list[LogLine]:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip() and number not in taken]
    kept = lines[:_MOST_LOG_LINES]
    stamps = [line_stamp(line) for _, line in kept]
    times = dated([stamp if stamp is not None and stamp.has_year else None for stamp in stamps])
    return [
        LogLine(printable(line.rstrip("\r")[:_LONGEST_LOG_LINE]), Frame(input_id, time=time, line=number))
        for (number, line), time in zip(kept, times, strict=True)
    ]
