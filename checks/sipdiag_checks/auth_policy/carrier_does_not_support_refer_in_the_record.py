from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Finding, Owner, Severity, Stage, check
from sipdiag.checking.record_says import refer_answered
from sipdiag.facts.record import CallRecord
from sipdiag.facts.transfer import Transfer


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("allow-lacks-refer", "refer-refused-by-policy", "refer-rejected"),
    refs=("RFC 3515 2.4.2",),
    refuted_by="a 2xx to a later REFER of the same transfer",
)
def carrier_does_not_support_refer_in_the_record(
    record: CallRecord, transfers: tuple[Transfer, ...]
) -> Iterator[Finding]:
    """The record says that the receiver does not do REFER

    The platform tells how its REFER was answered: 405 or 501. Its receiver does not take this method at all.

    Bad:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, refer_status: 405}]}

    Good:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: true, refer_status: 202}]}
    """
    yield from refer_answered(
        record,
        transfers,
        (405, 501),
        "the record says that the REFER was answered {status} {reason}: its receiver does not take REFER",
        fix="ask whoever runs the trunk or PBX that the call came from to enable REFER, or transfer by a second leg or re-INVITE instead",
    )
