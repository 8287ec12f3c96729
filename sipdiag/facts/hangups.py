"""BYEs on the other legs of a call, by which side of the party between the legs they come from, and what comes soon after."""

from __future__ import annotations

from sipdiag.facts.timers import TARGET_HUNG_UP
from sipdiag.facts.transaction import Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.places import Frame, elapsed


def by_the_party_between(transfer: Transfer) -> list[Transaction]:
    """The BYEs that a B2BUA sends on the other legs, where the party that is moved is.

    It stands between the legs: where it is the caller of the one it is the callee of the other, so that on another leg it
    has the side that the transferor has on its own.
    """
    return [b for leg in transfer.other_legs for b in leg.byes if leg.side_of(b) is transfer.transferor]


def by_the_party_moved(transfer: Transfer) -> list[Transaction]:
    """The BYEs that the other end of those legs sends."""
    return [b for leg in transfer.other_legs for b in leg.byes if leg.side_of(b) is not transfer.transferor]


def soon_after(moment: Frame | None, later: Transaction) -> bool:
    """Whether a request comes so soon that one leads to the other; without times their order has to do."""
    waited = elapsed(moment, later.at)
    return waited is None or waited <= TARGET_HUNG_UP
