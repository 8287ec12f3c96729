from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.profile import Profile
from sipdiag.facts.refusal import REFER_TO_CODES, bite, refusal
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
    said = refusal(transfer, REFER_TO_CODES)
    worded = said is not None and said.says(
        "e.164", "e164", "number format", "country code", "invalid number", "digits"
    )
    bit = bite(transfer, REFER_TO_CODES if worded else _NOT_ROUTED, _NOT_ROUTED)
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
        because.append(Because("the other side itself writes {number}", at=habit[1].frame, number=Number(habit[0])))
        severity = Severity.ERROR
    elif worded or (bit.status == _INCOMPLETE and not plus):
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
    """A number that the other side wrote itself in the other form: with a + where Refer-To has none, or without.

    Without a + it counts only where every number that it wrote has none: an extension or a name tells nothing.
    """
    leg, side = transfer.leg, transfer.transferee
    if leg is None or side is None:
        return None
    written: list[tuple[str, Hop]] = []
    for hop in leg.sent_by(side):
        m = hop.message
        named = [m.from_, m.contact] if m.is_request else [m.contact]
        uris = [a.uri for a in named if a is not None]
        if m.is_request and m.cseq is not None and m.cseq.method == "INVITE" and not m.to_tag:
            uris += [m.uri, m.to.uri if m.to is not None else None]  # the number that it called
        written += [
            (u.number, hop) for u in uris if u is not None and len((u.number or "").lstrip("+")) >= _FEWEST and u.number
        ]
    if number.startswith("+"):
        return written[0] if len(written) > 1 and not any(n.startswith("+") for n, _ in written) else None
    return next((w for w in written if w[0].startswith("+")), None)
