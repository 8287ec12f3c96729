from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.dialog_state import sent_before_ack, sent_before_answer
from sipdiag.facts.refusal import refusal
from sipdiag.facts.transfer import Transfer

# What stacks answer to a request in a dialog that they do not hold for confirmed yet.
_EARLY = frozenset({400, 403, 404, 406, 480, 481, 482, 486, 488, 491, 500, 503, 603})
_UNACKNOWLEDGED = frozenset({403, 481, 491, 500})


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("refer-outside-dialog", "refer-refused-by-policy", "refer-while-reinvite-pending", "refer-rejected"),
    refs=("RFC 3261 12.1", "RFC 3261 13.3.1.4", "RFC 3515 2.4.1"),
    refuted_by="the 2xx to the INVITE before the REFER",
)
def refer_before_dialog_confirmed(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The REFER was sent before the call was answered

    A call can be transferred once the 2xx to its INVITE was sent and acknowledged. A REFER before that meets no
    confirmed dialog, and most stacks answer 481 or 403.

    Bad:

        caller -> agent INVITE
        agent -> caller 180 Ringing
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 481 Call/Transaction Does Not Exist
        agent -> caller 200 OK  CSeq: INVITE
        caller -> agent ACK

    Good:

        caller -> agent INVITE
        agent -> caller 180 Ringing
        agent -> caller 200 OK
        caller -> agent ACK
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
    """
    refer, leg = transfer.decisive, transfer.leg
    if refer is None or leg is None:
        return
    said = refusal(transfer)
    invite = sent_before_answer(leg, refer)
    if invite is not None:
        answered = invite.final is not None and invite.succeeded
        because = [Because("the INVITE that was still open", at=invite.at)]
        if answered and invite.final is not None:
            because.append(Because("it was answered only here", at=invite.final.frame))
        if said is not None and said.status in _EARLY:
            yield Finding(
                "REFER sent before the call was answered, and refused with {status} {reason}",
                status=said.status,
                reason=said.reason,
                at=refer.at,
                because=[*because, Because("the refusal", at=said.at)],
                fix="send the REFER only after the 200 to the INVITE has been acknowledged",
            )
        elif said is None and refer.succeeded:
            yield Finding(
                "REFER sent before the call was answered",
                at=refer.at,
                because=because,
                fix="send the REFER only after the 200 to the INVITE has been acknowledged",
                severity=Severity.WARNING,
            )
        return
    answer = sent_before_ack(leg, refer)
    if answer is not None and said is not None and said.status in _UNACKNOWLEDGED:
        yield Finding(
            "REFER sent before the ACK of the call, and refused with {status} {reason}",
            status=said.status,
            reason=said.reason,
            at=refer.at,
            because=[Because("the 200 without its ACK", at=answer.frame), Because("the refusal", at=said.at)],
            fix="send the REFER only after the 200 to the INVITE has been acknowledged",
        )
