"""A leg stays up that nobody needs any more."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.timers import TIMER_F
from sipdiag.facts.transfer import Transfer
from sipdiag.stages import Answer


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    refs=("RFC 5589 6.1", "RFC 3891 3"),
    refuted_by="a BYE on that leg",
)
def leg_not_released_after_transfer(transfer: Transfer) -> Iterator[Finding]:
    """Another leg stays up after the transfer

    The transfer succeeded and the transferor's leg was released, but the consultation call that the new call took
    over stays up.

    Bad:

        call
        leg2: call agent -> target
        agent -> caller REFER  Refer-To: <sip:target@example.com?Replaces=leg2%3Bto-tag%3Da%3Bfrom-tag%3Db>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
        +40s

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
    consult = transfer.consultation
    final = transfer.final_notify
    if consult is None or final is None or final.status is None or final.status >= 300 or not transfer.attended:
        return
    if consult.answer is None or consult.byes:
        return
    gone = consult.absent(lambda h: h.message.method == "BYE", after=consult.answer, within=None)
    until, since = consult.coverage.until, final.at.time
    if gone.answer is Answer.NO or until is None or since is None or until - since < TIMER_F:
        return
    yield Finding(
        "the consultation call is still up {waited} s after the transfer",
        waited=until - since,
        at=consult.last.frame,
        because=[Because("the outcome was reported: {status}", at=final.at, status=final.status)],
        fix="release the replaced dialog with BYE when the INVITE with Replaces is answered (RFC 3891, 3)",
    )
