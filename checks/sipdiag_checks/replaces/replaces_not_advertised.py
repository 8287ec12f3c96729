"""The target never said that it can replace a dialog."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.new_call import failure
from sipdiag.facts.timers import TIMER_F
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text, Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("leg-not-released-after-transfer", "target-busy"),
    refs=("RFC 3891 4",),
    refuted_by="Supported: replaces from the target, or the consultation call released after the transfer",
)
def replaces_not_advertised(transfer: Transfer) -> Iterator[Finding]:
    """`Supported` lacks replaces: the transfer becomes a blind one

    The target does not list `replaces`, and the consultation call stays up beside the new call: instead of taking
    over the dialog, the target got a second call. So it is too where the transferor knew, and sent a REFER without
    Replaces while it was still in the consultation call.

    Bad:

        target supported timer
        call
        leg2: call agent -> target
        agent -> caller REFER  Refer-To: <sip:+15550100188@203.0.113.30?Replaces=leg2%40sip.example%3Bto-tag%3Dtarget-leg2%3Bfrom-tag%3Dagent-leg2>
        caller -> agent 202 Accepted
        leg3: caller -> target INVITE  Replaces: c;to-tag=a;from-tag=b
        leg3: target -> caller 200 OK
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
        +40s

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
    """
    target, consult = transfer.target, transfer.consultation or transfer.alongside
    if consult is None or target is None or consult.answer is None:
        return
    side = Side.CALLEE if _placed_by_transferor(transfer, consult) else Side.CALLER
    said = consult.supported(side, before=transfer.attempts[0].first)
    if said is None or "replaces" in said[0] or (target.invite.message.replaces is None and transfer.attended):
        return
    broken = failure(transfer)
    busy = broken is not None and broken.status in (486, 600) and not transfer.attended
    if not busy:
        if not target.answered:
            return
        ended = next((b.at.time for b in consult.byes), consult.coverage.until)
        until, since = ended, target.invite.at.time
        if until is None or since is None or until - since < TIMER_F:
            return
    yield Finding(
        "the target's Supported is {supported}, without replaces: {led}",
        supported=Text(", ".join(sorted(said[0])) or "empty"),
        led=Word(
            "it is still in the consultation call, and busy for the new one"
            if busy
            else "it took the new INVITE as a second call, and the consultation call stays up"
        ),
        at=target.invite.at,
        stage=Stage.TARGET_REACHED if busy else Stage.COMPLETED,
        because=[Because("Supported of the target", at=said[1].frame)],
        fix="end the consultation call before a blind transfer to this target, or use a target (or SBC) that supports replaces",
    )


def _placed_by_transferor(transfer: Transfer, consult: Leg) -> bool:
    """Whether the transferor called the target for the consultation, and not the other way round."""
    uri = transfer.refer_to.uri if transfer.refer_to is not None else None
    caller = consult.uri_of(Side.CALLER)
    if uri is None or caller is None or caller.uri is None:
        return True
    return caller.uri.user != uri.user
