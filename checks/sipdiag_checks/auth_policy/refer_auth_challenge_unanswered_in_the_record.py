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
    beats=("refer-rejected", "refer-refused-by-policy", "carrier-does-not-support-refer"),
    refs=("RFC 3261 22.2", "RFC 3261 22.3"),
    refuted_by="a 2xx to a later REFER of the same transfer",
)
def refer_auth_challenge_unanswered_in_the_record(
    record: CallRecord, transfers: tuple[Transfer, ...]
) -> Iterator[Finding]:
    """The record says that the REFER ended with a challenge

    The platform tells how its REFER was answered: 401 or 407, and that was the end of it. It did not send the REFER
    again with credentials that its receiver took.

    Bad:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, refer_status: 407}]}

    Good:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: true, refer_status: 202}]}
    """
    yield from refer_answered(
        record,
        transfers,
        (401, 407),
        "the record says that the REFER was answered {status} {reason}, and that this was the end of it",
        fix="give the transferring side credentials that it uses for REFER, or let the receiver trust it by address",
    )
