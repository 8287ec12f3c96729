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
    beats=("refer-rejected",),
    refs=("RFC 3515 2.4.2",),
    refuted_by="a 2xx to a later REFER of the same transfer",
)
def refer_refused_by_policy_in_the_record(record: CallRecord, transfers: tuple[Transfer, ...]) -> Iterator[Finding]:
    """The record says that the REFER was forbidden

    The platform tells how its REFER was answered: 403 or 603. Its receiver understood it, and transfers are
    switched off for this trunk, endpoint or destination.

    Bad:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, refer_status: 603}]}

    Good:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: true, refer_status: 202}]}
    """
    yield from refer_answered(
        record,
        transfers,
        (403, 603),
        "the record says that the REFER was answered {status} {reason}",
        fix="ask whoever runs the trunk or PBX that the call came from to permit transfers by REFER, and to this destination",
    )
