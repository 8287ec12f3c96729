from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Finding, Owner, Severity, Stage, check
from sipdiag.checking.record_says import transfer_answered
from sipdiag.facts.record import CallRecord
from sipdiag.facts.wording import NO_CONNECTION


@check(
    stage=Stage.EMITTED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    refuted_by="a REFER of the transferring side",
)
def no_connection_for_transport_in_the_record(record: CallRecord) -> Iterator[Finding]:
    """The platform found no connection for the REFER

    The record says that no connection of the needed transport was there or could be opened, so no REFER left.

    Bad:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, error: "no open TLS connection for 203.0.113.44:5061"}]}

    Good:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, error: "call transfer failed: sip status: 603"}]}
    """
    yield from transfer_answered(
        record,
        NO_CONNECTION,
        fix="send in-dialog requests over the connection that the call already has (RFC 5923), or to an address that listens",
    )
