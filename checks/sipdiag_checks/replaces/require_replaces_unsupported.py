"""The target lacks an extension that the new INVITE demands."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text, UriText


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.TARGET,
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
    refs=("RFC 3261 20.32", "RFC 3891 4"),
    refuted_by="Supported: replaces from the target",
)
def require_replaces_unsupported(transfer: Transfer) -> Iterator[Finding]:
    """`Require: replaces`, and the target lacks it

    Refer-To asks for `Require: replaces` in the new INVITE. A target that does not know the extension must refuse
    with 420.

    Bad:

        call
        leg2: call agent -> target
        agent -> caller REFER  Refer-To: <sip:+15550100188@203.0.113.30?Require=replaces&Replaces=leg2%40sip.example%3Bto-tag%3Dtarget-leg2%3Bfrom-tag%3Dagent-leg2>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 420 Bad Extension
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
    refer_to = transfer.refer_to
    broken = failure(transfer)
    if refer_to is None or broken is None:
        return
    invite = transfer.target.invite.message if transfer.target is not None else None
    asked = "replaces" in refer_to.require or (invite is not None and "replaces" in (invite.require or frozenset()))
    unsupported = "replaces" in (broken.response.unsupported or frozenset())
    if not (asked and broken.status == 420) and not unsupported:
        return
    yield Finding(
        "the new INVITE requires replaces, and the target answers {status} {reason}",
        status=broken.status,
        reason=Text(broken.reason),
        at=broken.at,
        because=[Because("Refer-To: {value}", at=transfer.attempts[-1].at, value=UriText(refer_to.raw))],
        fix="leave Require=replaces out of Refer-To, or make sure first that the target lists replaces in Supported",
    )
