"""The target answers and hangs up at once."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.leg import Side
from sipdiag.facts.parties import made_between
from sipdiag.facts.timers import TARGET_HUNG_UP
from sipdiag.facts.transfer import Transfer
from sipdiag.places import elapsed


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
    is full, or a queue that is closed does.

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
