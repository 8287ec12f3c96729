"""Captures beside a box: what was recorded on each of its sides, of a scenario in which it stands in the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sipdiag.raw import Packet
from tests.support.pcap import pcap
from tests.support.scenario import play
from tests.support.sent import Sent

Edit = Callable[[Packet], bytes]


def on_the_box(scenario: str, box: str, edit: Edit = lambda packet: packet.data) -> list[Packet]:
    """The messages of a scenario; `edit` gives what the box (an address) makes of each message that it sends."""
    return [
        replace(p, data=edit(p)) if p.source is not None and p.source.host == box else p for p in play(scenario).packets
    ]


def sides(packets: list[Packet], near: str, folder: Path, ahead: float = 0.0, way: float = 0.003) -> list[str]:
    """Two captures: of what passed between the box and `near` (an address), and of all else, by a clock that is ahead.

    Each message is seen at the far side `way` seconds after it was sent.
    """
    here = [p for p in packets if near in {e.host for e in (p.source, p.destination) if e is not None}]
    far = [p for p in packets if all(p is not h for h in here)]
    files = folder / "near.pcap", folder / "far.pcap"
    files[0].write_bytes(recorded(here))
    files[1].write_bytes(recorded(far, ahead + way))
    return [str(f) for f in files]


def recorded(packets: list[Packet], ahead: float = 0.0) -> bytes:
    return pcap(
        Sent((p.frame.time or 0.0) + ahead, p.source, p.destination, p.transport or "udp", p.data)
        for p in packets
        if p.source is not None and p.destination is not None
    )
