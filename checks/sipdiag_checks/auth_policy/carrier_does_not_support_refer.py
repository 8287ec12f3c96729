from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.profile import Profile
from sipdiag.facts.refusal import refusal, refused_beyond
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text, Word

_UNKNOWN_METHOD = (405, 501)


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("allow-lacks-refer", "refer-refused-by-policy", "refer-rejected"),
    refs=("RFC 3261 8.2.1", "RFC 3261 21.4.6", "RFC 3261 21.5.2"),
    refuted_by="a 2xx to a REFER by the same receiver",
)
def carrier_does_not_support_refer(transfer: Transfer, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """The receiver does not do REFER at all

    405 and 501 say that the method is not taken. A 603 or 403 says the same where its Allow has no REFER.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 405 Method Not Allowed  Allow: INVITE, ACK, BYE, CANCEL

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
    """
    said = refusal(transfer) or refused_beyond(transfer)
    if said is None or said.own:
        return
    allow, allow_at = said.message.allow, said.at
    if allow is None and said.beyond is None and transfer.leg is not None and transfer.transferor is not None:
        earlier = transfer.leg.allow(transfer.transferor.other, said.refer.first)
        allow, allow_at = (earlier[0], earlier[1].frame) if earlier is not None else (None, said.at)
    lacks = allow is not None and "REFER" not in allow
    statement = profile.says("refer.accepts") if profile is not None else None
    stated = statement is not None and statement.value is False and statement.certain
    if said.status in _UNKNOWN_METHOD or (said.status in (403, 603) and (lacks or stated)):
        because = [Because("the REFER that was refused", at=said.refer.at)]
        if lacks:
            because.append(Because("its Allow is {allow}", at=allow_at, allow=Word(", ".join(sorted(allow or ())))))
        elif stated and statement is not None:
            because.append(Because("{words}", at=None, words=Text(statement.words)))
        yield Finding(
            "REFER{how} answered {status} {reason} by {by}, which does not take REFER",
            how=said.how,
            status=said.status,
            reason=said.reason,
            by=said.by,
            at=said.at,
            stage=said.stage,
            because=because,
            fix="ask whoever runs {by} to enable REFER, or transfer by a second leg or re-INVITE instead",
        )
