"""Who made a message: an end of the leg, or something between the ends that speaks in the name of one."""

from __future__ import annotations

from enum import Enum

from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.transaction import Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.stages import Owner


class Party(Enum):
    """The parties of a transfer (RFC 5589, 2). `BETWEEN` is a PBX, proxy or SBC on the path of the transferor's leg."""

    TRANSFEROR = "transferor"
    TRANSFEREE = "transferee"
    BETWEEN = "middlebox"
    UNKNOWN = "unknown"

    @property
    def owner(self) -> Owner | None:
        """Who can change what this party does; None where it is not known who it is."""
        if self is Party.UNKNOWN:
            return None
        return Owner.PLATFORM if self is Party.TRANSFEROR else Owner.CARRIER


def made_between(leg: Leg, request: Transaction) -> bool:
    """Whether a request that bears a side's tag was made by something on the path and not by that side.

    It has a single Via, so nobody forwarded it, and yet it comes from another host than all else of that side.
    """
    side = leg.side_of(request)
    place = leg.place(side) if side is not None else None
    if place is None or request.first.origin is None or request.first.origin == place:
        return False
    return len(request.message.vias) <= 1


def party_of(transfer: Transfer, side: Side | None) -> Party:
    if side is None or transfer.transferor is None:
        return Party.UNKNOWN
    return Party.TRANSFEROR if side is transfer.transferor else Party.TRANSFEREE


def sender(transfer: Transfer, request: Transaction) -> Party:
    """Who made a request of the transferor's leg."""
    if transfer.leg is None:
        return Party.UNKNOWN
    if made_between(transfer.leg, request):
        return Party.BETWEEN
    return party_of(transfer, transfer.leg.side_of(request))


def leaves(transfer: Transfer) -> Transaction | None:
    """The first BYE of the transferor after its REFER was accepted."""
    leg, accepted = transfer.leg, transfer.acceptance
    if leg is None or accepted is None:
        return None
    own = (b for b in leg.byes if b.order > accepted.order and sender(transfer, b) is Party.TRANSFEROR)
    return next(own, None)


def answerer(transfer: Transfer, request: Transaction) -> Party:
    """Who made the final response to a request of the transferor's leg: the far end, or something before it.

    It was made on the way where its first sighting comes from a host that is not the far end's, and the request was
    never seen to go any further.
    """
    response = request.answerer
    leg = transfer.leg
    if leg is None or response is None:
        return Party.UNKNOWN
    side = leg.side_of(request)
    if side is None:
        return Party.UNKNOWN
    place = leg.place(side.other)
    if place is not None and response.origin is not None and response.origin != place:
        reached = any(h.goal == place for h in request.hops)
        return Party.UNKNOWN if reached else Party.BETWEEN
    return party_of(transfer, side.other)
