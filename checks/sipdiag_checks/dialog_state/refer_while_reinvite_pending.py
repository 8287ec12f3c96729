from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.dialog_state import open_offers
from sipdiag.facts.refusal import refusal
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Word

_PENDING = 491


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("refer-rejected",),
    refs=("RFC 3261 14.1", "RFC 3261 14.2", "RFC 5589 6.1"),
    refuted_by="a 2xx to a later REFER of the same transfer",
)
def refer_while_reinvite_pending(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The REFER met an open re-INVITE

    A re-INVITE or UPDATE (hold, session refresh) was not finished when the REFER arrived, and the receiver answered
    491, or 500 with Retry-After. The REFER has to wait for the answer and its ACK.

    Bad:

        call
        agent -> caller INVITE
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 491 Request Pending
        caller -> agent 200 OK  CSeq: INVITE
        agent -> caller ACK

    Good:

        call
        agent -> caller INVITE
        caller -> agent 200 OK
        agent -> caller ACK
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
    """
    said = refusal(transfer, (_PENDING, 500))
    if said is None or transfer.leg is None:
        return
    pending = next(open_offers(transfer.leg, said.refer), None)
    if said.status != _PENDING and (pending is None or said.message.retry_after is None):
        return
    because = [Because("the refusal", at=said.at)]
    if pending is not None:
        because.insert(0, Because("the {method} that was open", at=pending.at, method=Word(_name(pending.method))))
    yield Finding(
        "REFER sent while {what} was open, and refused with {status} {reason}",
        what=Word("a re-INVITE" if pending is None or pending.method == "INVITE" else "an UPDATE"),
        status=said.status,
        reason=said.reason,
        at=said.refer.at,
        because=because,
        fix="send the REFER after the response and ACK of the hold or refresh; after 491 repeat it 2.1 to 4 s later",
    )


def _name(method: str) -> str:
    return "re-INVITE" if method == "INVITE" else method
