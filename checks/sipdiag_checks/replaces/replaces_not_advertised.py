"""The target never said that it can replace a dialog."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.leg import Side
from sipdiag.facts.timers import TIMER_F
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("leg-not-released-after-transfer",),
    refs=("RFC 3891 4",),
    refuted_by="Supported: replaces from the target, or the consultation call released after the transfer",
)
def replaces_not_advertised(transfer: Transfer) -> Iterator[Finding]:
    """`Supported` lacks replaces: the transfer becomes a blind one

    The target does not list `replaces`, and the consultation call stays up beside the new call: instead of taking
    over the dialog, the target got a second call.

    Bad:

        target supported timer
        call
        leg2: call agent -> target
        agent -> caller REFER  Refer-To: <sip:+15550100188@203.0.113.30?Replaces=c%3Bto-tag%3Da%3Bfrom-tag%3Db>
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
    consult = transfer.consultation
    target = transfer.target
    if consult is None or target is None or not target.answered or not transfer.attended or consult.answer is None:
        return
    side = Side.CALLEE if consult.invite is not None and consult.side_of(consult.invite) is Side.CALLER else Side.CALLER
    said = consult.supported(side)
    if said is None or "replaces" in said[0] or target.invite.message.replaces is None:
        return
    if any(b.order > target.invite.order for b in consult.byes):
        return
    until, since = consult.coverage.until, target.invite.at.time
    if until is None or since is None or until - since < TIMER_F:
        return
    yield Finding(
        "the target's Supported is {supported}, without replaces; it took the new INVITE as a second call",
        supported=Text(", ".join(sorted(said[0])) or "empty"),
        at=target.invite.at,
        because=[Because("Supported of the target", at=said[1].frame)],
        fix="use a blind transfer to this target, or a target (or SBC) that supports replaces",
    )
