"""The target answers and hangs up at once."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.parties import made_between
from sipdiag.facts.timers import TARGET_HUNG_UP
from sipdiag.facts.transaction import Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.places import elapsed
from sipdiag.values import Word

_REPEATED = 16.0  # seconds, half of the time for which a 2xx without ACK is repeated (64*T1, RFC 3261, 13.3.1.4)


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.TARGET,
    refs=("RFC 5589 6.1",),
    refuted_by="a new call that lasts longer than two seconds",
)
def target_hung_up_after_answer(transfer: Transfer) -> Iterator[Finding]:
    """The target ended the new call at once

    The transfer worked: the target answered. Then it sent BYE within a second or two, as an IVR, a voicemail that
    is full, or a queue that is closed does; or later, as it must where no ACK came for its answer.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        leg2: caller -> target INVITE sip:2003@example.com  Referred-By: <sip:agent@example.com>
        leg2: target -> caller 200 OK
        leg2: caller -> target ACK
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
        +0.5s leg2: target -> caller BYE
        leg2: caller -> target 200 OK

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
    target = transfer.target
    if target is None or target.leg.answer is None or not target.certain or not transfer.attempts:
        return
    byes = target.leg.requests("BYE", Side.CALLEE)
    if not byes:
        return
    waited = _unacknowledged(target.leg, byes[0])
    if waited is not None:
        acks = _acks(target.leg)
        passes = not acks and _would_pass(target.leg)
        yield Finding(
            "{ack}: the target repeated it for {waited} s and then sent BYE",
            ack=Word(
                "the ACK for the target's answer did not reach it" if acks else "no ACK came for the target's answer"
            ),
            waited=waited,
            at=byes[0].at,
            because=[
                Because("the target's answer", at=target.leg.answer.frame),
                *(Because("an ACK for it", at=a.at) for a in acks[:1]),
            ],
            fix="find where the ACK is lost: it goes to the Contact of the 200, along its Record-Route",
            owner=Owner.CARRIER if passes else None,
            blameless=not passes,  # never sent, lost on a way that was not captured, or sent to a wrong Contact
        )
        return
    lasted = elapsed(target.leg.answer.frame, byes[0].at)
    if lasted is None or not 0 <= lasted < TARGET_HUNG_UP or made_between(target.leg, byes[0]):
        return
    if any(t.answered and t is not target and not t.leg.byes for t in transfer.targets):
        return
    yield Finding(
        "the target answered and sent BYE {lasted} s later",
        lasted=lasted,
        at=byes[0].at,
        because=[Because("the target's answer", at=target.leg.answer.frame)],
        fix="look at what answers at the target: opening hours, a full mailbox, an IVR that hangs up, a codec that fits nobody",
    )


def _acks(leg: Leg) -> list[Transaction]:
    return [a for a in leg.acks if leg.invite is not None and a.cseq == leg.invite.cseq]


def _unacknowledged(leg: Leg, bye: Transaction) -> float | None:
    """For how many seconds the callee repeated its 2xx, whatever ACK was seen, up to its BYE; None where it did not.

    It stops as soon as one reaches it (RFC 3261, 13.3.1.4), so repeats over most of the 32 s show that none did, wherever
    the ACK would have passed.
    """
    answer, acks = leg.answer, _acks(leg)
    if answer is None:
        return None
    repeats = [f for f in answer.copies if (elapsed(f, bye.at) or 0) >= 0]
    repeated = elapsed(acks[0].at if acks else answer.frame, repeats[-1]) if repeats else None
    return repeated if repeated is not None and repeated >= _REPEATED else None


def _would_pass(leg: Leg) -> bool:
    """Whether the ACK takes the way of the INVITE, where that was seen to leave: to the proxy that records its route, else
    to the Contact (RFC 3261, 12.2.1.1). Then its sender never sent it, or it was lost on this way."""
    answer = leg.answer
    to = leg.invite.first.destination if leg.invite is not None else None
    if answer is None or to is None:
        return False
    way = answer.message.record_routes[-1:] or tuple(c for c in (answer.message.contact,) if c is not None)
    return any(name.uri is not None and name.uri.host_key == to.host for name in way)
