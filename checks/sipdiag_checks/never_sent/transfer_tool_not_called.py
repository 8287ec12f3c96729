from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.record import CallRecord


@check(
    stage=Stage.CONFIGURED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    refuted_by="a call of the transfer tool, or a REFER",
)
def transfer_tool_not_called(record: CallRecord) -> Iterator[Finding | CannotTell]:
    """The agent only said that it would transfer

    The agent promised a transfer, and the record of the call has no call of a transfer tool. The model talked instead
    of acting; nothing ever reached the SIP side.

    Bad:

        call: {leg: sip, said: ["I am transferring you to a colleague now."], transfers: []}

    Good:

        call: {leg: sip, said: ["I am transferring you to a colleague now."], transfers: [{to: "+12025550150", ok: true}]}

    Good:

        call: {leg: sip, transfers: []}
    """
    if record.announced and not record.calls:
        words = record.announced[-1]
        yield Finding(
            'the agent said "{words}", and no transfer tool was called',
            words=words,
            at=words.where or record.where,
            fix="tell the model to call the tool instead of announcing it, sharpen the tool's description, or use a "
            "model that calls tools reliably; then test the tool call alone",
        )
