"""Many calls through one B2BUA: each with a leg on either side of it that shares neither Call-ID nor any id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sipdiag.raw import Endpoint
from tests.support.sent import Sent

TRUNK, OUTSIDE = Endpoint("203.0.113.10", 5060), Endpoint("198.51.100.10", 5060)
INSIDE, AGENTS = Endpoint("198.51.100.11", 5060), Endpoint("192.0.2.10", 5060)
START = 1_700_000_000.0


@dataclass(frozen=True, slots=True)
class Dialled:
    """A call: times are seconds after `START`, or after the INVITE; `box` what the box needs to pass a message on.

    `seen_as` is the caller that the box names on its far side, `sent_to` whom it calls there.
    """

    number: int
    at: float
    caller: str = "+15550100144"
    called: str = "+15550100100"
    seen_as: str = ""
    sent_to: str = ""
    rings: float = 0.3
    answers: float = 3.0
    ends: float = 20.0
    by_caller: bool = True
    box: float = 0.02
    headers: tuple[str, ...] = ()
    refers_to: str = ""

    @property
    def ids(self) -> tuple[str, str]:
        return f"outer-{self.number}@trunk.example", f"inner-{self.number}@box.example"


@dataclass(slots=True)
class _Leg:
    call_id: str
    caller: str
    called: str
    near: Endpoint
    far: Endpoint
    headers: tuple[str, ...] = ()
    sent: list[Sent] = field(default_factory=list)

    def request(self, time: float, method: str, cseq: int, *more: str, back: bool = False) -> None:
        here, there = (self.far, self.near) if back else (self.near, self.far)
        me, peer = (self.called, self.caller) if back else (self.caller, self.called)
        tags = ("b", "a") if back else ("a", "b")
        to_tag = "" if method == "INVITE" else f";tag={tags[1]}-{self.call_id}"
        lines = [
            f"{method} sip:{peer}@{there.host}:5060 SIP/2.0",
            f"Via: SIP/2.0/UDP {here.host}:5060;branch=z9hG4bK{method}{cseq}{tags[0]}{self.call_id}",
            f"From: <sip:{me}@{here.host}>;tag={tags[0]}-{self.call_id}",
            f"To: <sip:{peer}@{there.host}>{to_tag}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {cseq} {method}",
            "Max-Forwards: 70",
            f"Contact: <sip:{me}@{here.host}:5060>",
            *more,
        ]
        self._send(time, here, there, lines)

    def response(self, time: float, status: str, method: str, cseq: int, *, back: bool = True) -> None:
        """To a request of the other end; `back` where it goes to the end that placed the leg."""
        here, there = (self.far, self.near) if back else (self.near, self.far)
        me, peer = (self.called, self.caller) if back else (self.caller, self.called)
        tags = ("a", "b") if back else ("b", "a")
        lines = [
            f"SIP/2.0 {status}",
            f"Via: SIP/2.0/UDP {there.host}:5060;branch=z9hG4bK{method}{cseq}{tags[0]}{self.call_id}",
            f"From: <sip:{peer}@{there.host}>;tag={tags[0]}-{self.call_id}",
            f"To: <sip:{me}@{here.host}>;tag={tags[1]}-{self.call_id}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {cseq} {method}",
            f"Contact: <sip:{me}@{here.host}:5060>",
        ]
        self._send(time, here, there, lines)

    def _send(self, time: float, here: Endpoint, there: Endpoint, lines: list[str]) -> None:
        data = "\r\n".join([*lines, "Content-Length: 0", "", ""]).encode()
        self.sent.append(Sent(START + time, here, there, "udp", data))


def sides_of(call: Dialled) -> tuple[list[Sent], list[Sent]]:
    """The messages of the leg that the box received, and of the one that it placed."""
    outer = _Leg(call.ids[0], call.caller, call.called, TRUNK, OUTSIDE)
    inner = _Leg(call.ids[1], call.seen_as or call.caller, call.sent_to or call.called, INSIDE, AGENTS)
    box, at = call.box, call.at
    outer.request(at, "INVITE", 1, *call.headers)
    inner.request(at + box, "INVITE", 1, *call.headers)
    for after, status in ((call.rings, "180 Ringing"), (call.answers, "200 OK")):
        inner.response(at + after, status, "INVITE", 1)
        outer.response(at + after + box, status, "INVITE", 1)
    inner.request(at + call.answers + box, "ACK", 1)
    outer.request(at + call.answers + 2 * box, "ACK", 1)
    if call.refers_to:
        refers = at + call.answers + 5
        inner.request(refers, "REFER", 2, f"Refer-To: <{call.refers_to}>", back=True)
        inner.response(refers + box, "603 Decline", "REFER", 2, back=False)
    first, second = (outer, inner) if call.by_caller else (inner, outer)
    for leg, late in ((first, 0.0), (second, box)):
        leg.request(at + call.ends + late, "BYE", 3, back=not call.by_caller)
        leg.response(at + call.ends + late + 0.004, "200 OK", "BYE", 3, back=call.by_caller)
    return outer.sent, inner.sent


def both_sides(calls: Iterable[Dialled]) -> tuple[list[Sent], list[Sent]]:
    """What passed on either side of the box, in order of time."""
    pairs = [sides_of(call) for call in calls]
    outside, inside = ([m for pair in pairs for m in pair[n]] for n in (0, 1))
    return sorted(outside, key=lambda m: m.time), sorted(inside, key=lambda m: m.time)
