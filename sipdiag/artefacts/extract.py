"""Cut the frames of one transfer or call out of a capture, with what was found of it as packet comments."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

from sipdiag.artefacts.pcapng import Written, pcapng
from sipdiag.dataclass import dataclass
from sipdiag.facts.leg import Leg
from sipdiag.facts.transaction import Hop
from sipdiag.raw import SEALED, Endpoint, Packet
from sipdiag.sources.captures.again import frames_again
from sipdiag.sources.captures.frames import RawFrame

_BACK = 256  # frames between two addresses, before the one that completes a message, in which its beginning is sought
_SHORTEST = 16  # octets in common that are no chance; fewer count at the end of a frame only


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message whose frames are to be kept: the one that completed it, its octets, and between whom it went."""

    number: int
    data: bytes
    ends: bytes  # source and destination address as an IP header has them, empty where the capture does not tell
    sealed: tuple[bytes, ...] = ()  # inside TLS: the same and the port pair, each way, by which its connection is known


def wanted(legs: Iterable[Leg], input_id: str) -> list[Wanted]:
    """The messages of some legs in one capture, every sighting of each."""
    found = []
    for leg in legs:
        for hop in leg.hops:
            for frame in (hop.frame, *hop.copies, *hop.elsewhere):
                if frame.input == input_id and frame.number is not None:
                    found.append(Wanted(frame.number, hop.message.data, _ends(hop), _sealed(hop)))
    return found


def sealed(legs: Iterable[Leg], input_id: str, frames: Iterable[int]) -> list[Packet]:
    """The messages of some legs that ran inside TLS, with the frame numbers that they have in the extract.

    `frames` are the numbers of the extracted frames in the capture, in order.
    """
    position = {number: n for n, number in enumerate(frames, 1)}
    found = [
        Packet(
            hop.message.data, replace(frame, number=position[frame.number]), hop.source, hop.destination, hop.transport
        )
        for leg in legs
        for hop in leg.hops
        if hop.transport in SEALED
        for frame in (hop.frame, *hop.copies, *hop.elsewhere)
        if frame.input == input_id and frame.number in position
    ]
    return sorted(found, key=lambda p: p.frame.number or 0)


def extract(capture: Path, messages: Sequence[Wanted], events: Iterable[int]) -> dict[int, Written]:
    """The frames of some messages, by their numbers in the capture.

    A message that several frames carried (TCP segments, IP fragments) keeps them all; one that was read with TLS keys
    keeps its whole connection, which nobody could decrypt in parts. `events` are further frame numbers (openings and
    ends of connections, ICMP errors).

    Raises:
        CaptureError: the capture cannot be read again.
    """
    numbers = {m.number for m in messages} | set(events)
    by_frame: dict[int, list[Wanted]] = {}
    for message in messages:
        by_frame.setdefault(message.number, []).append(message)
    last = max(numbers, default=0)
    recent: dict[bytes, list[tuple[int, bytes]]] = {m.ends: [] for m in messages if m.ends}
    sealed = {m.sealed for m in messages if m.sealed}
    for frame in frames_again(capture):
        number, data = frame[0], frame[3]
        if any(
            ends in data and ports in data
            for pairs in sealed
            for ends, ports in zip(pairs[::2], pairs[1::2], strict=True)
        ):
            numbers.add(number)
        if number > last:
            if not sealed:
                break
            continue
        for ends, kept in recent.items():
            if ends in data:
                kept.append((number, data))
                del kept[:-_BACK]
        for message in by_frame.get(number, ()):
            numbers |= _carriers(message, recent.get(message.ends, []))
    return {f[0]: _written(f) for f in frames_again(capture) if f[0] in numbers}


def redacted(frames: Mapping[int, Written], redact: Callable[[bytes], bytes]) -> dict[int, Written]:
    """The same frames after a capture of them alone was redacted, which keeps their number and order."""
    copies = frames_again(io.BytesIO(redact(pcapng(frames.values(), ""))))
    return {number: _written(copy) for number, copy in zip(frames, copies, strict=True)}


def commented(frames: Mapping[int, Written], comments: Mapping[int, Sequence[str]], tool: str) -> bytes:
    """A pcapng of the frames with comments by frame number."""
    return pcapng((replace(f, comments=tuple(comments.get(n, ()))) for n, f in frames.items()), tool)


def _carriers(message: Wanted, recent: Sequence[tuple[int, bytes]]) -> set[int]:
    """The frames that hold the message's octets, from its end to its beginning, in whatever order they came."""
    found: set[int] = set()
    rest = len(message.data)
    candidates = list(reversed(recent))
    while rest and candidates:
        size, at = max((_tail(message.data, rest, data), -i) for i, (_, data) in enumerate(candidates))
        if not size:
            break
        found.add(candidates.pop(-at)[0])
        rest -= size
    return found


def _tail(data: bytes, end: int, frame: bytes) -> int:
    """Octets of the longest run that ends at `end` of the message and stands in the frame."""
    low, high = 0, min(end, len(frame))
    while low < high:
        middle = (low + high + 1) // 2
        if data[end - middle : end] in frame:
            low = middle
        else:
            high = middle - 1
    return low if low >= min(_SHORTEST, end) or (low and frame.endswith(data[end - low : end])) else 0


def _ends(hop: Hop) -> bytes:
    return b"".join(_address(e) for e in (hop.source, hop.destination)) if hop.source and hop.destination else b""


def _sealed(hop: Hop) -> tuple[bytes, ...]:
    one, other = hop.source, hop.destination
    if hop.transport not in SEALED or one is None or other is None or one.port is None or other.port is None:
        return ()
    there = struct.pack(">HH", one.port, other.port)
    back = struct.pack(">HH", other.port, one.port)
    return (_address(one) + _address(other), there, _address(other) + _address(one), back)


def _address(endpoint: Endpoint) -> bytes:
    try:
        return ip_address(endpoint.host).packed
    except ValueError:
        return b""


def _written(frame: RawFrame) -> Written:
    _, time, link, data, full, _, _ = frame
    return Written(data, time, link, full)
