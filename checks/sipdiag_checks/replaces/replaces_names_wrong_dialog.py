"""Replaces names a dialog that the target cannot have."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure
from sipdiag.facts.refusal import REFER_TO_CODES, refusal
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Token, Word


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
        "replaces-dialog-gone",
    ),
    refs=("RFC 3891 3", "RFC 5589 7.1"),
    refuted_by="the target answers the INVITE with Replaces 2xx",
)
def replaces_names_wrong_dialog(transfer: Transfer) -> Iterator[Finding]:
    """Replaces names the wrong dialog

    An attended transfer must name the consultation dialog between transferor and target. Here Replaces names the
    dialog in which the REFER itself is sent, so that the target does not know it.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:caller@198.51.100.10?Replaces=leg1%40x%3Bto-tag%3Da%3Bfrom-tag%3Db> | Call-ID: leg1@x
        caller -> agent 202 Accepted  Call-ID: leg1@x
        caller -> agent NOTIFY 404 Not Found  Call-ID: leg1@x
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
    if named is None or transfer.refer is None or (broken is None and refused is None):
        return
    own = transfer.refer.call_id == named.call_id
    if not own:
        return
    yield Finding(
        "Replaces names Call-ID {call_id}, the very dialog in which the REFER is sent, not the consultation call{code}",
        call_id=Token(named.call_id),
        code=Word(f"; the new call failed with {broken.status}" if broken is not None else ""),
        at=transfer.attempts[-1].at,
        stage=Stage.TARGET_REACHED if broken is not None else Stage.ACCEPTED,
        because=[Because("what the new call got", at=broken.at)] if broken is not None else [],
        fix="take Refer-To user and Replaces from the consultation call with the target: its Call-ID, and its tags as the target sees them",
    )
