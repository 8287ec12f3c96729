from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Finding, Owner, Severity, Stage, check
from sipdiag.checking.record_says import refer_answered
from sipdiag.facts.record import CallRecord
from sipdiag.facts.transfer import Transfer


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("refer-rejected",),
    refs=("RFC 3261 14.1",),
    refuted_by="a 2xx to a later REFER of the same transfer",
)
def refer_while_reinvite_pending_in_the_record(
    record: CallRecord, transfers: tuple[Transfer, ...]
) -> Iterator[Finding]:
    """The record says that the REFER crossed another request

    The platform tells how its REFER was answered: 491. A re-INVITE or UPDATE of the call was still open.

    Bad:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, refer_status: 491}]}

    Good:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: true, refer_status: 202}]}
    """
    yield from refer_answered(
        record,
        transfers,
        (491,),
        "the record says that the REFER was answered {status} {reason}: another request of the call was open",
        fix="wait for the open re-INVITE to end (hold, session refresh), and send the REFER again after 2 to 4 seconds",
    )
