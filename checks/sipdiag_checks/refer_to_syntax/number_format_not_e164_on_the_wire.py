from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.profile import Profile
from sipdiag.facts.refusal import bite
from sipdiag.facts.transaction import Hop
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Number, Text

_NOT_ROUTED = frozenset({400, 404, 484, 604})
_INCOMPLETE = 484
_FEWEST = 7  # digits: fewer are an extension


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=(
        "refer-rejected",
        "refer-refused-by-policy",
        "carrier-does-not-support-refer",
        "target-not-found",
        "target-forbidden",
        "target-unavailable",
        "target-leg-failed",
        "target-no-answer",
    ),
    refs=("RFC 3966 5.1.4", "ITU-T E.164"),
    refuted_by="the same number accepted in this form",
)
def number_format_not_e164_on_the_wire(transfer: Transfer, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """The number in Refer-To is not in the form that the receiver routes

    Carriers want numbers as + and country code (E.164), or want no +. A national number, or the other form, finds no
    route: 484 or 404.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:5550100188@carrier.example>
        caller -> agent 484 Address Incomplete

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:+15550100188@carrier.example>
        caller -> agent 484 Address Incomplete
    """
    refer, refer_to = transfer.decisive, transfer.refer_to
    if refer is None or refer_to is None or refer_to.uri is None:
        return
    number = refer_to.uri.number
    if number is None or len(number.lstrip("+")) < _FEWEST:
        return
    bit = bite(transfer, _NOT_ROUTED, _NOT_ROUTED)
    if bit.severity is not Severity.ERROR:
        return
    plus = number.startswith("+")
    statement = profile.says("refer-to.plus") if profile is not None else None
    because = bit.proof(Because)
    habit = _habit(transfer, number)
    if statement is not None and statement.value == ("refused" if plus else "required"):
        because.append(Because("{words}", at=None, words=Text(statement.words)))
        severity = Severity.ERROR if statement.certain else Severity.INFO
    elif habit is not None:
        because.append(Because("the receiver itself writes {number}", at=habit[1].frame, number=Number(habit[0])))
        severity = Severity.ERROR
    elif bit.status == _INCOMPLETE and not plus:
        severity = Severity.ERROR
    else:
        return
    yield Finding(
        "Refer-To has the number {number} with a +, which its receiver does not take"
        if plus
        else "Refer-To has the number {number}, which is not E.164",
        number=Number(number),
        at=refer.at,
        because=because,
        fix="write the number without the +" if plus else "write the number as + and country code and number",
        stage=bit.stage,
        severity=severity,
    )


def _habit(transfer: Transfer, number: str) -> tuple[str, Hop] | None:
    """A number that the other side wrote itself with a + where Refer-To has none."""
    leg, side = transfer.leg, transfer.transferee
    if leg is None or side is None or number.startswith("+"):
        return None
    for hop in leg.sent_by(side):
        names = [hop.message.from_, hop.message.contact] if hop.message.is_request else [hop.message.contact]
        for name in names:
            if name is not None and name.uri is not None and (name.uri.number or "").startswith("+"):
                return str(name.uri.number), hop
    return None
