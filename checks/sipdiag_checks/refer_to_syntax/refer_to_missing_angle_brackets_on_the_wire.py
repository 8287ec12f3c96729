from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.refusal import bite, refusal
from sipdiag.facts.transfer import Transfer
from sipdiag.sip.refer import ReferTo
from sipdiag.values import Text, UriText

_FOR_IT = frozenset({400, 416})


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=(
        "refer-to-malformed",
        "refer-rejected",
        "refer-refused-by-policy",
        "carrier-does-not-support-refer",
        "target-not-found",
        "target-forbidden",
        "target-unavailable",
        "target-leg-failed",
        "target-no-answer",
    ),
    refs=("RFC 3261 20", "RFC 3261 20.10", "RFC 3515 2.1"),
    refuted_by="<> around the URI in Refer-To",
)
def refer_to_missing_angle_brackets_on_the_wire(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The URI in Refer-To has no angle brackets

    A bare URI is legal as long as it holds no ";", "?" or ",": what follows these would belong to the header. Some
    receivers want the brackets in any case and answer 400.

    Bad:

        call
        agent -> caller REFER  Refer-To: sip:1001@pbx.example
        caller -> agent 400 Bad Request

    Good:

        call
        agent -> caller REFER  Refer-To: sip:1001@pbx.example
        caller -> agent 202 Accepted
    """
    refer, refer_to = transfer.decisive, transfer.refer_to
    if refer is None or refer_to is None or refer_to.bracketed or not refer_to.uri_text:
        return
    fault = refer_to.fault("missing-angle-brackets")
    lost = _lost(transfer, refer_to)
    said = refusal(transfer)
    bit = bite(transfer, _FOR_IT)
    because = bit.proof(Because)
    stage, severity = Stage.ACCEPTED, Severity.WARNING
    # A receiver that takes no tel: answers 400 with brackets too.
    telling = fault is not None or refer_to.uri is None or refer_to.uri.scheme != "tel"
    if said is not None and ((said.status in _FOR_IT and telling) or said.says("bracket", "<", "enclose")):
        stage, severity = Stage.ACCEPTED, Severity.ERROR
        if not because:
            because = [Because("answered {status} {reason}", at=said.at, status=said.status, reason=said.reason)]
        because += [Because("Warning: {text}", at=said.at, text=Text(w.text)) for w in said.message.warnings[:1]]
    elif lost is not None and transfer.target is not None and bit.severity is Severity.ERROR:
        stage, severity = Stage.TARGET_REACHED, Severity.ERROR
        because.insert(0, Because("the new INVITE lacks {lost}", at=transfer.target.invite.at, lost=Text(lost)))
    elif fault is None:
        return
    yield Finding(
        "Refer-To is {value} without <>",
        value=UriText(refer_to.raw),
        column=fault.column if fault is not None else 1,
        at=refer.at,
        because=because,
        fix="write Refer-To: <{value}>",
        stage=stage,
        severity=severity,
    )


def _lost(transfer: Transfer, refer_to: ReferTo) -> str | None:
    """A parameter behind the bare URI that the Request-URI of the new INVITE does not have."""
    target = transfer.target
    if target is None or not target.certain or target.invite.message.uri is None:
        return None
    uri = target.invite.message.uri
    return next((name for name, _ in refer_to.params if uri.param(name) is None), None)
