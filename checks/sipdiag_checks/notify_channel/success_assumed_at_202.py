"""The 202 is taken for the outcome."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure
from sipdiag.facts.record import CallRecord
from sipdiag.facts.transfer import Transfer


@check(
    stage=Stage.COMPLETED,
    severity=Severity.WARNING,
    owner=Owner.PLATFORM,
    refs=("RFC 3515 2.4.2",),
    refuted_by="a final NOTIFY of 200",
)
def success_assumed_at_202(transfer: Transfer, record: CallRecord | None) -> Iterator[Finding]:
    """The transferor takes the 202 for success

    The platform's record claims that the transfer succeeded while the new call failed. A 202 only says that the
    REFER was taken.

    Bad:

        record succeeded
        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 486 Busy Here
        agent -> caller 200 OK

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
    if record is None or not any(c.succeeded for c in record.calls):
        return
    failed = failure(transfer)
    if failed is None:
        return
    call = next(c for c in record.calls if c.succeeded)
    yield Finding(
        "the record says that the transfer succeeded, and the new call failed with {status}",
        status=failed.status,
        at=call.where,
        because=[Because("what the wire shows", at=failed.at)],
        fix="wait for the final NOTIFY before the transfer is called done",
    )
