"""The new call got a final response that no finer cause explains."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Finding, Owner, Severity, Stage, check
from sipdiag.checking.call_failed import call_failed
from sipdiag.facts.ending import ending
from sipdiag.facts.new_call import refused_at
from sipdiag.facts.record import CallRecord
from sipdiag.facts.transfer import Transfer
from sipdiag.sip.codes import meaning
from sipdiag.values import Text, Word

# Codes that a check of their own explains: busy, not found, no answer, declined, forbidden, media.
_FINER = frozenset({486, 600, 404, 410, 484, 604, 408, 480, 603, 607, 608, 401, 403, 407, 488, 606})

# What a code means as the answer to a new INVITE that a REFER caused (RFC 3261, 21, and the RFC of each code).
_MEANINGS = {
    300: "the number leads to several targets, and nobody chose one",
    301: "the target has moved, and nobody followed it",
    302: "the target forwards its calls, and nobody followed the new address",
    305: "the target must be reached through a proxy, and nobody used it",
    380: "an alternative service was offered, and nobody took it",
    400: "the new INVITE was taken for malformed, or there was no second leg to transfer",
    402: "the account that pays for the new leg is out of credit",
    405: "whatever stands at that address takes no INVITE",
    406: "the new INVITE accepts nothing that the target can send",
    413: "the new INVITE is too large, often by headers that Refer-To carried",
    414: "its Request-URI is too long, often by headers left in it",
    415: "the body of the new INVITE is of a type that the target does not take",
    416: "the URI scheme of the target cannot be routed",
    420: "the new INVITE requires an extension that the target lacks",
    421: "the target requires an extension that the new INVITE does not offer",
    422: "the session timer of the new INVITE is too short",
    428: "the target wants a signed caller identity",
    429: "the target wants to know who refers: Referred-By is missing or not accepted",
    430: "the connection to the target's device is gone",
    433: "the target takes no anonymous calls",
    436: "the signed caller identity cannot be verified",
    437: "the certificate of the caller identity is not trusted",
    438: "the signature of the caller identity does not match",
    470: "the target has not consented to calls like this",
    481: "the dialog that Replaces names does not exist at the target",
    482: "the new call came back to where it was placed: Refer-To leads in a circle",
    483: "the new call was routed in a circle until it ran out of hops",
    485: "the address fits several targets",
    487: "the new call was cancelled before the target rang",
    489: "the target does not know the event package",
    491: "a request was pending in the dialog of the target",
    493: "the target cannot decrypt the body",
    494: "a security agreement must come first",
}


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("original-call-dropped-on-failed-transfer",),
    refs=("RFC 3261 21", "RFC 3515 2.4.5"),
    refuted_by="a 2xx to the new INVITE, or a later NOTIFY whose sipfrag is 200",
)
def target_leg_failed(transfer: Transfer, records: tuple[CallRecord, ...]) -> Iterator[Finding]:
    """The new call fails

    The transfer was accepted, and the new call ended with a final code that none of the finer causes explains: 400,
    415, 420, 481 and others. The code is that of the new call, not of the REFER: it was made by whoever got the new
    INVITE, or by the transferee when it could not place one.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 482 Loop Detected
        agent -> caller 200 OK

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 302 Moved Temporarily
        agent -> caller 200 OK
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
    """
    failed = ending(transfer, records)
    if failed is None or failed.status is None or failed.status in _FINER or 500 <= failed.status < 600:
        return
    if failed.status == 487 and failed.rang is not False:
        return  # target-no-answer
    itself = failed.status == 482 and _came_back(transfer)
    known = meaning(failed.status, "N")
    yield call_failed(
        failed,
        "the new call to {target} failed with {status} {reason}{meaning}",
        meaning=Word(f": {_MEANINGS[failed.status]}" if failed.status in _MEANINGS else ""),
        owner=Owner.PLATFORM if itself else None,
        blameless=not itself and _half_seen(transfer, failed.status),
        fix="let Refer-To name somebody else than its own sender, who got the new call"
        if itself
        else "ask whoever answered the new call with {status} what it objects to, and correct Refer-To or the new INVITE"
        if known.general
        else "{action}",
        action=Text(known.to_do),
    )


def _half_seen(transfer: Transfer, status: int) -> bool:
    """Whether what a finer cause would show is not in the input: the REFER, the new INVITE, or the dialog to be replaced."""
    if transfer.sent and not transfer.attempts:
        return True
    unknown_dialog = status == 481 and transfer.attended and transfer.consultation is None
    return transfer.unseen_call is not None or unknown_dialog


def _came_back(transfer: Transfer) -> bool:
    """Whether the new call was refused by the transferor itself: its Refer-To leads back to it."""
    answer = refused_at(transfer)
    own = transfer.leg.place(transfer.transferor) if transfer.leg is not None and transfer.transferor else None
    return answer is not None and own is not None and answer.origin == own
