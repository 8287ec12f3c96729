"""Calls whose audio was held for the transfer, or from the start, and never let flow both ways again (RFC 3264, 8.4)."""

from __future__ import annotations

from sipdiag.dataclass import dataclass
from sipdiag.facts.exchanges import Exchange, exchanges, limited, refusal, unsettled
from sipdiag.facts.final_media import lasts, talk
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.new_call import Failure
from sipdiag.facts.timers import KEPT_LEG, MEDIA_AFTER_TRANSFER
from sipdiag.facts.transaction import Hop
from sipdiag.facts.transfer import Transfer
from sipdiag.sip.sdp import Media


@dataclass(frozen=True, slots=True)
class OneWay:
    """The first offer and answer of the new call, of which one gave less than to talk and listen. `by` gave it;
    `refused` is the response with which a later offer was refused."""

    by: Side
    exchange: Exchange
    refused: Hop | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A leg that was put on hold and stayed so. `held` is the SDP that did it; `back` where the transferor took its own
    leg off hold. `to` is who is held, where its address is known."""

    media: Media
    held: Hop
    refused: Hop | None
    back: Hop | None = None

    @property
    def to(self) -> str:
        return self.held.destination.host if self.held.destination is not None else "the other side"


def one_way(transfer: Transfer) -> OneWay | None:
    """The new call, where one of its ends held it or gave one direction only from the start, and it was never put right.

    A target that answers a=sendonly plays music or an announcement to a queue. RTP both ways refutes it.
    """
    target = transfer.target
    if target is None or target.leg.answer is None or not target.certain:
        return None
    said = exchanges(target.leg)
    if not said or any(e.both_ways for e in said) or not lasts(target.leg, target.leg.answer):
        return None
    by = next((side for side in Side if said[0].limited_by(side)), None)
    media = said[0].media(by) if by is not None else None
    if by is None or media is None or (by is Side.CALLEE and media.direction == "sendonly"):
        return None
    if _heard(transfer, said[0], target.leg.answer):
        return None
    return OneWay(by, said[0], refusal(target.leg, target.leg.answer.order))


def left_on_hold(transfer: Transfer) -> Kept | None:
    """The transferee, whom a B2BUA put on hold for the transfer and never let talk to the target."""
    target = transfer.target
    if target is None or target.leg.answer is None or transfer.relayed:
        return None
    answer = target.leg.answer
    for leg in transfer.other_legs:
        kept = _held(leg, _box(transfer, leg))
        if kept is None or kept.held.order > answer.order or any(b.order < answer.order for b in leg.byes):
            continue
        if lasts(leg, answer) and not _heard(transfer, exchanges(leg)[-1], answer):
            return kept
    return None


def held_after_failure(transfer: Transfer, failed: Failure) -> Kept | None:
    """The transferee, whom nobody took off hold when the transfer had failed and the call went on.

    Where the transferor did so on its own leg, the B2BUA has to on the other; `back` is then that offer.
    """
    leg, side, refer = transfer.leg, transfer.transferor, transfer.decisive
    if leg is None or side is None or refer is None or transfer.relayed or failed.at.time is None:
        return None
    if any(r.order > refer.last_order for r in leg.refers):
        return None  # the next transfer is under way
    own = _held(leg, side)
    if own is not None:
        return own if _stood(leg, failed.at.time, KEPT_LEG) else None
    last = next(reversed(exchanges(leg)), None)
    back = last.hop(side) if last is not None and last.both_ways else None
    if back is None or back.time is None or back.time < failed.at.time:
        return None
    for other in transfer.other_legs:
        kept = _held(other, _box(transfer, other))
        if kept is not None and kept.held.order < back.order and _stood(other, back.time, MEDIA_AFTER_TRANSFER):
            return Kept(kept.media, kept.held, kept.refused, back)
    return None


def _held(leg: Leg, side: Side | None) -> Kept | None:
    """The hold by a side of a leg that was up before, if that is how it stands at the end."""
    said = exchanges(leg)
    if side is None or len(said) < 2 or not said[0].both_ways or said[-1].both_ways:
        return None
    since = max(n for n, e in enumerate(said) if e.both_ways) + 1
    begun = said[since]
    media = begun.media(side)
    if media is None or not limited(media) or not begun.limited_by(side) or unsettled(leg, begun.answer.order):
        return None
    return Kept(media, begun.hop(side), refusal(leg, begun.answer.order))


def _box(transfer: Transfer, leg: Leg) -> Side | None:
    """The side of another leg on which the party is that took the REFER."""
    return next((side for side in Side if leg.place(side) in transfer.placers), None)


def _stood(leg: Leg, since: float, seconds: float) -> bool:
    end = leg.byes[0].at.time if leg.byes else leg.coverage.until
    return leg.coverage.lossless and end is not None and end - since >= seconds


def _heard(transfer: Transfer, exchange: Exchange, since: Hop) -> bool:
    """Whether RTP was seen both ways between the two of an exchange after a message, whatever they had said."""
    both = exchange.audio
    return both is not None and all(talk(transfer, *both, since))
