"""The target, or something that screens its calls, declined the new call."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Finding, Owner, Severity, Stage, check
from sipdiag.checking.call_failed import call_failed
from sipdiag.facts.ending import ending
from sipdiag.facts.record import CallRecord
from sipdiag.facts.transfer import Transfer

_DECLINED = (603, 607, 608)


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.TARGET,
    beats=("original-call-dropped-on-failed-transfer",),
    refs=(
        "RFC 3261 21.6.2",
        "RFC 8197",
        "RFC 8688",
    ),
    refuted_by="a 2xx to the new INVITE, or a later NOTIFY whose sipfrag is 200",
)
def target_declined(transfer: Transfer, records: tuple[CallRecord, ...]) -> Iterator[Finding]:
    """The target declines the call

    The transfer was accepted, and the new call was answered 603 Decline, 607 Unwanted or 608 Rejected. A
    person pressed reject, or call screening refused the caller's number. As an answer to the REFER itself,
    603 means something else: transfers are not permitted there (refer-refused-by-policy).

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 180 Ringing
        agent -> caller 200 OK
        caller -> agent NOTIFY 603 Decline
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
    if failed is not None and failed.status in _DECLINED:
        yield call_failed(
            failed,
            "the target {target} declined the call: {status} {reason}",
            fix=(
                "ask at {target} who or what declines the call; where a screening service does, send a caller "
                "number that it trusts"
            ),
        )
