from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.placeholders import variables
from sipdiag.facts.refusal import bite
from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.sip.refer import ReferTo
from sipdiag.values import Address, Text, UriText, Word

_SCHEMES = frozenset({"sip", "sips", "tel"})


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=(
        "number-format-not-e164",
        "refer-rejected",
        "refer-refused-by-policy",
        "carrier-does-not-support-refer",
        "target-not-found",
        "target-forbidden",
        "target-unavailable",
        "target-leg-failed",
        "target-no-answer",
    ),
    refs=("RFC 3515 2.1", "RFC 3515 2.4.2", "RFC 3261 25.1"),
    refuted_by="one Refer-To that follows the grammar",
)
def refer_to_malformed_on_the_wire(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """Refer-To breaks the grammar

    A REFER has exactly one Refer-To, and its URI has no raw spaces, quotes or brackets and no port that is none. The
    receiver has to answer 400 otherwise, or dials something else. Where a box on the way takes it out, that box is named.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:front desk@pbx.example>
        caller -> agent 400 Bad Request

    Bad:

        call caller -> proxy -> agent
        agent -> proxy REFER  Refer-To: <sip:2003@example.com>
        proxy -> caller REFER  From: <sip:+15550100171@agent.example>;tag=agent-leg1 | CSeq: 201 REFER
        caller -> proxy 400 Bad Request
        proxy -> agent 400 Bad Request

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:front%20desk@pbx.example>
        caller -> agent 202 Accepted
    """
    refer = transfer.decisive
    if refer is None:
        return
    bit = bite(transfer)
    lost = _lost_on_the_way(refer)
    if lost is not None:
        yield _left_out(transfer, refer, lost)
        return
    values = refer.message.refer_tos
    refer_to = transfer.refer_to
    fault = None if refer_to is None else refer_to.fault("malformed") or refer_to.fault("empty")
    left = _left_in(refer_to) if len(values) == 1 else None
    if left is not None:
        yield _never_filled_in(transfer, refer, left)
        return
    if len(values) > 1:
        what, column = Text(f"there are {len(values)} Refer-To headers, and one is allowed"), 1
    elif refer_to is None:
        what, column = Text("there is no Refer-To"), 1
    elif fault is not None:
        what, column = Text(fault.why), fault.column
    elif _scheme_twice(refer_to):
        what, column = Text(f"a second scheme stands in {refer_to.uri_text}, where the user belongs"), 1
    else:
        return
    yield Finding(
        "Refer-To is {value}, column {column}: {what}" if fault is not None and len(values) == 1 else "{what}",
        value=UriText(refer_to.raw if refer_to is not None else ""),
        column=column,
        what=what,
        at=refer.at,
        because=bit.proof(Because),
        fix="send one Refer-To: <sip:user@host>, with reserved characters written as %XX",
        stage=bit.stage,
        severity=bit.severity,
    )


def _left_in(refer_to: ReferTo | None) -> str | None:
    """A placeholder in Refer-To; its braces stand in no URI."""
    names = variables(refer_to.raw) if refer_to is not None and refer_to.fault("malformed") is not None else []
    return next((n for n in names if "{" in n), None)


def _never_filled_in(transfer: Transfer, refer: Transaction, name: str) -> Finding:
    bit = bite(transfer)
    return Finding(
        "Refer-To is {value}: the placeholder {name} as it is written, with nothing put in for it",
        value=UriText(transfer.refer_to.raw if transfer.refer_to is not None else ""),
        name=Text(name),
        at=refer.at,
        because=bit.proof(Because),
        fix="give the variable a value in every call, and write its name in the form that the platform takes",
        stage=bit.stage,
        severity=bit.severity,
        owner=Owner.CONFIG,
    )


def _lost_on_the_way(refer: Transaction) -> Hop | None:
    """The sighting at which a REFER that had a Refer-To has none any more."""
    if not refer.message.refer_tos:
        return None
    return next((h for h in refer.hops[1:] if not h.message.refer_tos), None)


def _left_out(transfer: Transfer, refer: Transaction, lost: Hop) -> Finding:
    bit = bite(transfer)
    return Finding(
        "the REFER has no Refer-To when it leaves {box}, and it came there with {value}",
        box=Address(lost.source.host) if lost.source is not None else Word("the box on its way"),
        value=UriText(refer.message.refer_tos[0].raw),
        at=lost.frame,
        because=[Because("the REFER as it was sent", at=refer.at), *bit.proof(Because)],
        fix="let {box} pass Refer-To on: its list of allowed headers, or its header manipulation, leaves it out",
        stage=bit.stage,
        severity=bit.severity,
        owner=Owner.CARRIER,
    )


def _scheme_twice(refer_to: ReferTo) -> bool:
    """Whether a whole URI was put behind another scheme, as in sip:tel:+15550100@host; by the grammar it has a password."""
    uri = refer_to.uri
    return uri is not None and uri.is_sip and uri.password is not None and (uri.user or "").lower() in _SCHEMES
