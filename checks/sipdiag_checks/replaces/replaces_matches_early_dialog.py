"""The dialog to be replaced is only ringing."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure
from sipdiag.facts.transfer import Transfer


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
        "replaces-names-wrong-dialog",
    ),
    refs=("RFC 3891 3",),
    refuted_by="a 2xx to the consultation INVITE before the REFER",
)
def replaces_matches_early_dialog(transfer: Transfer) -> Iterator[Finding]:
    """Replaces names a dialog that is still ringing

    The REFER was sent while the consultation call rang. The target must not let an early dialog that it did not
    start be replaced: it answers 481.

    Bad:

        call
        leg2: agent -> target INVITE
        leg2: target -> agent 180 Ringing
        agent -> caller REFER  Refer-To: <sip:+15550100188@203.0.113.30?Replaces=leg2%40sip.example%3Bto-tag%3Dtarget-leg2%3Bfrom-tag%3Dagent-leg2>
        caller -> agent 202 Accepted
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
    if consult is None or broken is None or transfer.decisive is None or consult.invite is None:
        return
    if consult.answer is not None and consult.answer.order < transfer.decisive.order:
        return
    if consult.acknowledged and consult.acks[0].order < transfer.decisive.order:
        return  # its answer is not in the input, and the ACK for it is
    if consult.invite.final is not None and consult.invite.final.order < transfer.decisive.order:
        return
    yield Finding(
        "the consultation call was not answered yet when the REFER was sent; the new call failed with {status}",
        status=broken.status,
        at=transfer.decisive.at,
        because=[
            Because("the consultation call", at=consult.invite.at),
            Because("what the new call got", at=broken.at),
        ],
        fix="wait until the target has answered before the REFER with Replaces, or cancel the consultation and transfer blind",
    )
