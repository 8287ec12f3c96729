from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.profile import Profile
from sipdiag.facts.refusal import refusal, target_reason
from sipdiag.facts.transaction import Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text

_POLICY = (400, 403, 405, 420, 488, 501, 603)


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=(
        "refer-refused-by-policy",
        "refer-rejected",
        "carrier-does-not-support-refer",
        "target-forbidden",
        "target-declined",
        "target-leg-failed",
    ),
    refs=("RFC 3891 3", "RFC 5589 7"),
    refuted_by="a 2xx to a REFER or INVITE with Replaces by the same receiver",
)
def replaces_blocked_by_policy(transfer: Transfer, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """A setting forbids attended transfers

    The REFER asks for a call with Replaces. Its receiver, or the target, refuses it because of the Replaces: its words
    say so, or it took a REFER without Replaces in the same call.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>
        caller -> agent 403 Replaces not permitted

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>
        caller -> agent 202 Accepted
    """
    refer = transfer.decisive
    if refer is None or not transfer.attended:
        return
    fix = "allow Replaces on {by}, or hand the call over without consultation (blind transfer)"
    said = refusal(transfer, _POLICY)
    if said is not None:
        blind = _blind_accepted(transfer, refer)
        statement = profile.says("replaces.accepts") if profile is not None else None
        stated = statement is not None and statement.value is False and statement.certain
        if not (said.says("replaces") or blind is not None or stated):
            return
        because = [Because("the REFER asks for Replaces", at=refer.at)]
        if blind is not None and blind.final is not None:
            because.append(Because("a REFER without Replaces was accepted", at=blind.final.frame))
        if stated and statement is not None:
            because.append(Because("{words}", at=None, words=Text(statement.words)))
        yield Finding(
            "REFER with Replaces answered {status} {reason} by {by}",
            status=said.status,
            reason=said.reason,
            by=said.by,
            at=said.at,
            because=because,
            fix=fix,
        )
        return
    target = transfer.target
    if not transfer.accepted or target is None or target.invite.answerer is None or target.status not in _POLICY:
        return
    if target.invite.message.replaces is None or "replaces" not in target_reason(transfer).lower():
        return
    answerer = target.invite.answerer
    yield Finding(
        "the new INVITE with Replaces was answered {status} {reason}",
        status=target.status,
        reason=Text(target_reason(transfer)),
        by=Text(answerer.source.host if answerer.source is not None else "the target"),
        at=answerer.frame,
        because=[Because("the INVITE carries Replaces", at=target.invite.at)],
        fix=fix,
        stage=Stage.TARGET_REACHED,
    )


def _blind_accepted(transfer: Transfer, refer: Transaction) -> Transaction | None:
    """A REFER without Replaces from the same side of the same leg that was accepted."""
    if transfer.leg is None:
        return None
    for other in transfer.leg.requests("REFER", transfer.transferor):
        to = other.message.refer_to
        if other is not refer and other.succeeded and to is not None and to.raw_replaces is None:
            return other
    return None
