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
def event_package_unsupported_in_the_record(record: CallRecord, transfers: tuple[Transfer, ...]) -> Iterator[Finding]:
    """The record says that the receiver lacks the refer event

    The platform tells how its REFER was answered: 489. Its receiver does not know the event package of REFER.

    Bad:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, refer_status: 489}]}

    Good:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: true, refer_status: 202}]}
    """
    yield from refer_answered(
        record,
        transfers,
        (489,),
        "the record says that the REFER was answered {status} {reason}: its receiver does not know the event package",
        fix="enable the refer event package at the receiver, or transfer by a second leg or re-INVITE instead",
    )
