"""The target does not exist where it was looked up."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Finding, Owner, Severity, Stage, check
from sipdiag.checking.call_failed import call_failed
from sipdiag.facts.ending import ending
from sipdiag.facts.record import CallRecord
from sipdiag.facts.transfer import Transfer

_UNKNOWN = (404, 410, 484, 604)


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.TARGET,
    beats=("original-call-dropped-on-failed-transfer",),
    refs=(
        "RFC 3261 21.4.5",
        "RFC 3261 21.4.22",
        "RFC 3515 2.4.5",
    ),
    refuted_by="a 2xx to the new INVITE, or a later NOTIFY whose sipfrag is 200",
)
def target_not_found(transfer: Transfer, records: tuple[CallRecord, ...]) -> Iterator[Finding]:
    """The target is not found

    The transfer was accepted, and whoever placed the new call was told that the destination does not exist:
    404 Not Found, 410 Gone, 484 Address Incomplete or 604 Does Not Exist Anywhere. The number is wrong or not
    assigned, it lacks a digit or its plus sign, or the receiver looks it up in another context or domain than
    was meant.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 100 Trying
        agent -> caller 200 OK
        caller -> agent NOTIFY 404 Not Found
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
    if failed is not None and failed.status in _UNKNOWN:
        yield call_failed(
            failed,
            "the target {target} is not found: {status} {reason}",
            fix=(
                "dial {target} from the system that places the new call; correct user, number format or domain of "
                "Refer-To, or add the destination to the context in which it is looked up"
            ),
        )
