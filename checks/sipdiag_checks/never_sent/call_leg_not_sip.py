from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Expectation, TransferRule
from sipdiag.facts.record import CallRecord
from sipdiag.values import Word

_IN_A_BROWSER = ("web", "websocket")


@check(
    stage=Stage.ELIGIBLE,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=("transfer-type-not-refer", "platform-permission-refused"),
    refs=("RFC 3515 2.4.1",),
    refuted_by="SIP messages of the leg that is to be transferred",
)
def call_leg_not_sip(
    record: CallRecord, expectation: Expectation | None, rules: tuple[TransferRule, ...]
) -> Iterator[Finding | CannotTell]:
    """The recorded call is no SIP call

    A REFER moves a SIP dialog. The record says that this call came over something else (a native CPaaS number, a
    WebSocket, a web widget), so none could be sent for it, whatever the rule says.

    Bad:

        call: {leg: web, transfers: [{to: "+12025550150", ok: false, error: "transfer failed"}]}

    Good:

        call: {leg: sip, transfers: [{to: "+12025550150", ok: false, error: "transfer failed"}]}

    Good:

        # A transfer by the provider's own method may well succeed.
        call: {leg: twilio, transfers: [{to: "+12025550150", ok: true}]}
    """
    if not record.leg or record.leg.value in ("sip", "unknown"):
        return
    asked = bool(record.calls) or bool(record.announced) or (expectation is not None and expectation.transfer)
    if not asked or (record.calls and record.calls[-1].succeeded):
        return
    wants = not rules or any(r.wants_refer for r in rules) or (expectation is not None and expectation.refer)
    # Where a document leaves the method open, a native number may be moved by its provider, and a page in a browser by nobody.
    wants = wants or (record.leg.value in _IN_A_BROWSER and any(r.wants_refer is None for r in rules))
    yield Finding(
        "the call is of kind {leg}, not SIP: no REFER can be sent for it",
        leg=Word(str(record.leg)),
        at=record.leg.where or record.where,
        because=[Because("a transfer was asked for", at=c.where) for c in record.calls[:1]],
        severity=Severity.ERROR if wants else Severity.INFO,
        fix="let the call reach the agent over a SIP trunk, or use a transfer method of that provider",
    )
