"""A stream that goes on in another capture: what the end of one cuts in two, the next one finishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.raw import Begun
from sipdiag.sources.captures.addresses import endpoint
from sipdiag.sources.captures.framing import Framer
from sipdiag.sources.captures.scene import Scene

if TYPE_CHECKING:
    from sipdiag.sources.captures.tcp import Flow, Half

_WITHIN = 60.0  # seconds between two captures in which one octet of a stream may follow another
_BEFORE = 1.0  # and by which the clocks of two may disagree
_NEAR = 65_536  # octets by which the first segment of the second capture may be early (sent again) or late


def note_begun(scene: Scene, flow: Flow) -> None:
    """Note what a connection had begun to say when the capture ended."""
    for half in (flow.client, flow.server):
        rest = b"" if half.framer is None or half.waiting else half.framer.rest
        if rest and half.next is not None:
            ends = endpoint(*half.ends[:2]), endpoint(*half.ends[2:])
            scene.begun.append(Begun(*ends, rest, half.next, scene.time))


def resumed(scene: Scene, half: Half, sequence: int) -> int:
    """The sequence number that comes next in a direction of which the segment at hand is the first of this capture:
    that of the segment, or of what a capture before this one cut in two, if the segment goes on with that.
    """
    ends = endpoint(*half.ends[:2]), endpoint(*half.ends[2:])
    begun = scene.awaited.get(ends)
    if begun is None or not -_BEFORE <= scene.time - begun.time <= _WITHIN:
        return sequence
    if (sequence - begun.following + _NEAR) & 0xFFFFFFFF > 2 * _NEAR:
        return sequence
    half.kind, half.framer = "sip", Framer(scene.limits.flow_buffer)
    half.framer.feed(begun.data)
    scene.buffered += len(half.framer)
    scene.resumed.append(scene.awaited.pop(ends))
    return begun.following
