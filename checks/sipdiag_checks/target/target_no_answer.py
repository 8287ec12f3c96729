"""The target rang, or was waited for, and did not answer."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.checking.call_failed import call_failed
from sipdiag.facts.ending import ending
from sipdiag.facts.hangups import cancels, gave_up, leaving
from sipdiag.facts.record import CallRecord
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Word

_UNANSWERED = (408, 480, 487)


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.TARGET,
    beats=("original-call-dropped-on-failed-transfer",),
    refs=(
        "RFC 3261 21.4.9",
        "RFC 3261 21.4.18",
        "RFC 3261 21.4.25",
    ),
    refuted_by="a 2xx to the new INVITE, or a later NOTIFY whose sipfrag is 200",
)
def target_no_answer(transfer: Transfer, records: tuple[CallRecord, ...]) -> Iterator[Finding]:
    """The target does not answer

    The transfer was accepted and the new call ended without anybody answering it: 408 Request Timeout, 480
    Temporarily Unavailable, or 487 Request Terminated after ringing. Nobody picked up in time, or the target
    is known but not registered or set to do not disturb.

    A 487 to an INVITE that never rang was cancelled for another reason and is target-leg-failed. Where the caller gave up
    before the target could answer, nobody failed.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 180 Ringing
        agent -> caller 200 OK
        caller -> agent NOTIFY 480 Temporarily Unavailable
        agent -> caller 200 OK

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 180 Ringing
        agent -> caller 200 OK
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
    """
    failed = ending(transfer, records)
    if failed is not None and failed.status == 487 and gave_up(transfer):
        yield from _told_of_it(transfer)
        return
    if failed is None or (failed.status == 487 and failed.rang is False):
        return
    if failed.status in _UNANSWERED or failed.met == "no-answer":
        yield call_failed(
            failed,
            "the target {target} did not answer{after}: {status} {reason}",
            after=Word(" after ringing" if failed.rang else ""),
            fix=(
                "see that somebody is registered and answers at {target}, lengthen the ring time, or add a "
                "destination to fall back to"
            ),
        )


def _told_of_it(transfer: Transfer) -> Iterator[Finding]:
    """That the moved party hung up first, which is nobody's fault and all that there is to know."""
    ended = next(iter(cancels(transfer)), None)
    left = next(iter(leaving(transfer)), None)
    if left is None:
        return
    yield Finding(
        "the party that was to be transferred hung up before the target {target} answered",
        target=transfer.wanted,
        at=left.at,
        because=[Because("the new call was cancelled", at=ended.at)] if ended is not None else [],
        severity=Severity.WARNING,
        blameless=True,
        fix="nothing to mend: shorten the wait for {target} if callers often give up",
    )
