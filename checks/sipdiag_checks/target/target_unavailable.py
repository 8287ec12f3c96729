"""The new call failed at a server."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Finding, Owner, Severity, Stage, check
from sipdiag.checking.call_failed import call_failed
from sipdiag.facts.ending import ending
from sipdiag.facts.record import CallRecord
from sipdiag.facts.transfer import Transfer


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.TARGET,
    beats=("original-call-dropped-on-failed-transfer",),
    refs=("RFC 3261 21.5",),
    refuted_by="a 2xx to the new INVITE, or a later NOTIFY whose sipfrag is 200",
)
def target_unavailable(transfer: Transfer, records: tuple[CallRecord, ...]) -> Iterator[Finding]:
    """The target is unavailable

    The transfer was accepted, and the new call was answered with a server error: 500, 502, 503, 504 and their
    kin. The target's gateway or trunk is down or full, has no route to the number, or could not be reached by
    whoever placed the call.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 100 Trying
        agent -> caller 200 OK
        caller -> agent NOTIFY 503 Service Unavailable
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
    if failed is not None and failed.status is not None and 500 <= failed.status < 600:
        yield call_failed(
            failed,
            "the target {target} is unavailable: {status} {reason}",
            fix=(
                "ask whoever routes calls to {target} what {status} means there (no route, no free channel, "
                "gateway down), and give it the Call-ID of the new leg"
            ),
        )
