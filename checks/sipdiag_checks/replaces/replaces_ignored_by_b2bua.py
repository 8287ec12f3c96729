"""A middlebox places a new call instead of replacing one."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure, rang
from sipdiag.facts.timers import KEPT_LEG, TIMER_F
from sipdiag.facts.transfer import Transfer
from sipdiag.places import elapsed
from sipdiag.values import UriText, Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("target-busy", "leg-not-released-after-transfer"),
    refs=("RFC 3891 3",),
    refuted_by="Replaces in the new INVITE",
)
def replaces_ignored_by_b2bua(transfer: Transfer) -> Iterator[Finding]:
    """Replaces is ignored on the way

    Refer-To carries Replaces, and the INVITE that follows does not: the target gets a second call while the
    consultation call is still up.

    Bad:

        call
        leg2: call agent -> target
        agent -> caller REFER  Refer-To: <sip:+15550100188@203.0.113.30?Replaces=leg2%40sip.example%3Bto-tag%3Dtarget-leg2%3Bfrom-tag%3Dagent-leg2>
        caller -> agent 202 Accepted
        leg3: caller -> target INVITE  Referred-By: <sip:+15550100171@agent.example>
        leg3: target -> caller 486 Busy Here
        leg3: caller -> target ACK
        caller -> agent NOTIFY 486 Busy Here
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
    target = transfer.target
    if not transfer.attended or target is None or not target.certain:
        return
    if any(t.invite.message.replaces is not None for t in transfer.targets):
        return
    uri = target.invite.message.uri_text or ""
    if "replaces" in uri.lower():
        return  # refer-to-headers-left-in-request-uri
    broken = failure(transfer)
    if broken is None and not _left_over(transfer):
        return  # the consultation call was released: somebody in between did the replacing
    yield Finding(
        "Refer-To carries Replaces, and the new INVITE to {target} has none{code}",
        target=UriText(uri),
        code=Word(f"; it failed with {broken.status}" if broken is not None else ""),
        at=target.invite.at,
        stage=Stage.TARGET_REACHED if broken is not None else Stage.COMPLETED,
        because=[Because("the REFER with Replaces", at=transfer.attempts[-1].at)],
        fix="let whoever places the new call copy Replaces from Refer-To into the INVITE, or act on it itself",
    )


def _left_over(transfer: Transfer) -> bool:
    """Whether the consultation call goes on beside the new one, or may."""
    consult, target = transfer.consultation, transfer.target
    if consult is None or target is None or target.leg.answer is None:
        return False
    if not (consult.byes and transfer.byes()):
        return True
    stayed = elapsed(target.leg.answer.frame, consult.byes[0].at)
    # Who takes a dialog over is put through without ringing (RFC 3891, 3): who rings got a second call.
    return stayed is not None and stayed >= (KEPT_LEG if rang(transfer) else TIMER_F)
