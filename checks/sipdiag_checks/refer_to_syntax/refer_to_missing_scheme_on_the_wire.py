from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.refusal import bite
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text, UriText


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=(
        "refer-to-missing-domain",
        "refer-to-missing-user",
        "refer-to-missing-angle-brackets",
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
    refs=("RFC 3515 2.1", "RFC 3261 19.1.1"),
    refuted_by="a Refer-To that begins with sip:, sips: or tel:",
)
def refer_to_missing_scheme_on_the_wire(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """Refer-To has no scheme

    Refer-To holds a URI, and a URI begins with its scheme. A bare number or user@host is none: strict receivers refuse
    it, others guess.

    Bad:

        call
        agent -> caller REFER  Refer-To: +15550100188
        caller -> agent 400 Bad Request

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:+15550100188@carrier.example>
        caller -> agent 202 Accepted
    """
    refer, refer_to = transfer.decisive, transfer.refer_to
    fault = refer_to.fault("missing-scheme") if refer_to is not None else None
    if refer is None or refer_to is None or fault is None:
        return
    bit = bite(transfer)
    yield Finding(
        "Refer-To is {value}: {why}",
        value=UriText(refer_to.raw),
        why=Text(fault.why),
        column=fault.column,
        at=refer.at,
        because=bit.proof(Because),
        fix="write the destination as a URI: <sip:{value}@domain>, or <tel:{value}> where the receiver takes it",
        stage=bit.stage,
        severity=bit.severity,
    )
