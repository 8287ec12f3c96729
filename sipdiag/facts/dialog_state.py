"""In which state of its dialog a request was sent."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.facts.leg import Leg
from sipdiag.facts.transaction import Hop, Transaction


def sent_before_answer(leg: Leg, request: Transaction) -> Transaction | None:
    """The INVITE that was still open, with no final response seen before the request; None where it was answered.

    Its ACK tells that it was, where the response itself is not in the input (RFC 3261, 13.2.2.4).
    """
    invite = leg.invite
    if invite is None or invite.order > request.order:
        return None
    if invite.final is None and any(a.cseq == invite.cseq and a.order < request.order for a in leg.acks):
        return None
    final = invite.final
    return invite if final is None or final.order > request.order else None


def sent_before_ack(leg: Leg, request: Transaction) -> Hop | None:
    """The 2xx of the INVITE that had no ACK when the request left; None where there was one, or no 2xx.

    Only an ACK that was seen later tells that it was missing then.
    """
    answer, invite = leg.answer, leg.invite
    if answer is None or invite is None or answer.order > request.order:
        return None
    acks = [a for a in leg.acks if a.cseq == invite.cseq]
    return answer if acks and all(a.order > request.order for a in acks) else None


def ended_before(leg: Leg, request: Transaction) -> Transaction | None:
    """The BYE that had ended the dialog before a request was answered."""
    until = request.final.order if request.final is not None else request.last_order
    return next((b for b in leg.byes if b.order < until), None)


def open_offers(leg: Leg, request: Transaction) -> Iterator[Transaction]:
    """The re-INVITEs and UPDATEs that were open while a request was on its way: sent before its answer, not answered
    (a re-INVITE: not acknowledged) when it left."""
    until = request.final.order if request.final is not None else request.last_order
    for offer in leg.reinvites:
        if offer is request or offer.order > until:
            continue
        closed = offer.final.order if offer.final is not None else None
        acks = [a.order for a in leg.acks if a.cseq == offer.cseq and a.from_tag == offer.from_tag]
        if offer.method == "INVITE" and closed is not None and acks:
            closed = max(closed, min(acks))
        if closed is None or closed > request.order:
            yield offer


def last_cseq(leg: Leg, request: Transaction) -> Transaction | None:
    """The request with the highest CSeq that the same party had sent in the dialog before; ACK and CANCEL aside."""
    earlier = [
        t
        for t in leg.transactions
        if t.from_tag == request.from_tag and t.order < request.order and t.method not in ("ACK", "CANCEL")
    ]
    return max(earlier, key=lambda t: t.cseq, default=None)
