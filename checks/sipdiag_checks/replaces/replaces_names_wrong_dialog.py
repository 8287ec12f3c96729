"""Replaces names a dialog that the target cannot have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.new_call import failure
from sipdiag.facts.refusal import REFER_TO_CODES, refusal
from sipdiag.facts.transfer import Transfer
from sipdiag.places import Frame
from sipdiag.sip.refer import Replaces
from sipdiag.values import Token, Word

_ANSWERED_ALREADY = (486,)  # to early-only (RFC 3891 3)
_NO_DIALOG = (400, 404, 481, 603)  # with these a target says that it knows no such dialog (RFC 3891 3)


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
        "target-busy",
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
    dialog in which the REFER itself is sent, or another Call-ID or tag than those of the consultation call: the target
    does not know that dialog. With early-only a consultation call that was answered is none either: the target says 486.

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
    why = _why_wrong(transfer, named)
    if broken is not None and broken.status == 486 and not named.early_only:
        return  # busy is no word for a dialog that is not there
    if why is None or (broken is not None and why.at is not None and broken.status not in why.codes):
        return
    yield Finding(
        "Replaces names Call-ID {call_id}, {why}{code}",
        call_id=Token(named.call_id),
        why=Word(why.words),
        code=Word(f"; the new call failed with {broken.status}" if broken is not None else ""),
        at=transfer.attempts[-1].at,
        stage=Stage.TARGET_REACHED if broken is not None else Stage.ACCEPTED,
        because=[
            *([Because("the consultation call", at=why.at)] if why.at is not None else []),
            *([Because("what the new call got", at=broken.at)] if broken is not None else []),
        ],
        fix="take Refer-To user and Replaces from the consultation call with the target: its Call-ID, and its tags as the"
        " target sees them",
    )


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Why a dialog cannot be the one that is meant; `at` is the consultation call with which it was compared."""

    words: str
    at: Frame | None = None
    codes: tuple[int, ...] = _NO_DIALOG  # with which a target answers it


def _why_wrong(transfer: Transfer, named: Replaces) -> _Wrong | None:
    if transfer.refer is not None and transfer.refer.call_id == named.call_id:
        return _Wrong("the very dialog in which the REFER is sent, not the consultation call")
    consult = transfer.consultation
    if consult is None or consult.answer is None or not _of_transferor(transfer, consult):
        return None
    if consult.call_id != named.call_id:
        return _Wrong("and the consultation call with the target has another", consult.first.frame)
    tags = {consult.caller_tag, *consult.callee_tags}
    if named.to_tag and named.from_tag and not {named.to_tag, named.from_tag} <= tags:
        return _Wrong("and a tag that the consultation call does not have", consult.first.frame)
    if named.early_only and transfer.decisive is not None and consult.answer.order < transfer.decisive.order:
        words = "with early-only, and the consultation call had been answered"
        return _Wrong(words, consult.answer.frame, _ANSWERED_ALREADY)
    return None


def _of_transferor(transfer: Transfer, consult: Leg) -> bool:
    """Whether the transferor itself is an end of a leg, so that its Call-ID there is the one that it knows."""
    host = transfer.transferor_host
    ends = [consult.address(side) for side in Side]
    return host is None or any(e is not None and e.host == host for e in ends)
