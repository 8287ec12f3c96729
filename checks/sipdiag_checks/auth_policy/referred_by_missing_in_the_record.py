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
    beats=("refer-rejected", "refer-refused-by-policy"),
    refs=("RFC 3892 5",),
    refuted_by="a 2xx to a later REFER of the same transfer",
)
def referred_by_missing_in_the_record(record: CallRecord, transfers: tuple[Transfer, ...]) -> Iterator[Finding]:
    """The record says that the REFER lacks Referred-By

    The platform tells how its REFER was answered: 429. Its receiver wants to know in Referred-By who transfers.

    Bad:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, refer_status: 429}]}

    Good:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: true, refer_status: 202}]}
    """
    yield from refer_answered(
        record,
        transfers,
        (429,),
        "the record says that the REFER was answered {status} {reason}: its receiver wants Referred-By",
        fix="add a Referred-By header with the transferring party to the REFER",
    )
