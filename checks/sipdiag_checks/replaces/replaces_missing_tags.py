"""Replaces lacks a tag."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure
from sipdiag.facts.refusal import REFER_TO_CODES, refusal
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Word


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=(
        "refer-to-aor-instead-of-contact",
        "transfer-invite-not-verbatim",
        "replaces-blocked-by-policy",
        "target-leg-failed",
        "target-not-found",
        "target-unavailable",
        "target-declined",
        "target-forbidden",
        "refer-rejected",
        "refer-refused-by-policy",
        "replaces-names-wrong-dialog",
        "agent-leg-not-bridged",
    ),
    refs=("RFC 3891 6.1",),
    refuted_by="the target answers the INVITE with Replaces 2xx",
)
def replaces_missing_tags(transfer: Transfer) -> Iterator[Finding]:
    """Replaces lacks to-tag or from-tag

    A dialog is named by Call-ID and both tags. Here one is missing, so the target finds no dialog.

    Bad:

        call
        leg2: call agent -> target
        agent -> caller REFER  Refer-To: <sip:+15550100188@203.0.113.30?Replaces=leg2%40x%3Bto-tag%3Da>
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
    named = transfer.refer_to.replaces if transfer.refer_to is not None else None
    broken = failure(transfer)
    refused = refusal(transfer, REFER_TO_CODES | {481})
    if named is None or (named.to_tag and named.from_tag) or (broken is None and refused is None):
        return
    missing = [n for n, v in (("to-tag", named.to_tag), ("from-tag", named.from_tag)) if not v]
    yield Finding(
        "Replaces has no {missing}",
        missing=Word(" and no ".join(missing)),
        at=transfer.attempts[-1].at,
        stage=Stage.TARGET_REACHED if broken is not None else Stage.ACCEPTED,
        because=[Because("what the new call got", at=broken.at)] if broken is not None else [],
        fix="write both tags of the consultation call into Replaces",
    )
