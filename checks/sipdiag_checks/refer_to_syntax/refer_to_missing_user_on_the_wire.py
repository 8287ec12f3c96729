from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.profile import Profile
from sipdiag.facts.refusal import bite
from sipdiag.facts.transfer import Transfer
from sipdiag.stages import Answer
from sipdiag.values import Text, UriText

_NO_USER = frozenset({400, 403, 404, 416, 480, 484, 485, 500, 604})
_SILENCE = "202-then-silence"


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=(
        "refer-to-missing-angle-brackets",
        "refer-to-malformed",
        "refer-to-uri-form-rejected-by-trunk",
        "no-final-notify",
        "target-leg-never-placed",
        "refer-rejected",
        "refer-refused-by-policy",
        "carrier-does-not-support-refer",
        "target-not-found",
        "target-forbidden",
        "target-unavailable",
        "target-leg-failed",
        "target-no-answer",
    ),
    refs=("RFC 3261 19.1.1", "RFC 3261 8.2.2.1"),
    refuted_by="a user before the @ of Refer-To",
)
def refer_to_missing_user_on_the_wire(transfer: Transfer, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """Refer-To names a host and nobody there

    sip:host is a legal URI, and reaches whoever answers for the host. A PBX or carrier that looks up extensions and
    numbers finds none in it.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:pbx.example>
        caller -> agent 484 Address Incomplete

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:1001@pbx.example>
        caller -> agent 202 Accepted
    """
    refer, refer_to = transfer.decisive, transfer.refer_to
    fault = refer_to.fault("missing-user") if refer_to is not None else None
    if refer is None or refer_to is None or fault is None:
        return
    bit = bite(transfer, _NO_USER, _NO_USER)
    because = bit.proof(Because)
    stage, severity = bit.stage, bit.severity
    if severity is not Severity.ERROR:
        # Legal, and the Contact of a consultation call often has no user: without harm there is nothing to say.
        statement = profile.says("refer-to.sip-no-user") if profile is not None else None
        known = statement is not None and statement.value == _SILENCE and statement.certain
        if not known or statement is None or not transfer.accepted or transfer.targets or transfer.attended:
            return
        if transfer.absent_outcome().answer is not Answer.YES:
            return
        stage, severity = Stage.COMPLETED, Severity.ERROR
        because = [Because("{words}", at=None, words=Text(statement.words))]
    yield Finding(
        "Refer-To is {value}: {why}",
        value=UriText(refer_to.raw),
        why=Text(fault.why),
        column=fault.column,
        at=refer.at,
        because=because,
        fix="put the extension or number before the host: <sip:user@host>",
        stage=stage,
        severity=severity,
    )
