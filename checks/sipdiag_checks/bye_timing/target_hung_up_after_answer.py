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
        yield Finding(
            "no ACK came for the target's answer: the target repeated it for {waited} s and then sent BYE",
            waited=waited,
            at=byes[0].at,
            because=[Because("the target's answer", at=target.leg.answer.frame)],
            fix="find where the ACK is lost: it goes to the Contact of the 200, along its Record-Route",
            owner=Owner.CARRIER,
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


def _unacknowledged(leg: Leg, bye: Transaction) -> float | None:
    """For how many seconds the callee repeated its 2xx with no ACK at all before its BYE; None where it did not.

    It stops as soon as one reaches it (RFC 3261, 13.3.1.4), so repeats over most of the 32 s show that none did, wherever
    the ACK would have passed.
    """
    answer, invite = leg.answer, leg.invite
    if answer is None or invite is None or any(a.cseq == invite.cseq for a in leg.acks):
        return None
    repeats = [f for f in answer.copies if (elapsed(f, bye.at) or 0) >= 0]
    repeated = elapsed(answer.frame, repeats[-1]) if repeats else None
    return repeated if repeated is not None and repeated >= _REPEATED else None
