"""Whether the new call of a transfer would have been seen, had it been placed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sipdiag.facts.leg import Leg
    from sipdiag.facts.transfer import Transfer


def had_to_be_visible(transfer: Transfer) -> bool:
    """Whether the input holds other SIP between the transferee's side and an address that is not the transferor's.

    Only then does the absence of a new INVITE say anything; where the capture was taken is never assumed. What runs
    inside TLS that could not be read may hold the INVITE. No INVITE is needed where the dialog that Replaces names
    ends at the transferee's side itself, as with a PBX that holds both legs.
    """
    leg, placers = transfer.leg, transfer.placers
    if leg is None or transfer.transferor is None or transfer.decisive is None or not leg.coverage.lossless:
        return False
    if transfer.attended and (transfer.consultation is None or _ends_at(transfer.consultation, placers)):
        return False
    if hidden(transfer) or transfer.unseen_call is not None or _answered_further_on(transfer):
        return False
    # A B2BUA that relays the REFER stands for the transferor on its far side.
    refers = (transfer.decisive, *transfer.relayed)
    asking = {leg.place(transfer.transferor), *(t.first.origin for t in refers)}
    mine = {frozenset((h.origin, h.goal)) for h in leg.hops}
    for host in placers:
        for other, legs in transfer.neighbours.get(host, {}).items():
            if other not in asking | placers and legs > (frozenset((host, other)) in mine):
                return True
    return False


def hidden(transfer: Transfer) -> bool:
    """Whether TLS that could not be read runs between who would place the new call and another than the transferor."""
    leg, side = transfer.leg, transfer.transferor
    own = leg.place(side) if leg is not None and side is not None else None
    encrypted = [{c.client.host, c.server.host} for c in transfer.around.encrypted]
    return any(ends & transfer.placers and own not in ends for ends in encrypted)


def _answered_further_on(transfer: Transfer) -> bool:
    """Whether the REFER was seen to go on from where its answer was first seen: who made that is not in the input."""
    refer = transfer.relayed[-1] if transfer.relayed else transfer.decisive
    if refer is None or refer.answerer is None or refer.answerer.origin is None or len(refer.hops) < 2:
        return False
    return refer.answerer.origin != refer.hops[-1].goal and any(h.origin == refer.answerer.origin for h in refer.hops)


def _ends_at(leg: Leg, places: frozenset[str]) -> bool:
    """Whether one of the places (`Hop.origin`) is an end of a leg."""
    return any(end in places for h in leg.hops for end in (h.origin, h.goal))
