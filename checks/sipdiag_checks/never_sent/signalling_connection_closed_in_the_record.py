from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Finding, Owner, Severity, Stage, check
from sipdiag.checking.record_says import transfer_answered
from sipdiag.facts.record import CallRecord
from sipdiag.facts.wording import CLOSED


@check(
    stage=Stage.EMITTED,
    severity=Severity.ERROR,
    owner=Owner.NETWORK,
    refuted_by="a REFER of the transferring side",
)
def signalling_connection_closed_in_the_record(record: CallRecord) -> Iterator[Finding]:
    """The connection of the call was gone

    The record says that the connection of the call had been closed when the transfer was asked for, so no REFER left.

    Bad:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, error: "connection closed by peer (idle timeout)"}]}

    Good:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, error: "call transfer failed: sip status: 603"}]}
    """
    yield from transfer_answered(
        record,
        CLOSED,
        fix="raise the idle limit on the way or send keep-alives (CRLF, OPTIONS), and let the sender reconnect",
    )
