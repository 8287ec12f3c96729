"""The target was busy."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Finding, Owner, Severity, Stage, check
from sipdiag.checking.call_failed import call_failed
from sipdiag.facts.ending import ending
from sipdiag.facts.record import CallRecord
from sipdiag.facts.transfer import Transfer

_BUSY = (486, 600)


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.TARGET,
    beats=("original-call-dropped-on-failed-transfer",),
    refs=(
        "RFC 3261 21.4.24",
        "RFC 3515 2.4.5",
    ),
    refuted_by="a 2xx to the new INVITE, or a later NOTIFY whose sipfrag is 200",
)
def target_busy(transfer: Transfer, records: tuple[CallRecord, ...]) -> Iterator[Finding]:
    """The target is busy

    The transfer was accepted and the new call was placed, but the target answered 486 Busy Here or 600 Busy
    Everywhere. It is seen on the new leg, or only in the sipfrag of a NOTIFY, or a record alone tells of it.
    The REFER and all that carried it are in order.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 180 Ringing
        agent -> caller 200 OK
        caller -> agent NOTIFY 486 Busy Here
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
    if failed is not None and (failed.status in _BUSY or failed.met == "busy"):
        yield call_failed(
            failed,
            "the target {target} is busy: {status} {reason}",
            fix=(
                "retry later, or give the transfer another destination (queue, voicemail); let the transferor "
                "take the call back when it is told of a failure"
            ),
        )
