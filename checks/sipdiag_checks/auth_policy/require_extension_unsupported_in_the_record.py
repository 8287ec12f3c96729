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
    refs=("RFC 3261 8.2.2.3",),
    refuted_by="a 2xx to a later REFER of the same transfer",
)
def require_extension_unsupported_in_the_record(
    record: CallRecord, transfers: tuple[Transfer, ...]
) -> Iterator[Finding]:
    """The record says that the REFER needs an extension

    The platform tells how its REFER was answered: 420. Its Require names an extension that the receiver lacks.

    Bad:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, refer_status: 420}]}

    Good:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: true, refer_status: 202}]}
    """
    yield from refer_answered(
        record,
        transfers,
        (420,),
        "the record says that the REFER was answered {status} {reason}: it requires an extension that the receiver lacks",
        fix="put option tags that are not needed into Supported instead of Require",
    )
