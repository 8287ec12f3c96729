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


def moved_party_left(transfer: Transfer, before: Transaction) -> Transaction | None:
    """The BYE of the moved party between the acceptance of the REFER and a later request: it gave up on its own."""
    accepted = transfer.acceptance
    if accepted is None:
        return None
    return next((b for b in by_the_party_moved(transfer) if accepted.order < b.order < before.order), None)


def cancels(transfer: Transfer) -> list[Transaction]:
    """The CANCELs of the new calls."""
    return [t for target in transfer.targets for t in target.leg.requests("CANCEL")]


def gave_up(transfer: Transfer) -> bool:
    """Whether the new call was cancelled because the party that was moved had gone: its BYE, or the reason in CANCEL.

    ORIGINATOR_CANCEL is the cause 487 that Q.850 does not have and FreeSWITCH adds to it.
    """
    ended = cancels(transfer)
    if any("originator_cancel" in (r.text or "").lower() for c in ended for r in c.message.reasons):
        return True
    return any(b.order < c.order and soon_after(b.at, c) for b in by_the_party_moved(transfer) for c in ended)


def soon_after(moment: Frame | None, later: Transaction) -> bool:
    """Whether a request comes so soon that one leads to the other; without times their order has to do."""
    waited = elapsed(moment, later.at)
    return waited is None or waited <= TARGET_HUNG_UP
