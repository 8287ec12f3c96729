"""SIP messages that stand as strings in a document, whatever its keys: exports, API answers, logs in JSON.

The record of a message is the largest object that holds no other one: what its keys say is said of the message.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from sipdiag.dataclass import dataclass
from sipdiag.nodes import Node
from sipdiag.places import Frame
from sipdiag.raw import LogLine, Packet, Wire
from sipdiag.sources.exports.beside import Pair, dated, moment, told
from sipdiag.sources.traces import read_trace
from sipdiag.sources.traces.frame import FrameLine
from sipdiag.sources.traces.newest import newest_first
from sipdiag.sources.traces.startline import find_start

FORMAT = "quoted-messages"

_DEEPEST_BESIDE = 2  # objects below the record's own whose keys are looked at
_MOST_BESIDE = 400  # keys of one record


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A string that holds messages, and the objects around it from the outermost to the one it stands in."""

    node: Node
    around: tuple[Node, ...]
    packets: tuple[Packet, ...]


def quoted_wire(root: Node) -> Wire | None:
    """The messages that the strings of a document hold, in its order; None where there are none."""
    found = list(_quoted(root, (), set()))
    if not found:
        return None
    holders = Counter(id(around) for quoted in found for around in quoted.around)
    frames = [_beside(quoted, holders) for quoted in found]
    if newest_first([frame.stamp for frame in frames]):
        found.reverse()
        frames.reverse()
    packets: list[Packet] = []
    for quoted, frame, time in zip(found, frames, dated([f.stamp for f in frames]), strict=True):
        packets += (with_told(packet, frame, time, quoted.node) for packet in quoted.packets)
    if all(frame.stamp is not None for frame in frames):  # one list for each stream, or each side of a call
        packets.sort(key=lambda packet: packet.frame.time or 0.0)
    return wire_of(packets)


def wire_of(packets: Sequence[Packet], log: Sequence[LogLine] = (), problems: Sequence[str] = ()) -> Wire:
    times = [packet.frame.time for packet in packets if packet.frame.time is not None]
    return Wire(
        packets=tuple(packets),
        log=tuple(log),
        messages=len(packets),
        problems=tuple(problems),
        first_time=min(times, default=None),
        last_time=max(times, default=None),
    )


def with_told(packet: Packet, frame: FrameLine, time: float | None, node: Node) -> Packet:
    """A message with what its own text tells, and where that is silent what stands beside it."""
    source, destination = frame.ends()
    place = node.place
    return replace(
        packet,
        frame=Frame(place.input, time=packet.frame.time if time is None else time, line=place.line),
        source=packet.source or source,
        destination=packet.destination or destination,
        transport=packet.transport or frame.transport,
        sent=frame.sent if packet.sent is None else packet.sent,
    )


def messages_in(text: str, input_id: str) -> tuple[Packet, ...]:
    """The messages of one string. One that is a message and nothing else is taken octet for octet."""
    if "SIP/" not in text or ("\n" not in text and "\r" not in text):
        return ()
    trace = read_trace(text, input_id)
    packets = () if trace is None else trace.wire.packets
    start = find_start(text.lstrip("\r\n").split("\n", 1)[0].rstrip("\r"))
    if len(packets) == 1 and start is not None and not start.prefix:
        whole = text.lstrip("\r\n") if "\r\n" in text else text.lstrip("\n").replace("\n", "\r\n")
        data = whole.encode("utf-8", "replace")
        return (replace(packets[0], data=data if b"\r\n\r\n" in data else packets[0].data),)
    return packets


def _quoted(node: Node, around: tuple[Node, ...], seen: set[int]) -> Iterator[_Quoted]:
    if isinstance(node.value, str):
        if "SIP/" not in node.value or id(node) in seen:  # the alias of a string is no further message
            return
        seen.add(id(node))
        packets = messages_in(node.value, node.place.input)
        if packets:
            yield _Quoted(node, around, packets)
    elif isinstance(node.value, dict):
        for member in node.value.values():
            yield from _quoted(member, (*around, node), seen)
    elif isinstance(node.value, list):
        within = (*around, node) if any(_cells(node)) else around
        for element in node.value:
            yield from _quoted(element, within, seen)


def _beside(quoted: _Quoted, holders: Counter[int]) -> FrameLine:
    own = [around for around in reversed(quoted.around) if holders[id(around)] == 1]
    if not own or len(quoted.packets) > 1:
        return FrameLine(FORMAT)
    near = told(_pairs(own[0], quoted.node), FORMAT)
    for outer in own[1:]:  # the direction of a call is not that of each message in it
        further = replace(told(_pairs(outer, quoted.node), FORMAT), sent=None)
        near = further.joined(near)
    return near


def _cells(row: Node) -> Iterator[Pair]:
    """What the cells of a row tell: the moment before a line of Loki's, or cells that name their own field."""
    cells = list(islice(row, _MOST_BESIDE))
    if len(cells) in (2, 3) and moment(cells[0].text or "") is not None and isinstance(cells[1].value, str):
        yield "", "time", cells[0].text
    for cell in cells:
        field, value = cell.get("field"), cell.get("value")
        if field is not None and value is not None and isinstance(field.value, str):
            yield "", field.value, value.text


def _pairs(record: Node, message: Node) -> Iterator[Pair]:
    yield from _cells(record)
    number = 0
    level: list[tuple[str, Node]] = [("", record)]
    for _ in range(_DEEPEST_BESIDE + 1):
        below: list[tuple[str, Node]] = []
        for owner, node in level:
            for key, member in node.items():
                number += 1
                if number > _MOST_BESIDE:
                    return
                if isinstance(member.value, dict):
                    below.append((key, member))
                elif not isinstance(member.value, list) and member is not message:
                    yield owner, key, member.value
        level = below
