"""A B2BUA put between the two parties of a call: it passes everything on under a Call-ID, tags and addresses of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sipdiag.raw import Endpoint, Packet
from tests.support.cast import Cast

NEAR, FAR = (Cast()[name].host for name in ("caller", "agent"))
OUT, IN = "198.51.100.250", "203.0.113.250"  # the box: where the caller, and where the agent, finds it
MARK = "b2b-"  # what Call-ID and tags begin with on the agent's side
DELAY = 0.012  # seconds that the box takes

Sides = tuple[list[Packet], list[Packet]]  # what passed on the caller's side, and on the agent's
_AS_WRITTEN = ("refer-to", "r", "referred-by", "b", "replaces")  # what the box does not look into


def boxed(packets: Iterable[Packet], near: str = NEAR, far: str = FAR) -> Sides:
    """The messages of a call as they pass on either side of a box between `near` and `far`; others as they are.

    What has `far` as an end is taken to pass on its side.
    """
    sides: Sides = ([], [])
    for packet in packets:
        ends = {packet.source.host, packet.destination.host} if packet.source and packet.destination else set()
        if ends != {near, far}:
            sides[far in ends].append(packet)
            continue
        from_near = packet.source is not None and packet.source.host == near
        for n, seen in enumerate((_beside(packet, far, OUT, ""), _beside(packet, near, IN, MARK))):
            late = DELAY if from_near == (n == 1) else 0.0
            sides[n].append(replace(seen, frame=replace(seen.frame, time=(seen.frame.time or 0.0) + late)))
    for side in sides:
        side.sort(key=_time)
    return sides


def merged(sides: Iterable[Sequence[Packet]]) -> list[Packet]:
    return sorted((p for side in sides for p in side), key=_time)


def edited(start: bytes, *changes: tuple[bytes, bytes]) -> Callable[[Packet], Packet]:
    """What a box makes of each message that begins so: pairs of what it was and becomes."""

    def edit(packet: Packet) -> Packet:
        data = packet.data
        for old, new in changes if data.startswith(start) else ():
            assert old in data
            data = data.replace(old, new)
        return replace(packet, data=data)

    return edit


def without(methods: str, side: Iterable[Packet]) -> list[Packet]:
    """A side on which nothing of some methods passes."""
    cseq = re.compile(rb"\r\nCSeq: \d+ (?:" + methods.encode() + rb")\r\n")
    return [p for p in side if not cseq.search(p.data)]


def _time(packet: Packet) -> float:
    return packet.frame.time or 0.0


def _beside(packet: Packet, gone: str, box: str, mark: str) -> Packet:
    """A message with the box in place of one of its ends."""
    old, new = gone.encode(), box.encode()
    head, gap, body = packet.data.partition(b"\r\n\r\n")
    body = body.replace(old, new)
    lines = [_line(line, old, new, mark.encode()) for line in head.split(b"\r\n")]
    head = re.sub(rb"(?<=Content-Length: )\d+", b"%d" % len(body), b"\r\n".join(lines))
    source, destination = (
        Endpoint(box, end.port) if end is not None and end.host == gone else end
        for end in (packet.source, packet.destination)
    )
    return replace(packet, data=head + gap + body, source=source, destination=destination)


def _line(line: bytes, old: bytes, new: bytes, mark: bytes) -> bytes:
    name = line.partition(b":")[0].lower().decode("utf-8", "replace")
    if mark and name in ("call-id", "i"):
        line = line.replace(b": ", b": " + mark, 1)
    if mark and name in ("from", "f", "to", "t"):
        line = line.replace(b";tag=", b";tag=" + mark)
    if mark and name in ("via", "v"):
        line = line.replace(b"branch=z9hG4bK", b"branch=z9hG4bK" + mark)
    return line if name in _AS_WRITTEN else line.replace(old, new)
