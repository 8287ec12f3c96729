"""A call that a B2BUA gave up because the transferee refused the offer that was to connect it to the target."""

from __future__ import annotations

from sipdiag.dataclass import dataclass
from sipdiag.facts.timers import TARGET_HUNG_UP
from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.places import elapsed


@dataclass(frozen=True, slots=True)
class Dropped:
    """The offer to the transferee, the response that refused it, and the BYE that then went the same way."""

    offer: Transaction
    refusal: Hop
    bye: Transaction


def dropped(transfer: Transfer) -> Dropped | None:
    """Such an end of the transferee's call after the target had answered; a challenge or glare (491) is none yet."""
    target = transfer.target
    if target is None or target.leg.answer is None:
        return None
    for leg in transfer.other_legs:
        later = [t for t in leg.reinvites if t.order > target.leg.answer.order]
        for offer in later:
            refusal = offer.answerer
            if refusal is None or not offer.refused or offer.challenged or offer.status == 491:
                continue
            if offer.first.origin not in transfer.placers or any(t.succeeded for t in later if t.order > offer.order):
                continue
            bye = next((b for b in leg.byes if b.order > refusal.order), None)
            if bye is None or bye.first.origin != offer.first.origin:
                continue
            waited = elapsed(refusal.frame, bye.at)
            if waited is None or waited <= TARGET_HUNG_UP:
                return Dropped(offer, refusal, bye)
    return None
