from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.profile import Profile
from sipdiag.facts.refusal import refusal, target_reason
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text

_NEED = 429  # Provide Referrer Identity
_POLICY = (400, 403, 429, 603)


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("refer-refused-by-policy", "refer-rejected", "target-leg-failed", "target-forbidden", "target-declined"),
    refs=("RFC 3892 4.2",),
    refuted_by="a Referred-By header in the REFER",
)
def referred_by_missing(transfer: Transfer, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """The REFER does not say who transfers

    The receiver, or the target of the transfer, wants to know on whose behalf the call is moved and answered 429 (or
    refused by a stated policy) because the REFER has no Referred-By.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 429 Provide Referrer Identity

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com> | Referred-By: <sip:+15550100171@agent.example>
        caller -> agent 202 Accepted
    """
    refer = transfer.decisive
    if refer is None or refer.message.referred_by is not None:
        return
    because = [Because("the REFER has no Referred-By", at=refer.at)]
    fix = "add Referred-By with the URI of the transferring side to the REFER"
    said = refusal(transfer, _POLICY)
    if said is not None:
        statement = profile.says("refer.needs-referred-by") if profile is not None else None
        needs = statement is not None and statement.value is True
        if said.status == _NEED or said.says("referred", "referrer", "referer") or needs:
            if statement is not None and needs:
                because.append(Because("{words}", at=None, words=Text(statement.words)))
            sure = said.status == _NEED or said.says("referred", "referrer", "referer")
            yield Finding(
                "REFER without Referred-By answered {status} {reason} by {by}",
                status=said.status,
                reason=said.reason,
                by=said.by,
                at=said.at,
                because=because,
                fix=fix,
                severity=Severity.ERROR if sure or (statement is not None and statement.certain) else Severity.INFO,
            )
    elif transfer.accepted and transfer.target_status == _NEED:
        yield Finding(
            "the new call of a REFER without Referred-By was answered {status} {reason}",
            status=_NEED,
            reason=Text(target_reason(transfer)),
            at=transfer.target_at,
            because=because,
            fix=fix,
            stage=Stage.TARGET_REACHED,
        )
