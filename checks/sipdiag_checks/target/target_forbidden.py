"""Nobody was allowed to place the new call."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Finding, Owner, Severity, Stage, check
from sipdiag.checking.call_failed import call_failed
from sipdiag.facts.ending import ending
from sipdiag.facts.record import CallRecord
from sipdiag.facts.transfer import Transfer

_FORBIDDEN = (401, 403, 407)


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("original-call-dropped-on-failed-transfer",),
    refs=(
        "RFC 3261 21.4.4",
        "RFC 3261 22",
    ),
    refuted_by="a 2xx to the new INVITE, or a later NOTIFY whose sipfrag is 200",
)
def target_forbidden(transfer: Transfer, records: tuple[CallRecord, ...]) -> Iterator[Finding]:
    """The new call is forbidden

    The transfer was accepted, and the new call was refused with 401, 403 or 407: the carrier does not let the
    transferee place it. The caller number or the destination is not permitted on that trunk, or the trunk
    wants credentials that the transferee does not have.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 100 Trying
        agent -> caller 200 OK
        caller -> agent NOTIFY 403 Forbidden
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
    if failed is not None and failed.status in _FORBIDDEN:
        yield call_failed(
            failed,
            "the new call to {target} is forbidden: {status} {reason}",
            fix=(
                "ask the carrier that places the new call to permit {target} with this caller number, or store "
                "the trunk's credentials where the new call is placed"
            ),
        )
