"""A leg stays up that nobody needs any more."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.leg import Leg
from sipdiag.facts.new_call import failure
from sipdiag.facts.timers import TIMER_F
from sipdiag.facts.transfer import Transfer
from sipdiag.places import Frame
from sipdiag.values import Word


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
    over stays up; or a B2BUA passed the REFER on and keeps its old leg to the transferee.

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
    final = transfer.final_notify
    if final is None or final.status is None or final.status >= 300 or failure(transfer) is not None:
        return
    for leg, words, useless in _to_be_released(transfer, final.at):
        if leg.answer is None or any(b.order < final.transaction.order for b in leg.byes):
            continue
        ended = leg.byes[0].at if leg.byes else None
        until = ended.time if ended is not None else leg.coverage.until
        if until is None or useless.time is None or until - useless.time < TIMER_F or not leg.coverage.lossless:
            continue
        yield Finding(
            "{leg} is still up {waited} s after the transfer",
            leg=Word(words),
            waited=until - (final.at.time or useless.time),
            at=ended or leg.last.frame,
            because=[Because("the outcome was reported: {status}", at=final.at, status=final.status)],
            fix="send BYE on every leg that the transfer made useless: on the replaced dialog when the INVITE with Replaces"
            " is answered (RFC 3891, 3), on both sides of a B2BUA that relays the REFER",
        )
        return


def _to_be_released(transfer: Transfer, success: Frame) -> Iterator[tuple[Leg, str, Frame]]:
    """The legs that nobody needs once the transfer has succeeded, each with when; the transferor's own is left out."""
    if transfer.attended and transfer.consultation is not None:
        yield transfer.consultation, "the consultation call", success
    relayed = {refer.call_id for refer in transfer.relayed}
    released = transfer.byes()[:1]
    for leg in transfer.other_legs if released else ():
        if leg.call_id in relayed:
            yield leg, "the old leg to the transferee", max(success, released[0].at, key=lambda at: at.time or 0.0)
