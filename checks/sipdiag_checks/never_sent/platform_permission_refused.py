from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.record import CallRecord
from sipdiag.values import Text


@check(
    stage=Stage.ELIGIBLE,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    refuted_by="a REFER of the transferring side",
)
def platform_permission_refused(record: CallRecord) -> Iterator[Finding | CannotTell]:
    """The platform refused the transfer request

    The request to transfer was refused before any SIP was sent: the token lacks a permission, the plan lacks the
    feature, or a switch is off. The platform's own words are quoted. Some platforms say the same when the stored rule is
    broken, so a fault of the rule is the better explanation where there is one.

    Bad:

        call: {leg: sip, transfers: [{to: "+12025550150", ok: false, error: "missing permission sip.call"}]}

    Good:

        call: {leg: sip, transfers: [{to: "+12025550150", ok: false, error: "call transfer failed: sip status: 603"}]}
    """
    for call in record.calls:
        if not call.refused or call.succeeded or (call.status is not None and call.status >= 300):
            continue
        yield Finding(
            'the platform refused the transfer: "{words}"',
            words=Text(str(call.result)),
            at=call.result.where or call.where,
            fix="grant what the platform asks for (token permission, plan, feature switch), and try again",
        )
