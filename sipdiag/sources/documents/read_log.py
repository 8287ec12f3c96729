"""The plain log of an application, as a list of its lines: a time where one begins with it, and its words.

    {"log_lines": [{"time": 1747218150.101, "text": "2026-05-14 10:22:30,101 INFO transferring the call"}]}

`time` is seconds since the epoch, or since the midnight before the first line where no line tells a date. A line that
ends with a JSON object, as structured loggers write them on a console, has its text as `fields`.
"""

from __future__ import annotations

import re

from sipdiag.nodes import Node
from sipdiag.places import Place
from sipdiag.sources.traces.lines import Line, Lines
from sipdiag.sources.traces.stamps import dated, line_stamp

_MOST_LINES = 50_000
_LONGEST = 2_000
_LONGEST_FIELDS = 20_000
_FIELDS = ('\t{"', ' {"')
_SPEAKS = re.compile(r"transfer|refer\b|deflect", re.IGNORECASE)


def read_log(text: str, input_id: str) -> Node | None:
    """The lines of a text; None where it never speaks of a transfer, or where no line begins with a time or a level."""
    if not _SPEAKS.search(text):
        return None
    lines = Lines(text)
    kept: list[Line] = []
    while len(kept) < _MOST_LINES and (line := lines.next()) is not None:
        if line.text.strip():
            kept.append(line)
    stamps = [line_stamp(line.text) for line in kept]
    if not any(stamps):
        return None
    nodes: list[Node] = []
    for line, time in zip(kept, dated(stamps), strict=True):
        place = Place(input_id, line.number, 1, f"/log_lines/{len(nodes)}")
        members = {"text": Node(line.text[:_LONGEST], place)} | ({} if time is None else {"time": Node(time, place)})
        nodes.append(Node(members | _fields(line, place), place))
    root = Place(input_id, 1, 1, "")
    return Node({"log_lines": Node(nodes, root)}, root)


def _fields(line: Line, place: Place) -> dict[str, Node]:
    """The JSON object at the end of a line, with the column where it begins."""
    written = line.text.rstrip()
    begins = min((at for sign in _FIELDS if (at := written.find(sign)) >= 0), default=-1) + 1
    if not begins or not written.endswith("}") or len(written) - begins > _LONGEST_FIELDS:
        return {}
    return {"fields": Node(written[begins:], Place(place.input, place.line, begins + 1, place.pointer))}
