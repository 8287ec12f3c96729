from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Finding, Owner, Severity, Stage, check
from sipdiag.checking.record_says import transfer_answered
from sipdiag.facts.record import CallRecord
from sipdiag.facts.wording import TLS_FAILED


@check(
    stage=Stage.EMITTED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    refuted_by="a REFER of the transferring side",
)
def tls_handshake_failed_in_the_record(record: CallRecord) -> Iterator[Finding]:
    """The TLS handshake for the REFER failed

    The record says that the TLS handshake with the peer failed, so no REFER left.

    Bad:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, error: "tls: certificate has expired"}]}

    Good:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, error: "call transfer failed: sip status: 603"}]}
    """
    yield from transfer_answered(
        record,
        TLS_FAILED,
        fix="compare certificate, names, trusted authorities and TLS versions of both sides",
    )
