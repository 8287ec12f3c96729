from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.record import CallRecord
from sipdiag.facts.told import unseen_attempt
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("no-final-notify",),
    refs=("RFC 3515 2.4.7", "RFC 6665 4.1.3"),
    refuted_by="a NOTIFY with a final status",
)
def subscription_ended_early_in_the_record(record: CallRecord, transfers: tuple[Transfer, ...]) -> Iterator[Finding]:
    """The platform says that the subscription ended without an outcome

    The REFER was taken, and its receiver ended the subscription while the last status that it had reported was
    provisional: nobody told the platform what became of the call.

    Bad:

        {"transfer_id": "STI_1", "status": "STS_TRANSFER_FAILED", "reason": "STR_SUBSCRIPTION_TERMINATED"}

    Good:

        {"transfer_id": "STI_1", "status": "STS_TRANSFER_FAILED", "reason": "STR_RINGING_TIMEOUT"}
    """
    last = unseen_attempt(record, transfers)
    if last is None or not last.told.cut:
        return
    yield Finding(
        'the subscription of the REFER ended before an outcome was reported: "{words}"',
        words=Text(str(last.result or last.told.cut)[:300]),
        at=last.told.cut.where or last.where,
        because=[Because("the transfer that it speaks of", at=last.where)],
        fix="let the receiver keep the subscription until the new call has a final status, and report it",
    )
