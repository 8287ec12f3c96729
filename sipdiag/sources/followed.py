"""A stream that Wireshark followed and saved: as a hex dump, the second side indented, or as YAML with the octets in Base64.

Each side is one stream of octets, however they were sent: over TCP a message may have come in several packets.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sipdiag.nodes import Node
from sipdiag.places import Frame
from sipdiag.raw import Endpoint, Packet, Wire
from sipdiag.sip.stream import Piece, StreamReader
from sipdiag.sources.documents import DocumentError, read_document
from sipdiag.sources.hexdump import ROW, octets_of_row
from sipdiag.sources.traces.lines import decoded
from sipdiag.sources.traces.stamps import dated, read_stamp

FORMAT = "followed-stream"
_INDENT = 2  # blanks from which on a row is one of the second side
_MOST = 100_000  # packets of one stream


class _Sent(NamedTuple):
    """Octets that one side sent, and where and when."""

    side: int
    octets: bytes
    line: int
    time: float | None = None


def followed(data: bytes, input_id: str) -> Wire | None:
    """The messages of either form; None where the text is neither."""
    if b"!!binary" not in data:
        return read_followed(data, input_id)
    try:
        return followed_document(read_document(data, "", input_id, "yaml"), input_id)
    except DocumentError:
        return None


def read_followed(data: bytes, input_id: str) -> Wire | None:
    """The messages of a hex dump of both sides; None where it is none, or has no message."""
    sent = list(_rows(decoded(data)))
    return _wire(sent, {}, input_id) if sent else None


def followed_document(root: Node, input_id: str) -> Wire | None:
    """The messages of the packets of a YAML document with `peers` and `packets`; None where it is no such one."""
    peers, packets = root.get("peers"), root.get("packets")
    if peers is None or packets is None:
        return None
    ends = {side: end for peer in peers for side, end in _peer(peer)}
    found = [packet for _, packet in zip(range(_MOST), packets, strict=False)]
    stamps = [read_stamp(_text(packet, "timestamp")) for packet in found]
    sent = [
        _Sent(int(side), octets, packet.place.line or 0, time)
        for packet, time in zip(found, dated(stamps), strict=True)
        if (side := _text(packet, "peer")).isdigit() and (octets := _decoded(_text(packet, "data")))
    ]
    return _wire(sent, ends, input_id) if sent else None


def _rows(text: str) -> Iterator[_Sent]:
    """The octets of the rows; nothing where the offsets of a side do not go on where its last row ended."""
    found: list[_Sent] = []
    length = [0, 0]
    for number, line in enumerate(text.splitlines(), 1):
        row = ROW.match(line) if len(line) < 300 else None
        if row is None:
            continue
        side = int(len(line) - len(line.lstrip(" \t")) >= _INDENT)
        octets = octets_of_row(row["octets"])
        if int(row["offset"], 16) != length[side]:
            return
        length[side] += len(octets)
        found.append(_Sent(side, octets, number))
    yield from found


def _wire(sent: Iterable[_Sent], ends: dict[int, Endpoint], input_id: str) -> Wire | None:
    readers: dict[int, StreamReader] = {}
    begun: dict[int, list[tuple[int, _Sent]]] = {}  # of each side, where in its stream what was sent begins
    told: dict[int, int] = {}
    packets: list[Packet] = []

    def add(side: int, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            if piece.kind != "message":
                continue
            first = next(s for start, s in reversed(begun[side]) if start <= piece.start)
            other = next((end for peer, end in ends.items() if peer != side), None) if len(ends) == 2 else None
            packets.append(
                Packet(
                    piece.data, Frame(input_id, time=first.time, line=first.line), ends.get(side), other, cut=piece.cut
                )
            )

    for s in sent:
        reader = readers.setdefault(s.side, StreamReader(midstream=True))
        begun.setdefault(s.side, []).append((told.get(s.side, 0), s))
        told[s.side] = told.get(s.side, 0) + len(s.octets)
        add(s.side, reader.feed(s.octets))
    for side, reader in readers.items():
        add(side, reader.close())
    times = [p.frame.time for p in packets if p.frame.time is not None]
    if not packets:
        return None
    return Wire(
        tuple(packets), messages=len(packets), first_time=min(times, default=None), last_time=max(times, default=None)
    )


def _peer(peer: Node) -> Iterator[tuple[int, Endpoint]]:
    number, host, port = (_text(peer, key) for key in ("peer", "host", "port"))
    if number.isdigit() and host and port.isdigit():
        yield int(number), Endpoint(host, int(port))


def _text(node: Node, key: str) -> str:
    found = node.get(key)
    return (found.text or "") if found is not None else ""


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
