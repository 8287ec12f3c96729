"""BYEs on the other legs of a call, by which side of the party between the legs they come from, and what comes soon after."""

from __future__ import annotations

from sipdiag.facts.parties import Party, sender
from sipdiag.facts.timers import FIRST_NOTIFY, TARGET_HUNG_UP
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


def peer_left(transfer: Transfer) -> Transaction | None:
    """The BYE with which the transferor's peer ends its leg and has not reported how the new call went.

    Where no other leg shows the party that is moved, the peer speaks for it, and that party may have given up. It is
    not said where no NOTIFY came in the time for the first: that one was owed before.
    """
    leg, accepted = transfer.leg, transfer.acceptance
    if leg is None or accepted is None or transfer.other_legs:
        return None
    bye = next((b for b in leg.byes if b.order > accepted.order), None)
    if bye is None or sender(transfer, bye) is not Party.TRANSFEREE:
        return None
    told = [n for n in transfer.notifies if n.transaction.order < bye.order]
    if any(n.final for n in told) or (not told and (elapsed(accepted.frame, bye.at) or 0) >= FIRST_NOTIFY):
        return None
    return bye


def leaving(transfer: Transfer) -> list[Transaction]:
    """The BYEs with which the party that is moved leaves: on its own leg, or where none is seen by the transferor's peer."""
    if transfer.other_legs:
        return by_the_party_moved(transfer)
    return [b for b in transfer.byes() if sender(transfer, b) is Party.TRANSFEREE]


def cancels(transfer: Transfer) -> list[Transaction]:
    """The CANCELs of the new calls."""
    return [t for target in transfer.targets for t in target.leg.requests("CANCEL")]


def gave_up(transfer: Transfer) -> bool:
    """Whether the new call was cancelled because the party that was moved had gone: BYE, or the reason in CANCEL.

    ORIGINATOR_CANCEL is the cause 487 that Q.850 does not have and FreeSWITCH adds to it.
    """
    ended = cancels(transfer)
    if any("originator_cancel" in (r.text or "").lower() for c in ended for r in c.message.reasons):
        return True
    report = transfer.final_notify
    if (
        report is not None
        and report.status == 487
        and any(b.order < report.transaction.order for b in leaving(transfer))
    ):
        return True  # the new call is told to have been cancelled, after that party had hung up
    told = next((n.transaction.order for n in transfer.notifies if n.final), None)
    for b in leaving(transfer):
        for c in ended:
            if b.order < c.order and soon_after(b.at, c):
                return True
            # Who cancels and hangs up in one go, with no report before, no longer waits for the target.
            if b.order > c.order and soon_after(c.at, b) and (told is None or told > b.order):
                return True
    return False


def crosses(transfer: Transfer, bye: Transaction, request: Transaction) -> bool:
    """Whether a request of the transferor and a BYE that is not its own were on the way at the same time.

    A dialog is over for whoever answers a BYE (RFC 3261, 15.1.2), and for nobody who has not got it yet. When it came in
    is not seen; its answer is.
    """
    if transfer.leg is None or transfer.leg.side_of(bye) in (None, transfer.transferor):
        return False
    return bye.final is None or bye.final.order > request.order


def soon_after(moment: Frame | None, later: Transaction) -> bool:
    """Whether a request comes so soon that one leads to the other; without times their order has to do."""
    waited = elapsed(moment, later.at)
    return waited is None or waited <= TARGET_HUNG_UP
