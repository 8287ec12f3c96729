from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.hangups import soon_after
from sipdiag.facts.leg import Leg
from sipdiag.facts.refusal import target_reason
from sipdiag.facts.transaction import Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text

_PENDING = 491


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("target-leg-failed", "target-unavailable", "original-call-dropped-on-failed-transfer"),
    refs=("RFC 3261 14.1",),
    refuted_by="a later re-INVITE on the same leg that is answered 2xx",
)
def reinvite_glare_491(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """Two re-INVITEs crossed during the transfer

    Both ends of a leg renegotiated at once, each answered the other 491, and nobody tried again, so the transfer came
    to nothing. After 491 the owner of the Call-ID waits 2.1 to 4 s, the other end 0 to 2 s, and sends it again.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        agent -> caller INVITE
        caller -> agent INVITE
        caller -> agent 491 Request Pending
        agent -> caller 491 Request Pending
        caller -> agent NOTIFY 491 Request Pending
        agent -> caller 200 OK

    Bad:

        leg2: caller -> box INVITE  X-Call-ID: 7
        box -> agent INVITE  X-Call-ID: 7
        agent -> box 200 OK
        box -> agent ACK
        leg2: box -> caller 200 OK
        leg2: caller -> box ACK
        agent -> box REFER  Refer-To: <sip:2003@example.com>
        box -> agent 202 Accepted
        leg3: box -> target INVITE sip:2003@example.com  Referred-By: <sip:agent@example.com>
        leg3: target -> box 200 OK
        leg3: box -> target ACK
        leg3: box -> target INVITE
        leg3: target -> box INVITE
        leg3: target -> box 491 Request Pending
        leg3: box -> target 491 Request Pending
        leg2: box -> caller BYE
        leg2: caller -> box 200 OK
        box -> agent NOTIFY 200 OK
        agent -> box 200 OK

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent INVITE
        agent -> caller 200 OK
        caller -> agent ACK
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
    """
    refer = transfer.decisive
    if refer is None or not transfer.accepted:
        return
    status = transfer.target_status
    crossed = [
        (leg, t) for leg in _legs(transfer) for t in leg.reinvites if t.order > refer.order and t.status == _PENDING
    ]
    left = [(leg, t) for leg, t in crossed if not _repaired(leg, t)]
    failed = status is not None and status >= 300
    dropped = _hung_up_after(transfer, left)
    if status != _PENDING and not (left and (failed or dropped is not None)):
        return
    at = left[0][1].answerer if left else None
    because = [Because("re-INVITE answered 491", at=t.final.frame) for _, t in left[:2] if t.final is not None]
    if transfer.target_at is not None:
        because.append(
            Because(
                "the new call ended with {status} {reason}",
                at=transfer.target_at,
                status=status or "",
                reason=Text(target_reason(transfer)),
            )
        )
    if dropped is not None:
        because.append(Because("after it the leg of the transferee is ended by BYE", at=dropped.at))
    yield Finding(
        "re-INVITEs crossed during the transfer and were not sent again after 491",
        at=at.frame if at is not None else transfer.target_at,
        because=because,
        stage=Stage.COMPLETED if status is not None and status < 300 else None,
        fix="repeat a re-INVITE after 491: the owner of the Call-ID 2.1 to 4 s later, the other end 0 to 2 s later",
    )


def _legs(transfer: Transfer) -> Iterator[Leg]:
    every = [transfer.leg, transfer.consultation, *(t.leg for t in transfer.targets), *transfer.other_legs]
    yield from (leg for leg in every if leg is not None)


def _hung_up_after(transfer: Transfer, crossed: list[tuple[Leg, Transaction]]) -> Transaction | None:
    """A BYE right after the 491 on another leg of the call that was moved. The transferor's own has to end."""
    for _, refused in crossed:
        for bye in (b for leg in transfer.other_legs for b in leg.byes if b.order > refused.order):
            if soon_after(refused.final.frame if refused.final is not None else None, bye):
                return bye
    return None


def _repaired(leg: Leg, refused: Transaction) -> bool:
    """Whether a later re-INVITE of the leg was answered 2xx."""
    return any(t.order > refused.order and t.succeeded for t in leg.reinvites)
