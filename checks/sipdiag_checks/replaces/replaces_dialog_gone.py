"""The dialog that is to be replaced has ended before."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Word


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=(
        "target-leg-failed",
        "target-not-found",
        "target-unavailable",
        "target-declined",
        "target-forbidden",
        "refer-rejected",
        "refer-refused-by-policy",
    ),
    refs=("RFC 3891 3",),
    refuted_by="a consultation call that still stands when the new INVITE arrives",
)
def replaces_dialog_gone(transfer: Transfer) -> Iterator[Finding]:
    """The dialog named by Replaces is gone

    The consultation call had been set up and was ended before the new INVITE reached the target: nothing is left to
    be replaced, and the target answers 481 (or 603).

    Bad:

        call
        leg2: call agent -> target
        agent -> caller REFER  Refer-To: <sip:+15550100188@203.0.113.30?Replaces=leg2%40sip.example%3Bto-tag%3Dtarget-leg2%3Bfrom-tag%3Dagent-leg2>
        caller -> agent 202 Accepted
        leg2: agent -> target BYE
        leg2: target -> agent 200 OK
        caller -> agent NOTIFY 481 Call/Transaction Does Not Exist
        agent -> caller 200 OK

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
    """
    consult = transfer.consultation
    broken = failure(transfer)
    if (
        consult is None
        or broken is None
        or broken.status not in (404, 481, 603)
        or not consult.byes
        or consult.answer is None
    ):
        return
    bye = consult.byes[0]
    decided = transfer.target.invite.order if transfer.target is not None else None
    report = transfer.final_notify.transaction.order if transfer.final_notify is not None else None
    limit = decided if decided is not None else report
    if limit is not None and bye.order > limit:
        return
    yield Finding(
        "the consultation call was ended {when} the new call, which failed with {status}",
        when=Word("before"),
        status=broken.status,
        at=bye.at,
        because=[Because("what the new call got", at=broken.at)],
        fix="keep the consultation call until the target has answered the INVITE with Replaces",
    )
