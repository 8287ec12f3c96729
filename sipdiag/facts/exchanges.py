"""Offers and answers: what the two sides of a leg agreed upon, one exchange after the other (RFC 3264; RFC 6337, 2)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from sipdiag.dataclass import dataclass
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.sip.sdp import Media, Sdp


@dataclass(frozen=True, slots=True)
class Exchange:
    """An offer that was answered and took effect. `offerer` sent the offer; it is the callee's where the INVITE had none."""

    offerer: Side
    offer: Hop
    answer: Hop

    def hop(self, side: Side) -> Hop:
        """The message in which a side described its media."""
        return self.offer if side is self.offerer else self.answer

    @property
    def audio(self) -> tuple[Media, Media] | None:
        """The first audio section that is in use, as offered and as answered; sections belong together by their order."""
        offered, answered = self.offer.message.sdp, self.answer.message.sdp
        if offered is None or answered is None:
            return None
        pairs = zip(offered.media, answered.media, strict=False)
        return next(((o, a) for o, a in pairs if o.kind == "audio" and o.active and a.active), None)

    def media(self, side: Side) -> Media | None:
        """What a side said of that section."""
        both = self.audio
        return None if both is None else both[0 if side is self.offerer else 1]

    @property
    def both_ways(self) -> bool:
        """Whether each side wants to hear and to be heard."""
        return self.audio is not None and not any(limited(m) for m in self.audio)

    def limited_by(self, side: Side) -> bool:
        """Whether a side gives less than both directions of its own accord: an answer may give no more than the offer asks."""
        mine, theirs = self.media(side), self.media(side.other)
        if mine is None or theirs is None or not limited(mine):
            return False
        return side is self.offerer or not limited(theirs)


def limited(media: Media) -> bool:
    return not (media.sends and media.receives)


@lru_cache(64)  # a dozen questions about the media of one transfer begin with them
def exchanges(leg: Leg) -> tuple[Exchange, ...]:
    """The exchanges of a leg in their order. An offer that was refused, with 488 or 491, changes nothing (RFC 3261, 14.1)."""
    found = [e for t in leg.transactions if t.succeeded and (e := _of(leg, t)) is not None]
    return tuple(sorted(found, key=lambda e: e.answer.order))


def unsettled(leg: Leg, since: int) -> bool:
    """Whether an offer later than a moment (`Hop.order`) may have been answered, and the input does not show it."""
    known = {h for e in exchanges(leg) for h in (e.offer, e.answer)}
    for t in (t for t in leg.reinvites if t.order > since):
        told = [h for h in (*t.hops, *t.responses) if h.message.sdp is not None]
        if t.status is None or (t.succeeded and told and not known & {*told}):
            return True
    return False


def refusal(leg: Leg, since: int) -> Hop | None:
    """The last response later than a moment with which a new offer was refused."""
    refused = (t.answerer for t in leg.reinvites if t.order > since and t.refused and not t.challenged)
    return next(reversed(list(refused)), None)


def in_force(leg: Leg, side: Side | None = None) -> Iterator[Hop]:
    """The messages of a leg in order, those of later offers that were refused left out: at every hop, or of a side where made."""
    void = {h for t in leg.reinvites if t.refused for h in (*t.hops, *t.responses)}
    return (h for h in (leg.hops if side is None else leg.sent_by(side)) if h not in void)


def _of(leg: Leg, request: Transaction) -> Exchange | None:
    side = leg.side_of(request)
    if side is None or request.method not in ("INVITE", "UPDATE", "PRACK"):
        return None
    response = _description(request)
    if _sdp(request.first):
        return Exchange(side, request.first, response) if response is not None else None
    if request.method != "INVITE" or response is None:
        return None
    answers = (h for t in _closing(leg, request, response) for h in t.hops if _sdp(h))
    answer = next(answers, None)
    return Exchange(side.other, response, answer) if answer is not None else None


def _description(request: Transaction) -> Hop | None:
    """The response that describes the answerer's media: the first reliable one that does, else the 2xx, else a 18x before it.

    What an unreliable 18x describes is a preview of the 2xx, which has it again, or other (RFC 6337, 3.1.1); responses
    of another branch of a fork have other tags.
    """
    final = request.final
    if final is None:
        return None
    same = [r for r in request.provisionals if _sdp(r) and r.message.to_tag == final.message.to_tag]
    reliable = next((r for r in same if r.message.get("RSeq") is not None), None)
    made = next(r for r in request.finals if r.message.to_tag == final.message.to_tag)  # where it was made
    return reliable or (made if _sdp(made) else same[-1] if same else None)


def _closing(leg: Leg, invite: Transaction, response: Hop) -> Iterator[Transaction]:
    """The requests that may answer an offer made in a response: the PRACK of that response, or the ACK of the 2xx."""
    side = leg.side_of(invite)
    for t in leg.transactions:
        if t.order < response.order or leg.side_of(t) is not side:
            continue
        acked = (t.message.get("RAck") or "").split()[1:2]
        if (t.method == "ACK" and t.cseq == invite.cseq) or (t.method == "PRACK" and acked == [str(invite.cseq)]):
            yield t


def _sdp(hop: Hop) -> Sdp | None:
    return hop.message.sdp
