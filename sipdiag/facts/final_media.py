"""What the parties of the final call were told of media when the transfer was over, and what RTP then flowed."""

from __future__ import annotations

import itertools

from sipdiag.dataclass import dataclass
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.reach import kind_of
from sipdiag.facts.timers import MEDIA_AFTER_TRANSFER
from sipdiag.facts.transaction import Hop
from sipdiag.facts.transfer import TargetLeg, Transfer
from sipdiag.places import Frame, elapsed
from sipdiag.sip.sdp import Media


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """The last SDP that the transferee got: it names the media of the transferor, who has left."""

    media: Media
    told: Hop
    own: Hop  # the transferor's SDP with the same address and port


@dataclass(frozen=True, slots=True)
class OneWay:
    """The last offer and answer of the new call, where the party that placed it offered less than to talk and listen."""

    offer: Media
    answer: Media
    offered: Hop
    answered: Hop


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
        told = [(h, m) for h in other.hops if h.origin in transfer.placers and (m := media_of(h)) is not None]
        if not told or other.answer is None or any(b.order < target.leg.answer.order for b in other.byes):
            continue
        hop, media = told[-1]
        same = next((h for h, m in own if (m.address, m.port) == (media.address, media.port)), None)
        if same is None or (media.address, media.port) in theirs:
            continue
        if _stayed(other, target.leg.answer):
            return LeftBehind(media, hop, same)
    return None


def one_way(transfer: Transfer) -> OneWay | None:
    """The new call, where it was offered on hold or in one direction only and was never put right (RFC 3264, 8.4)."""
    target = transfer.target
    if target is None or target.leg.answer is None or not target.certain:
        return None
    offer, answer = media_of(target.invite.first), media_of(target.leg.answer)
    if offer is None or answer is None or not _limited(offer):
        return None
    return (
        OneWay(offer, answer, target.invite.first, target.leg.answer)
        if _stayed(target.leg, target.leg.answer)
        else None
    )


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
        said = [(h, m) for h in leg.sent_by(side) if (m := media_of(h)) is not None and m.address]
        if len(said) < 2 or said[-1][0].order < refer.order:
            continue
        hop, media = said[-1]
        before = next(((h, m) for h, m in said if _kind(m.address) == "public"), None)
        ends = hop.source, hop.destination
        if before is None or _kind(media.address) != "private" or before[0].origin != hop.origin:
            continue
        if any(e is None or _kind(e.host) != "public" for e in ends) or b"a=candidate" in hop.message.body:
            continue
        if _stayed(leg, hop) and not _heard(transfer, leg, side, hop, media):
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

    A flow counts by either of its ends, since what stands in SDP need not be what a NAT shows. Sampled counts, lost
    packets and a call of a few seconds tell nothing.
    """
    target = transfer.target
    if target is None or target.leg.answer is None or not target.certain or not target.leg.coverage.lossless:
        return None
    offer, answer = media_of(target.invite.first), media_of(target.leg.answer)
    lasted = _lasted(target)
    if offer is None or answer is None or lasted is None or lasted < 2 * MEDIA_AFTER_TRANSFER or target.leg.reinvites:
        return None
    if {offer.direction, answer.direction} != {"sendrecv"} or not all(f.exact for f in transfer.around.media):
        return None
    here, there = (offer.address, offer.port), (answer.address, answer.port)
    gone = {(m.address, m.port) for h in _by_transferor(transfer) if (m := media_of(h)) is not None} - {here, there}
    count = {True: 0, False: 0}
    for flow in transfer.around.media_at(here, there):
        ends = (flow.source.host, flow.source.port), (flow.destination.host, flow.destination.port)
        late = elapsed(target.leg.answer.frame, flow.last)
        if late is None or late <= 0 or gone & set(ends):
            continue
        if ends[0] == here or ends[1] == there:
            count[True] += flow.packets
        elif ends[1] == here or ends[0] == there:
            count[False] += flow.packets
    if bool(count[True]) == bool(count[False]):
        return None
    to_target = count[True] > 0
    return Silence(to_target, count[to_target], lasted, target.leg.answer.frame)


def _by_transferor(transfer: Transfer) -> list[Hop]:
    return list(transfer.leg.sent_by(transfer.transferor)) if transfer.leg and transfer.transferor else []


def media_of(hop: Hop) -> Media | None:
    """The audio section that a message describes, where it is in use."""
    audio = hop.message.sdp.audio if hop.message.sdp is not None else None
    return audio if audio is not None and audio.active else None


def _limited(media: Media) -> bool:
    return media.held or media.direction == "recvonly"


def _stayed(leg: Leg, since: Hop) -> bool:
    """Whether no re-INVITE or UPDATE changed a leg's media soon after, nor later while the call stood."""
    waited = _until(leg, since)
    changed = any(t.order > since.order for t in leg.reinvites)
    return not changed and leg.coverage.lossless and waited is not None and waited >= MEDIA_AFTER_TRANSFER


def _lasted(target: TargetLeg) -> float | None:
    return _until(target.leg, target.leg.answer) if target.leg.answer is not None else None


def _until(leg: Leg, since: Hop) -> float | None:
    """How long a leg stood after a message, as far as the input shows."""
    end = leg.byes[0].at.time if leg.byes else leg.coverage.until
    return end - since.time if end is not None and since.time is not None else None
