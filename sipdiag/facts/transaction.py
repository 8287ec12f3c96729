"""One message between two addresses, and one request with its path and its answers."""

from __future__ import annotations

from sipdiag.cached import cached_property
from sipdiag.dataclass import dataclass
from sipdiag.places import Frame
from sipdiag.raw import Endpoint
from sipdiag.sip.header import CSeq
from sipdiag.sip.message import Message, recent_message


@dataclass(frozen=True, slots=True, eq=False)
class Hop:
    """One message between two addresses. `copies` are its retransmissions and duplicates, the first sighting left out;
    `elsewhere` are the sightings of the same in other inputs of the case.

    `order` is its position among all messages of the case. `sent` is as in `raw.Packet`. `shared` are the hosts on which
    several parties run, as where all of a test runs on one machine: there a port tells them apart. A case may have hundreds of
    thousands: what is asked of each of them is kept here, the rest is read again of `data` where it was forgotten.
    """

    data: bytes
    frame: Frame
    order: int
    call_id: str
    cseq: CSeq
    from_tag: str | None = None
    to_tag: str | None = None
    is_request: bool = True
    status: int | None = None
    branch: str | None = None
    source: Endpoint | None = None
    destination: Endpoint | None = None
    transport: str | None = None
    sent: bool | None = None
    copies: tuple[Frame, ...] = ()
    elsewhere: tuple[Frame, ...] = ()
    shared: frozenset[str] = frozenset()

    @property
    def message(self) -> Message:
        return recent_message(self.data)

    @property
    def time(self) -> float | None:
        return self.frame.time

    @property
    def origin(self) -> str | None:
        """Where it was sent from: a host (where several parties share it, with the port), or the writer of a log that gives no address of its own.

        For comparing only; what is shown are addresses.
        """
        return _place(self.source, self.frame.input, self.shared, here=self.sent is True)

    @property
    def goal(self) -> str | None:
        """Where it was sent to, as `origin`."""
        return _place(self.destination, self.frame.input, self.shared, here=self.sent is False)


def _place(end: Endpoint | None, log: str, shared: frozenset[str], *, here: bool) -> str | None:
    if end is not None:
        return f"{end.host} port {end.port}" if shared and end.host in shared else end.host
    return f"(the writer of {log})" if here else None


@dataclass(frozen=True, eq=False)
class Transaction:
    """One request from its sender to whoever answers it, over all hops that were seen (RFC 3261, 17).

    `hops` are its sightings in order of the path, `responses` every response at every hop in order of time. The same
    Call-ID, From tag, CSeq and method with another branch is the same request, forwarded.
    """

    method: str
    call_id: str
    from_tag: str
    cseq: int
    hops: tuple[Hop, ...]
    responses: tuple[Hop, ...] = ()

    @property
    def first(self) -> Hop:
        return self.hops[0]

    @property
    def message(self) -> Message:
        """The request as it left its sender, or as near to that as was seen."""
        return self.hops[0].message

    @cached_property
    def at(self) -> Frame:
        return self.hops[0].frame

    @property
    def order(self) -> int:
        return self.hops[0].order

    @cached_property
    def finals(self) -> tuple[Hop, ...]:
        return tuple(r for r in self.responses if (r.status or 0) >= 200)

    @cached_property
    def final(self) -> Hop | None:
        """The final response as it came back to the first hop, or the nearest to that which was seen.

        A 2xx beats what came before it: forked INVITEs may bring both.
        """
        branch = self.hops[0].branch
        own = [r for r in self.finals if branch and r.branch == branch]
        chosen = own or list(self.finals)
        return next((r for r in chosen if (r.status or 0) < 300), chosen[0] if chosen else None)

    @cached_property
    def status(self) -> int | None:
        return self.final.status if self.final else None

    @cached_property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @cached_property
    def refused(self) -> bool:
        return self.status is not None and self.status >= 300

    @property
    def challenged(self) -> bool:
        return self.status in (401, 407)

    @cached_property
    def answerer(self) -> Hop | None:
        """The final response where it was made: its first sighting. The hop that made it is who answers for it."""
        if self.final is None:
            return None
        return next(r for r in self.finals if r.status == self.final.status)

    @cached_property
    def provisionals(self) -> tuple[Hop, ...]:
        return tuple(r for r in self.responses if (r.status or 0) < 200)

    @property
    def repeats(self) -> tuple[Frame, ...]:
        """Retransmissions of the request at its first hop."""
        return self.hops[0].copies

    @property
    def to_tag(self) -> str | None:
        return self.hops[0].to_tag

    @cached_property
    def last_order(self) -> int:
        return max(h.order for h in (*self.hops, *self.responses))

    def __repr__(self) -> str:
        return f"<{self.method} {self.cseq} {self.status or 'unanswered'} frame {self.at.number or self.at.line}>"
