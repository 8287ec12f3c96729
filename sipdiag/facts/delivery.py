"""Whether a REFER got anywhere, and the proofs that it did not."""

from __future__ import annotations

from sipdiag.dataclass import dataclass
from sipdiag.facts.absence import Absence
from sipdiag.facts.timers import RETRANSMISSIONS, TARGET_HUNG_UP, TIMER_F
from sipdiag.facts.transaction import Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.places import Frame, elapsed
from sipdiag.stages import Answer


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves that a REFER reached nobody, in words, with the frames; `waited` in seconds.

    `kind` is `unreachable` (an ICMP error), `repeated`, `timeout`, `passed-over` (a later request was answered) or
    `ended` (the call ended first). `reporter` is who sent the ICMP error.
    """

    kind: str
    words: str
    at: tuple[Frame, ...]
    waited: float | None = None
    reporter: str | None = None


def unreachable(transfer: Transfer, refer: Transaction) -> Proof | None:
    """An ICMP error about the REFER: it quotes it, or it answers what went to the same place from the same sender."""
    for error in transfer.around.unreachables:
        for hop in refer.hops:
            if hop.destination is None or hop.source is None or error.destination.host != hop.destination.host:
                continue
            quotes = error.quoted[:40] == hop.message.data[: min(40, len(error.quoted))] and bool(error.quoted)
            late = elapsed(hop.frame, error.frame)
            same_flow = error.source == hop.source and error.destination == hop.destination
            if quotes or (same_flow and not error.quoted and late is not None and 0 <= late <= TIMER_F):
                words = f"{error.reason}, says {error.reporter}"
                return Proof("unreachable", words, (error.frame,), reporter=error.reporter)
    return None


def undelivered(transfer: Transfer) -> Proof | None:
    """The first proof that the decisive REFER reached nobody who could act on it; a NOTIFY of it, or the new call, proves the opposite."""
    return None if transfer.shown_by is not None or carried_out(transfer) else unanswered(transfer)


def carried_out(transfer: Transfer) -> bool:
    """Whether the new call was placed, or another REFER accepted: somebody got it, and the input lacks a message."""
    return transfer.accepted_unseen or any(t.certain for t in transfer.targets)


def unanswered(transfer: Transfer) -> Proof | None:
    """The first proof that the decisive REFER had no final response (DESIGN: the stage `delivered`).

    An ICMP error; three retransmissions or 32 s (timer F) without a response; or a later request on the same leg that
    was answered while the REFER was not.
    """
    refer, leg = transfer.decisive, transfer.leg
    if refer is None or leg is None or refer.finals:
        return None
    icmp = unreachable(transfer, refer)
    if icmp is not None:
        return icmp
    copies = [c for h in refer.hops for c in h.copies]
    if any(len(h.copies) >= RETRANSMISSIONS for h in refer.hops) and not refer.responses:
        last = copies[-1]
        return Proof(
            "repeated",
            f"sent {1 + max(len(h.copies) for h in refer.hops)} times without any response",
            (refer.at, last),
            elapsed(refer.at, last),
        )
    if hung_up_meanwhile(transfer, refer) is not None:
        return None
    silence = final_absent(transfer, refer, within=TIMER_F)
    if silence.yes and silence.waited is not None and silence.waited >= TIMER_F:
        return Proof("timeout", f"no final response in {silence.waited:.1f} s", (refer.at,), silence.waited)
    if not leg.coverage.lossless:
        return None
    side = leg.side_of(refer)
    for later in leg.transactions:
        if (
            later.order > refer.order
            and later.final is not None
            and leg.side_of(later) is side
            and later.method != "REFER"
        ):
            return Proof(
                "passed-over",
                f"the later {later.method} was answered, the REFER was not",
                (refer.at, later.at),
                elapsed(refer.at, later.at),
            )
    if silence.yes:
        return Proof("ended", "the call ended and the REFER was never answered", (refer.at,), silence.waited)
    return None


def hung_up_meanwhile(transfer: Transfer, refer: Transaction) -> Transaction | None:
    """The BYE of the other side that came so soon after an unanswered REFER that the two may have crossed.

    Whoever gets it answers it and forgets the dialog, and with it the REFER, which is repeated no more.
    """
    leg = transfer.leg
    if leg is None:
        return None
    bye = next((b for b in leg.byes if b.order > refer.order), None)
    if bye is None or leg.side_of(bye) in (None, leg.side_of(refer)):
        return None
    waited = elapsed(refer.at, bye.at)
    return bye if waited is None or waited < TARGET_HUNG_UP else None


def final_absent(transfer: Transfer, refer: Transaction, within: float | None = None) -> Absence:
    """Whether the REFER has no final response; unknown with its reason where the input could have missed it."""
    if refer.finals:
        return Absence(Answer.NO)
    if transfer.leg is None:
        return Absence(Answer.UNKNOWN, "capture-one-leg-only")
    return transfer.leg.absent(lambda h: not h.is_request and h in refer.finals, after=refer.first, within=within)


def swallowed(transfer: Transfer, refer: Transaction) -> Transaction | None:
    """A request of the same sender that the host which got the REFER last passed on, while it passed no REFER on."""
    leg, last = transfer.leg, refer.hops[-1]
    side = leg.side_of(refer) if leg is not None else None
    if leg is None or side is None or last.goal is None or last.goal == leg.place(side.other):
        return None
    passed = (
        t
        for t in leg.transactions
        if t is not refer and leg.side_of(t) is side and any(h.origin == last.goal for h in t.hops[1:])
    )
    return next(passed, None)
