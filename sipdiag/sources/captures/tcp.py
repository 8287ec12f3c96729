"""TCP connections: their octets in order (RFC 9293), and how they were opened and closed."""

from __future__ import annotations

import re
import struct
from heapq import heappop, heappush

from sipdiag.places import Frame
from sipdiag.raw import Connection
from sipdiag.sources.captures.addresses import Ends, endpoint
from sipdiag.sources.captures.framing import Framer
from sipdiag.sources.captures.hep import MAGIC, HepStream, read_hep
from sipdiag.sources.captures.resume import note_begun, resumed
from sipdiag.sources.captures.scene import Scene
from sipdiag.sources.captures.start import RESTART, START
from sipdiag.sources.captures.tls import Tls, looks_like_tls
from sipdiag.sources.captures.websocket import WebSocket, looks_like_websocket

_FIN, _SYN, _RST, _ACK = 1, 2, 4, 16
_header = struct.Struct("!HHIIH").unpack_from
_BEGINNING = re.compile(rb"[\r\n]*+[A-Z]{1,20}(?:[ /][^\n]*)?\Z")  # of a start line whose end is in a later segment
# Seconds after which octets that the other side has acknowledged will not come any more: the capture missed them.
_PATIENCE = 1.0

Segment = tuple[int, int, float, str | None, bytes, int]  # place in the stream, frame, time, interface, octets, offset


class Half:
    """One direction of a connection. `place` counts the octets delivered; `next` is the sequence number after them."""

    __slots__ = ("ends", "flow", "framer", "held", "hep", "kind", "next", "peer", "place", "waiting", "websocket")

    def __init__(self, flow: Flow, ends: Ends) -> None:
        self.flow, self.ends = flow, ends
        self.peer: Half = self
        self.next: int | None = None
        self.place = 0
        self.waiting: list[Segment] = []
        self.held = 0
        self.kind = ""  # sip, tls, ws, hep, or nothing known
        self.framer: Framer | None = None
        self.websocket: WebSocket | None = None
        self.hep: HepStream | None = None


class Flow:
    """A connection: both directions, and what happened to it."""

    __slots__ = (
        "client", "closed", "closed_by", "copies", "fins", "first_sequence", "last_data", "messages", "opened", "reset",
        "server", "state", "tls",
    )  # fmt: skip

    def __init__(self, ends: Ends, opened: Frame, state: str) -> None:
        self.client, self.server = Half(self, ends), Half(self, (ends[2], ends[3], ends[0], ends[1]))
        self.client.peer, self.server.peer = self.server, self.client
        self.opened, self.state = opened, state
        self.first_sequence = 0
        self.copies = 1
        self.last_data: tuple[int, float] | None = None
        self.closed: Frame | None = None
        self.closed_by: Half | None = None
        self.reset = False
        self.fins = 0
        self.messages = 0
        self.tls: Tls | None = None

    @property
    def matters(self) -> bool:
        """Whether it carried SIP, may have carried it under TLS, or never came about."""
        return self.messages > 0 or self.tls is not None or self.state in ("refused", "unanswered")


class Tcp:
    """All connections of a capture."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._halves: dict[Ends, Half] = {}
        self._flows: dict[Flow, None] = {}

    def segment(self, data: bytes, at: int, stop: int, offset: int, source: bytes, destination: bytes) -> None:
        """A segment `data[at:stop]`; `stop` lies behind the end of `data` where that was cut off."""
        if len(data) < at + 20:
            return
        sport, dport, sequence, acknowledged, bits = _header(data, at)
        begin = at + (bits >> 12) * 4
        size = stop - begin
        half = self._halves.get((source, sport, destination, dport))
        if bits & (_SYN | _RST | _FIN) or half is None:
            if bits & _SYN:
                self._opening((source, sport, destination, dport), sequence, bool(bits & _ACK))
                return
            if half is None:
                if size <= 0 or begin >= len(data):
                    return
                half = self._midstream((source, sport, destination, dport))
        scene = self._scene
        if size > 0 and begin < len(data):
            half.flow.last_data = (scene.number, scene.time)
            if half.next is None:
                half.next = resumed(scene, half, sequence) if scene.awaited else sequence
            # Signed distance on a circle of 2**32.
            ahead = ((sequence - half.next + 0x80000000) & 0xFFFFFFFF) - 0x80000000
            payload = data[begin:stop]
            place = offset + begin if offset >= 0 else -1
            if ahead > 0 and len(payload) == size:
                self._hold(half, ahead, payload, place)
            elif ahead + size > 0:
                if ahead < 0:
                    payload = payload[-ahead:]
                    place = place - ahead if place >= 0 else -1
                elif ahead > 0:
                    self._jump(half, ahead)
                if payload:
                    half.next = (half.next + len(payload)) & 0xFFFFFFFF
                    half.place += len(payload)
                    self._deliver(half, payload, place)
                missing = begin + size - len(data)
                if missing > 0:
                    self._cut(half, missing)
                if half.waiting:
                    self._drain(half, None)
        peer = half.peer
        if peer.waiting and bits & _ACK:
            self._acknowledge(peer, acknowledged)
        if bits & (_FIN | _RST):
            self._closing(half, bool(bits & _RST))

    # Opening and closing

    def _opening(self, key: Ends, sequence: int, answer: bool) -> None:
        half = self._halves.get(key)
        flow = half.flow if half else None
        if flow is not None and half is not None:
            if answer and half is flow.server and flow.state in ("unanswered", "established"):
                if flow.state == "unanswered":
                    flow.state, half.next = "established", (sequence + 1) & 0xFFFFFFFF
                return
            if not answer and half is flow.client and flow.first_sequence == sequence:
                flow.copies += 1
                return
            self._end(flow)
        source, sport, destination, dport = key
        back = (destination, dport, source, sport)
        flow = self._add(back if answer else key, "established" if answer else "unanswered")
        (flow.server if answer else flow.client).next = (sequence + 1) & 0xFFFFFFFF
        flow.first_sequence = -1 if answer else sequence

    def _midstream(self, key: Ends) -> Half:
        source, sport, destination, dport = key
        # Nobody tells who opened it: servers listen on the lower port.
        client = key if sport >= dport else (destination, dport, source, sport)
        self._add(client, "midstream")
        return self._halves[key]

    def _add(self, key: Ends, state: str) -> Flow:
        scene = self._scene
        if len(self._flows) >= scene.limits.flows:
            scene.problem(
                f"more than {scene.limits.flows} TCP connections at the same time; the oldest were closed early"
            )
            self._end(next(iter(self._flows)))
        flow = Flow(key, scene.frame(), state)
        self._flows[flow] = None
        self._halves[key], self._halves[flow.server.ends] = flow.client, flow.server
        return flow

    def _closing(self, half: Half, reset: bool) -> None:
        flow = half.flow
        if reset and flow.state == "unanswered" and half is flow.server:
            flow.state = "refused"
        if flow.closed is None:
            flow.closed, flow.closed_by, flow.reset = self._scene.frame(), half, reset
        flow.fins += 1
        if (reset or flow.fins > 1) and not flow.matters and not half.waiting and not half.peer.waiting:
            self._end(flow)

    def _end(self, flow: Flow) -> None:
        scene = self._scene
        for half in (flow.client, flow.server):
            while half.waiting:
                self._give_up(half)
            if pending := self._dropped(half):
                scene.loss("the capture does not hold the rest of the message", half.ends, pending)
            self._halves.pop(half.ends, None)  # both ends of a forged connection may be one
        self._flows.pop(flow, None)
        if flow.matters:
            self._tell(flow)
        # Nobody asks for it again: without its circles it is gone at once, not when rubbish is looked for.
        del flow.client.peer, flow.server.peer, flow.client.flow, flow.server.flow

    def _tell(self, flow: Flow) -> None:
        """List a connection that matters."""
        scene = self._scene
        if len(scene.connections) >= scene.limits.connections:
            scene.problem(f"more than {scene.limits.connections} TCP connections; the rest is not listed")
            return
        by = None if flow.closed_by is None else flow.closed_by is flow.client
        scene.connections.append(
            Connection(
                endpoint(*flow.client.ends[:2]),
                endpoint(*flow.server.ends[:2]),
                flow.opened,
                flow.state,
                Frame(scene.input_id, *flow.last_data) if flow.last_data else None,
                flow.closed,
                by,
                flow.reset,
                flow.messages,
                flow.tls.session() if flow.tls else None,
                flow.copies,
            )
        )

    def finish(self) -> None:
        """The input has ended."""
        for flow in list(self._flows):
            note_begun(self._scene, flow)
            self._end(flow)

    # Order

    def _hold(self, half: Half, ahead: int, payload: bytes, offset: int) -> None:
        scene = self._scene
        heappush(half.waiting, (half.place + ahead, scene.number, scene.time, scene.interface, payload, offset))
        half.held += len(payload)
        scene.buffered += len(payload)
        if half.held > scene.limits.flow_buffer or scene.buffered > scene.limits.total_buffer:
            self._give_up(half)

    def _acknowledge(self, half: Half, acknowledged: int) -> None:
        """The receiver has octets that the capture does not."""
        place, _, time, *_ = half.waiting[0]
        missing = place - half.place
        assert half.next is not None  # noqa: S101 - segments wait only in a stream that has begun
        if self._scene.time - time >= _PATIENCE and (acknowledged - half.next - missing) & 0xFFFFFFFF < 0x80000000:
            self._give_up(half)

    def _give_up(self, half: Half) -> None:
        """Go on behind the octets that are missing."""
        place, number, time, interface, *_ = half.waiting[0]
        scene = self._scene
        now = (scene.number, scene.time, scene.interface)
        scene.number, scene.time, scene.interface = number, time, interface
        self._jump(half, place - half.place)
        scene.number, scene.time, scene.interface = now
        self._drain(half, now)

    def _jump(self, half: Half, missing: int) -> None:
        assert half.next is not None  # noqa: S101 - as above
        half.place += missing
        half.next = (half.next + missing) & 0xFFFFFFFF
        if half.kind == "sip" and half.framer is not None:
            self._scene.loss(f"{missing} octets of the TCP stream are missing", half.ends, self._dropped(half))
        if half.kind == "tls" and half.flow.tls is not None:
            half.flow.tls.gap(half is half.flow.client)
        elif half.kind == "ws":
            half.kind, half.websocket = "", None
        elif half.kind == "hep":
            half.kind, half.hep = "", None

    def _drain(self, half: Half, now: tuple[int, float, str | None] | None) -> None:
        """Deliver the waiting segments that are next: in the frame at hand, which completed them, or in their own (`now`)."""
        scene = self._scene
        while half.waiting and half.waiting[0][0] <= half.place:
            place, number, time, interface, payload, offset = heappop(half.waiting)
            half.held -= len(payload)
            scene.buffered -= len(payload)
            known = half.place - place
            if known < len(payload):
                assert half.next is not None  # noqa: S101 - as above
                payload, offset = payload[known:], offset + known if offset >= 0 else -1
                half.next = (half.next + len(payload)) & 0xFFFFFFFF
                half.place += len(payload)
                if now is not None:
                    scene.number, scene.time, scene.interface = number, time, interface
                self._deliver(half, payload, offset)
        if now is not None:
            scene.number, scene.time, scene.interface = now

    def _cut(self, half: Half, missing: int) -> None:
        """The snap length has cut the end of a segment off."""
        if pending := self._dropped(half):
            self._message(half, pending, -1, "tcp", True)
        self._jump(half, missing)

    # What the octets are

    def _deliver(self, half: Half, payload: bytes, offset: int) -> None:
        """The next octets of the stream; `offset` is their place in the input, or -1."""
        if half.kind == "":
            payload, offset = self._recognise(half, payload, offset)
        if half.kind == "sip" and half.framer is not None:
            kept = len(half.framer)
            for message, at in half.framer.feed(payload):
                self._message(half, message, offset + at if at >= 0 and offset >= 0 else -1, "tcp", False)
            for why, start in half.framer.given_up:
                self._scene.loss(why, half.ends, start)
            half.framer.given_up.clear()
            self._scene.buffered += len(half.framer) - kept
            if self._scene.buffered > self._scene.limits.total_buffer and len(half.framer):
                self._scene.loss("too many messages are unfinished at the same time", half.ends, self._dropped(half))
            if half.framer.skipped and not half.flow.messages:
                self._dropped(half)
                half.kind, half.framer = "", None
        elif half.kind == "tls" and half.flow.tls is not None:
            half.flow.tls.feed(half is half.flow.client, payload, self._scene.frame())
        elif half.kind == "ws" and half.websocket is not None:
            for message in half.websocket.feed(payload):
                if START.match(message):
                    self._message(half, message.lstrip(b"\r\n"), -1, "ws", False)
        elif half.kind == "hep" and half.hep is not None:
            for packet in half.hep.feed(payload):
                read_hep(self._scene, packet, -1)

    def _recognise(self, half: Half, payload: bytes, offset: int) -> tuple[bytes, int]:
        first = payload[0]
        if first > 0x82 and b"SIP/2.0" not in payload:
            return payload, offset
        if 0x14 <= first <= 0x17 and looks_like_tls(payload):
            half.kind = "tls"
            if half.flow.tls is None:
                half.flow.tls = Tls()
        elif first & 0x70 == 0 and looks_like_websocket(payload):
            half.kind, half.websocket = "ws", WebSocket(self._scene.limits.flow_buffer)
        elif payload.startswith(MAGIC):
            half.kind, half.hep = "hep", HepStream()
        elif START.match(payload) or _BEGINNING.match(payload):
            half.kind, half.framer = "sip", Framer(self._scene.limits.flow_buffer)
        elif b"SIP/2.0" in payload:
            start = RESTART.search(payload)
            if start is not None:
                half.kind, half.framer = "sip", Framer(self._scene.limits.flow_buffer)
                begin = start.start("line")
                return payload[begin:], offset + begin if offset >= 0 else -1
        return payload, offset

    def _dropped(self, half: Half) -> bytes:
        """The beginning of a message that will not be finished; the octets kept of it are forgotten."""
        if half.framer is None:
            return b""
        self._scene.buffered -= len(half.framer)
        return half.framer.drop()

    def _message(self, half: Half, message: bytes, offset: int, transport: str, cut: bool) -> None:
        half.flow.messages += 1
        self._scene.message(message, offset, half.ends, transport, cut)
