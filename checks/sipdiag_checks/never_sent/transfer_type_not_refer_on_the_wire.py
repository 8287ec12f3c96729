from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.attended import attended_asked
from sipdiag.facts.config import Expectation, TransferRule
from sipdiag.facts.record import CallRecord
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Address, UriText, Word

_WORDS = {
    "second-leg": "sent an INVITE of its own to {target}",
    "reinvite": "sent an INVITE of its own to {target} and joined both by re-INVITE",
    "conference": "sent an INVITE of its own to {target} and joined both in a conference",
}


@check(
    stage=Stage.CONFIGURED,
    severity=Severity.WARNING,
    owner=Owner.CONFIG,
    beats=(
        "target-busy",
        "target-not-found",
        "target-declined",
        "target-no-answer",
        "target-unavailable",
        "target-forbidden",
        "target-leg-failed",
    ),
    refs=("RFC 3515 2", "RFC 5589 5"),
    refuted_by="a REFER of the transferring side",
)
def transfer_type_not_refer_on_the_wire(
    transfer: Transfer, expectation: Expectation, records: tuple[CallRecord, ...], rule: TransferRule | None
) -> Iterator[Finding | CannotTell]:
    """The transferring side dialled the target itself instead of sending a REFER

    A second INVITE from the same party, often after it put the first call on hold, is a transfer by conference, bridge
    or second leg. It works without REFER and needs none; where REFER was meant, the rule selects another method.

    Bad:

        expect transfer
        call
        leg2: call agent -> target
        caller -> agent BYE
        agent -> caller 200 OK

    Good:

        expect transfer
        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
    """
    target = transfer.target
    if transfer.sent or target is None or transfer.method not in _WORDS or transfer.leg is None:
        return
    if not target.answered and attended_asked(transfer) is not None:
        return  # the second call was the consultation that a REFER was to follow
    invite = target.invite
    failed = invite.refused or any(r.transfer_failed or any(c.succeeded is False for c in r.calls) for r in records)
    who = invite.first.source
    held = next((t for t in transfer.leg.reinvites if t.message.sdp is not None and t.message.sdp.held), None)
    because = [Because("the call was put on hold", at=held.at)] if held is not None else []
    if invite.final is not None:
        because.append(Because("the second call was answered {status}", at=invite.final.frame, status=invite.status))
    if rule is not None and rule.wants_refer:
        because.append(
            Because("the rule says REFER, so another version of it was live", at=rule.method.where or rule.where)
        )
    yield Finding(
        "no REFER: {who} " + _WORDS[transfer.method],
        who=Address(who.host) if who is not None else Word("the transferring side"),
        target=UriText(invite.message.uri_text or ""),
        at=invite.at,
        because=because,
        fix="select the platform's REFER method in the transfer rule (such as sip_refer) if the carrier is to move the call",
        severity=Severity.ERROR if expectation.refer or failed else None,
    )
