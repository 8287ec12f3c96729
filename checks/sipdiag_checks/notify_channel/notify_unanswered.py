"""Nobody answers the NOTIFY."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure
from sipdiag.facts.notify import Notify
from sipdiag.facts.timers import BYE_AFTER_NOTIFY, RETRANSMISSIONS, TIMER_F
from sipdiag.facts.transfer import Transfer
from sipdiag.places import elapsed
from sipdiag.values import Word

_RELIABLE = frozenset({"tcp", "tls", "ws", "wss", "sctp"})  # nothing is sent again over these (RFC 3261 17.1.2.2)


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("no-final-notify", "transferor-did-not-bye"),
    refs=("RFC 3261 17.1.2", "RFC 6665 4.2.2"),
    refuted_by="a response to the NOTIFY",
)
def notify_unanswered(transfer: Transfer) -> Iterator[Finding]:
    """The NOTIFY is never answered

    A NOTIFY of the transfer was sent again and again, or stayed without an answer until the call ended: the
    transferor did not get it, or ignores it.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK
        +0.5s again
        +1s again
        +2s again
        +4s again
        +25s caller -> agent BYE
        agent -> caller 200 OK

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 100 Trying
        agent -> caller 200 OK
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
    """
    if not transfer.accepted or transfer.leg is None or failure(transfer) is not None:
        return
    silent = next((n for n in reversed(transfer.notifies) if not n.transaction.finals), None)
    if silent is None or any(n.final and n.transaction.succeeded for n in transfer.notifies):
        return
    copies = max(len(h.copies) for h in silent.transaction.hops)
    first = silent.transaction.first
    answered = transfer.leg.absent(lambda h: h in silent.transaction.responses, after=first, within=TIMER_F)
    waited = answered.waited if answered.yes else None
    once = first.transport in _RELIABLE and waited is not None and waited >= TIMER_F
    if copies < RETRANSMISSIONS and (not once or _acted_on(transfer, silent)):
        return
    last = max(silent.transaction.hops, key=lambda h: len(h.copies)).copies[-1:]
    yield Finding(
        "NOTIFY {report} was {sent} and never answered",
        report=silent.status if silent.status is not None else Word("without a status"),
        sent=Word(f"sent {copies + 1} times" if copies else f"sent over {first.transport}, waited for {waited:.0f} s"),
        at=silent.at,
        because=[Because("the last copy", at=at) for at in last],
        fix="check that the Contact of the REFER can be reached from where the NOTIFY is sent,"
        " and that the transferor answers it",
    )


def _acted_on(transfer: Transfer, told: Notify) -> bool:
    """Whether the call was ended as it has to be at a report of success (RFC 5589, 6.1): the report was taken, and only
    the answer to it is not in the input."""
    later = (b for b in transfer.byes() if b.order > told.transaction.order and b.final is not None)
    return told.final and any((elapsed(told.at, b.at) or 0) < BYE_AFTER_NOTIFY for b in later)
