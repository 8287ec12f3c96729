"""What the parties of the final call were told of media when the transfer was over, and what RTP then flowed."""

from __future__ import annotations

import itertools

from sipdiag.dataclass import dataclass
from sipdiag.facts.exchanges import exchanges, unsettled
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.reach import kind_of
from sipdiag.facts.timers import MEDIA_AFTER_TRANSFER
from sipdiag.facts.transaction import Hop
from sipdiag.facts.transfer import Transfer
from sipdiag.places import Frame, elapsed
from sipdiag.sip.sdp import Media


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """The last SDP that the transferee got: it names the media of the transferor, who has left."""

    media: Media
    told: Hop
    own: Hop  # the transferor's SDP with the same address and port


@dataclass(frozen=True, slots=True)
class Silence:
    """RTP of the new call in one direction only. `to_target` tells which is there; `packets` are counted."""

    to_target: bool
    packets: int
    seconds: float
    at: Frame


@dataclass(frozen=True, slots=True)
class Unroutable:
    """The last SDP that a party on the public network got: a private address, where its sender named a public one before."""

    media: Media
    told: Hop
    usual: Media
    before: Hop


def left_behind(transfer: Transfer) -> LeftBehind | None:
    """What a B2BUA never told the transferee: that the media are elsewhere since the transfer (RFC 3725)."""
    leg, side, target = transfer.leg, transfer.transferor, transfer.target
    if leg is None or side is None or target is None or target.leg.answer is None or transfer.relayed:
        return None
    if not transfer.byes() or leg.place(side) in transfer.placers:
        return None
    own = [(h, m) for h in leg.sent_by(side) if (m := media_of(h)) is not None]
    theirs = {(m.address, m.port) for h in target.leg.hops if (m := media_of(h)) and h.origin not in transfer.placers}
    for other in transfer.other_legs:
        told = [
            (h, m)
            for e in exchanges(other)
            for side in Side
            if (h := e.hop(side)).origin in transfer.placers and (m := e.media(side)) is not None
        ]
        if not told or other.answer is None or any(b.order < target.leg.answer.order for b in other.byes):
            continue
        hop, media = told[-1]
        same = next((h for h, m in own if (m.address, m.port) == (media.address, media.port)), None)
        if same is None or (media.address, media.port) in theirs:
            continue
        if lasts(other, target.leg.answer):
            return LeftBehind(media, hop, same)
    return None


def unroutable(transfer: Transfer) -> Unroutable | None:
    """A private media address that went from one public address to another after the REFER (RFC 1918, 3).

    Whoever sends to where packets come from, whatever SDP tells, may be heard all the same; so RTP from the party that
    was told refutes it, and so do ICE candidates, among which a public one may be. Without any RTP nothing is said.
    """
    refer, target = transfer.decisive, transfer.target
    if refer is None or target is None or target.leg.answer is None or not transfer.around.media:
        return None
    legs = [leg for leg in (transfer.leg, *transfer.other_legs, target.leg) if leg is not None]
    for leg, side in itertools.product(legs, Side):
        said = [(e.hop(side), m) for e in exchanges(leg) if (m := e.media(side)) is not None and m.address]
        if len(said) < 2 or said[-1][0].order < refer.order:
            continue
        hop, media = said[-1]
        before = next(((h, m) for h, m in said if _kind(m.address) == "public"), None)
        ends = hop.source, hop.destination
        if before is None or _kind(media.address) != "private" or before[0].origin != hop.origin:
            continue
        if any(e is None or _kind(e.host) != "public" for e in ends) or b"a=candidate" in hop.message.body:
            continue
        if lasts(leg, hop) and not _heard(transfer, leg, side, hop, media):
            return Unroutable(media, hop, before[1], before[0])
    return None


def _kind(host: str | None) -> str:
    """What an address is, with `public` for one that may be reached from anywhere; empty for a name."""
    if host is None or (not host.replace(".", "").isdigit() and ":" not in host):
        return ""
    return kind_of(host) or "public"


def _heard(transfer: Transfer, leg: Leg, side: Side, told: Hop, media: Media) -> bool:
    """Whether RTP reached the side that named an address, for some time after it did, wherever it was sent to."""
    peers = [m for h in leg.sent_by(side.other) if (m := media_of(h)) is not None]
    sources = {(m.address, m.port) for m in peers}
    for flow in transfer.around.media:
        late = elapsed(told.frame, flow.last)
        if late is not None and late < MEDIA_AFTER_TRANSFER:
            continue
        goal = flow.destination
        if (flow.source.host, flow.source.port) in sources or goal.host == told.origin:
            return True
        if (goal.host, goal.port) == (media.address, media.port):
            return True
    return False


def silence(transfer: Transfer) -> Silence | None:
    """RTP on the new call to one of its ends only, for as long as it lasted in the capture.

    Sampled counts, lost packets, a call of a few seconds, and one that was held or led elsewhere tell nothing. A side
    that keeps silent sends comfort noise now and then, which is RTP as well (RFC 3389).
    """
    target = transfer.target
    if target is None or target.leg.answer is None or not target.certain or not target.leg.coverage.lossless:
        return None
    said, lasted = exchanges(target.leg), until(target.leg, target.leg.answer)
    if not said or lasted is None or lasted < 2 * MEDIA_AFTER_TRANSFER or unsettled(target.leg, said[-1].answer.order):
        return None
    if not all(e.both_ways for e in said) or not all(f.exact for f in transfer.around.media):
        return None
    places = {tuple(m.place if (m := e.media(side)) else None for side in Side) for e in said}
    offer, answer = said[0].media(Side.CALLER), media_of(target.leg.answer) or said[0].media(Side.CALLEE)
    if len(places) > 1 or offer is None or answer is None:
        return None
    to, back = talk(transfer, offer, answer, target.leg.answer)
    if bool(to) == bool(back):
        return None
    return Silence(to > 0, to or back, lasted, target.leg.answer.frame)


def talk(transfer: Transfer, offer: Media, answer: Media, since: Hop) -> tuple[int, int]:
    """RTP packets from who offered to who answered, and back, of flows that went on after a message.

    A flow counts by either of its ends, since what stands in SDP need not be what a NAT shows; the transferor's own are
    left out.
    """
    here, there = offer.place, answer.place
    gone = {m.place for h in _by_transferor(transfer) if (m := media_of(h)) is not None} - {here, there}
    count = {True: 0, False: 0}
    for flow in transfer.around.media_at(here, there):
        ends = (flow.source.host, flow.source.port), (flow.destination.host, flow.destination.port)
        late = elapsed(since.frame, flow.last)
        if late is None or late <= 0 or gone & set(ends):
            continue
        if ends[0] == here or ends[1] == there:
            count[True] += flow.packets
        elif ends[1] == here or ends[0] == there:
            count[False] += flow.packets
    return count[True], count[False]


def _by_transferor(transfer: Transfer) -> list[Hop]:
    return list(transfer.leg.sent_by(transfer.transferor)) if transfer.leg and transfer.transferor else []


def media_of(hop: Hop) -> Media | None:
    """The audio section that a message describes, where it is in use."""
    audio = hop.message.sdp.audio if hop.message.sdp is not None else None
    return audio if audio is not None and audio.active else None


def lasts(leg: Leg, since: Hop) -> bool:
    """Whether a leg stood for some time after a message, and no offer after it may have changed more than is seen."""
    waited = until(leg, since)
    return (
        leg.coverage.lossless
        and waited is not None
        and waited >= MEDIA_AFTER_TRANSFER
        and not unsettled(leg, since.order)
    )


def until(leg: Leg, since: Hop) -> float | None:
    """How long a leg stood after a message, as far as the input shows."""
    end = leg.byes[0].at.time if leg.byes else leg.coverage.until
    return end - since.time if end is not None and since.time is not None else None
