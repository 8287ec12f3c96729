"""Reserved characters stand raw in the Replaces of Refer-To."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure
from sipdiag.facts.refusal import REFER_TO_CODES, refusal
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text, UriText, Word


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=(
        "transfer-invite-not-verbatim",
        "replaces-blocked-by-policy",
        "target-leg-failed",
        "target-not-found",
        "target-unavailable",
        "target-declined",
        "target-forbidden",
        "refer-rejected",
        "refer-refused-by-policy",
        "refer-to-malformed",
        "refer-to-missing-angle-brackets",
        "replaces-names-wrong-dialog",
        "replaces-missing-tags",
    ),
    refs=("RFC 3261 19.1.2", "RFC 3891 6.1"),
    refuted_by="the target answers the INVITE with Replaces 2xx",
)
def replaces_not_escaped(transfer: Transfer) -> Iterator[Finding]:
    """Replaces is not escaped

    Inside Refer-To the value of Replaces is a header of a URI: `;`, `=`, `@`, `+` and others must be percent-
    encoded. Raw, they are read as something else, and the dialog does not match.

    Bad:

        call
        leg2: call agent -> target
        agent -> caller REFER  Refer-To: <sip:+15550100188@203.0.113.30?Replaces=leg2%40x%3Bto-tag%3D12+34%3Bfrom-tag%3Db>
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
    refer_to = transfer.refer_to
    broken = failure(transfer)
    refused = refusal(transfer, REFER_TO_CODES | {481})
    if refer_to is None or refer_to.raw_replaces is None or (broken is None and refused is None):
        return
    raw = "".join(dict.fromkeys(c for c in refer_to.raw_replaces if c in ';=@+&?,<> "'))
    if not raw:
        return
    at_fault = broken.status in (400, 404, 481, 500) if broken is not None else True
    if not at_fault:
        return
    harmless = _carried_whole(transfer)
    yield Finding(
        "Replaces holds {characters} raw, which must be percent-encoded{code}",
        characters=Text(" ".join(raw)),
        code=Word(f"; the new call failed with {broken.status}" if broken is not None else ""),
        at=transfer.attempts[-1].at,
        stage=Stage.TARGET_REACHED if broken is not None else Stage.ACCEPTED,
        severity=Severity.WARNING if harmless else None,
        because=[
            Because("Refer-To: {value}", at=transfer.attempts[-1].at, value=UriText(refer_to.raw)),
            *([Because("what the new call got", at=broken.at)] if broken is not None else []),
        ],
        fix="percent-encode every reserved character of Call-ID and tags in Replaces: %3B for ;, %3D for =, %40 for @, %2B for +",
    )


def _carried_whole(transfer: Transfer) -> bool:
    """Whether the new INVITE has all of the Replaces that was written raw: its reader took no harm.

    A tag that nobody wrote was not lost by what stands raw beside it.
    """
    refer_to = transfer.refer_to
    wanted = refer_to.replaces if refer_to is not None else None
    made = next((t.invite.message.replaces for t in transfer.targets if t.certain), None)
    if refer_to is None or wanted is None or made is None:
        return False
    written = (refer_to.raw_replaces or "").lower()
    if any(not tag and name in written for name, tag in (("to-tag", made.to_tag), ("from-tag", made.from_tag))):
        return False
    return (made.call_id, made.to_tag, made.from_tag) == (wanted.call_id, wanted.to_tag, wanted.from_tag)
