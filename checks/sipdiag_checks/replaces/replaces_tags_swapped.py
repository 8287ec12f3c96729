"""Replaces has the right dialog and the tags the wrong way round."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Token


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
    ),
    refs=("RFC 3891 3",),
    refuted_by="the target answers the INVITE with Replaces 2xx",
)
def replaces_tags_swapped(transfer: Transfer) -> Iterator[Finding]:
    """The tags in Replaces are swapped

    In Replaces the to-tag is the tag of the target and the from-tag that of the transferor, as the target sees its
    own dialog. Here they are exchanged, so no dialog matches.

    Bad:

        call
        leg2: call agent -> target
        agent -> caller REFER  Refer-To: <sip:+15550100188@203.0.113.30?Replaces=leg2%40sip.example%3Bto-tag%3Dagent-leg2%3Bfrom-tag%3Dtarget-leg2>
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
    consult = transfer.consultation
    broken = failure(transfer)
    if named is None or consult is None or broken is None or named.call_id != consult.call_id:
        return
    placed_by_transferor = _placed_by_transferor(transfer)
    if placed_by_transferor is None:
        return
    theirs = consult.callee_tags if placed_by_transferor else (consult.caller_tag,)
    mine = (consult.caller_tag,) if placed_by_transferor else consult.callee_tags
    if named.to_tag in theirs or named.from_tag not in theirs or named.to_tag not in mine:
        return
    yield Finding(
        "to-tag is {to_tag} and from-tag is {from_tag}: at the target they are the other way round; the new call failed with {status}",
        to_tag=Token(named.to_tag or ""),
        from_tag=Token(named.from_tag or ""),
        status=broken.status,
        at=transfer.attempts[-1].at,
        because=[
            Because("the consultation call", at=consult.first.frame),
            Because("what the new call got", at=broken.at),
        ],
        fix="write the target's tag as to-tag and the transferor's own tag of the consultation call as from-tag",
    )


def _placed_by_transferor(transfer: Transfer) -> bool | None:
    """Whether the transferor placed the consultation call; None where that is not seen."""
    consult, leg = transfer.consultation, transfer.leg
    if consult is None or leg is None or consult.invite is None or transfer.transferor is None:
        return None
    mine = leg.uri_of(transfer.transferor)
    caller = consult.invite.message.from_
    if mine is None or mine.uri is None or caller is None or caller.uri is None:
        return None
    return mine.uri.user == caller.uri.user
