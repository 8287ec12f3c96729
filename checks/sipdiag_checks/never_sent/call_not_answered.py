from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.leg import Leg
from sipdiag.facts.timers import TIMER_F
from sipdiag.facts.transaction import Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Address, Text, Word


@check(
    stage=Stage.ELIGIBLE,
    severity=Severity.ERROR,
    beats=("allow-lacks-refer", "transfer-tool-not-called"),
    refs=("RFC 3261 13.2.2", "RFC 3261 9"),
    refuted_by="a 2xx to the INVITE",
)
def call_not_answered(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The call was never answered

    Only a call that was answered can be transferred. This one was cancelled, refused, or never answered at all.

    Bad:

        expect transfer
        caller -> agent INVITE
        agent -> caller 180 Ringing
        +5s caller -> agent CANCEL
        agent -> caller 200 OK
        agent -> caller 487 Request Terminated  CSeq: INVITE

    Good:

        expect transfer
        call
        +5s caller -> agent BYE
        agent -> caller 200 OK
    """
    call = transfer.call
    if transfer.sent or call is None or call.confirmed:
        return
    leg = next((x for x in (transfer.leg, *call.legs) if x is not None and x.invite is not None), None)
    if leg is None or leg.invite is None or leg.confirmed:
        return
    invite = leg.invite
    cancels = leg.requests("CANCEL")
    if cancels:
        yield _cancelled(invite, cancels[0])
    elif invite.refused and invite.final is not None:
        maker = invite.answerer or invite.final
        yield Finding(
            "the call was never answered: {status} {reason} by {by}",
            status=invite.status,
            reason=Text(invite.final.message.reason or ""),
            by=Address(maker.source.host) if maker.source is not None else Word("its peer"),
            at=invite.final.frame,
            because=[Because("the INVITE of the call", at=invite.at)],
            fix="have the call answered first: see what {status} means (sipdiag explain {status})",
            owner=Owner.CARRIER if invite.status in (401, 403, 407) else None,
        )
    else:
        yield from _silent(leg, invite)


def _cancelled(invite: Transaction, cancel: Transaction) -> Finding:
    waited = (
        "" if cancel.at.time is None or invite.at.time is None else f" after {cancel.at.time - invite.at.time:.1f} s"
    )
    reasons = cancel.message.reasons
    because = [Because("the INVITE of the call", at=invite.at)]
    because += [
        Because("Reason: {text}", at=cancel.at, text=Text(r.text or f"{r.protocol} {r.cause}")) for r in reasons[:1]
    ]
    return Finding(
        "the call was cancelled by its caller{waited}, before it was answered",
        waited=Text(waited),
        at=cancel.at,
        because=because,
        fix="answer the call sooner, or let the caller ring longer",
    )


def _silent(leg: Leg, invite: Transaction) -> Iterator[Finding | CannotTell]:
    silence = leg.absent(lambda h: h in invite.finals, after=invite.first, within=TIMER_F)
    if silence.unknown:
        needs = f"the answer to the INVITE: the input ends too soon ({silence.why})"
        yield CannotTell(needs=needs, at=invite.at, collect="capture")
    elif silence.yes:
        yield Finding(
            "the call was never answered: no final response to its INVITE",
            at=invite.at,
            because=[Because("the last response", at=p.frame) for p in invite.provisionals[-1:]],
            fix="find out why the called side does not answer (capture there as well)",
        )
