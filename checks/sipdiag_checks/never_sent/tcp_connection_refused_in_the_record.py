from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Finding, Owner, Severity, Stage, check
from sipdiag.checking.record_says import transfer_answered
from sipdiag.facts.record import CallRecord
from sipdiag.facts.wording import REFUSED


@check(
    stage=Stage.EMITTED,
    severity=Severity.ERROR,
    owner=Owner.NETWORK,
    refuted_by="a REFER of the transferring side",
)
def tcp_connection_refused_in_the_record(record: CallRecord) -> Iterator[Finding]:
    """The connection for the REFER was refused

    The record says that the connection for the REFER was refused or never answered.

    Bad:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, error: "dial tcp 203.0.113.44:5060: connect: connection refused"}]}

    Good:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, error: "call transfer failed: sip status: 603"}]}
    """
    yield from transfer_answered(
        record,
        REFUSED,
        fix="let the peer listen there and open the port in firewalls, or use the transport that it serves",
    )
