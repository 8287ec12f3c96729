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
    refs=("RFC 3261 12.2.2",),
    refuted_by="a 2xx to a later REFER of the same transfer",
)
def refer_outside_dialog_in_the_record(record: CallRecord, transfers: tuple[Transfer, ...]) -> Iterator[Finding]:
    """The record says that the REFER matched no dialog

    The platform tells how its REFER was answered: 481. Its receiver does not know the dialog: it had ended, or the
    REFER reached another node.

    Bad:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, refer_status: 481}]}

    Good:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: true, refer_status: 202}]}
    """
    yield from refer_answered(
        record,
        transfers,
        (481,),
        "the record says that the REFER was answered {status} {reason}: its receiver does not know the dialog",
        fix="keep the call up until the transfer is done, send the REFER in its dialog, and pin the dialog to one node",
    )
