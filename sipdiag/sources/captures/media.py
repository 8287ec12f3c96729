"""RTP (RFC 3550), counted: who sent media to whom, and when."""

from __future__ import annotations

from sipdiag.places import Frame
from sipdiag.raw import MediaFlow
from sipdiag.sources.captures.addresses import endpoint
from sipdiag.sources.captures.scene import Scene


class Media:
    """The RTP flows that were seen frame by frame."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._flows: dict[tuple[bytes, bytes, bytes], list[float]] = {}

    def packet(self, data: bytes, at: int, stop: int, source: bytes, destination: bytes) -> None:
        """A UDP packet at `at` whose payload begins with an octet from 0x80 on."""
        # Version 2; not RTCP (RFC 5761, 4)
        if data[at + 8] >> 6 != 2 or stop - at < 20 or len(data) < at + 10 or 192 <= data[at + 9] <= 223:
            return
        scene = self._scene
        key = (source, destination, data[at : at + 4])
        flow = self._flows.get(key)
        if flow is not None:
            flow[0] += 1
            flow[3], flow[4] = scene.number, scene.time
        elif len(self._flows) < scene.limits.events:
            self._flows[key] = [1, scene.number, scene.time, scene.number, scene.time]
        else:
            scene.problem(f"more than {scene.limits.events} media flows; the rest is not listed")

    def flows(self, exact: bool) -> tuple[MediaFlow, ...]:
        """What was seen, in the order of the first packets. A single packet is no media but where more come back: one
        packet of comfort noise may be all that a silent side sends (RFC 3389)."""
        scene = self._scene
        return tuple(
            MediaFlow(
                endpoint(source, int.from_bytes(ports[:2], "big")),
                endpoint(destination, int.from_bytes(ports[2:], "big")),
                int(count),
                Frame(scene.input_id, int(first), begin),
                Frame(scene.input_id, int(last), end),
                exact,
            )
            for (source, destination, ports), (count, first, begin, last, end) in self._flows.items()
            if count > 1 or self._flows.get((destination, source, ports[2:] + ports[:2]), (0,))[0] > 1
        )
