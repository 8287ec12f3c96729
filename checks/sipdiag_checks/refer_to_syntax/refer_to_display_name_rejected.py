from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.refusal import refusal
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Identity, Text


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("refer-to-missing-angle-brackets", "refer-rejected"),
    refs=("RFC 3515 2.1", "RFC 3261 25.1"),
    refuted_by="a 2xx to the REFER with the name",
)
def refer_to_display_name_rejected(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The name before the URI in Refer-To is refused

    Refer-To may carry a display name before its URI. Some receivers read the header as a bare URI and answer 400.

    Bad:

        call
        agent -> caller REFER  Refer-To: "Front desk" <sip:1001@pbx.example>
        caller -> agent 400 Bad Request

    Good:

        call
        agent -> caller REFER  Refer-To: "Front desk" <sip:1001@pbx.example>
        caller -> agent 202 Accepted
    """
    refer_to, said = transfer.refer_to, refusal(transfer)
    if refer_to is None or said is None or not refer_to.display_name or refer_to.faults:
        return
    named = said.says("display", "quoted", "quote")
    plain = said.status == 400 and refer_to.uri is not None and refer_to.uri.is_sip and refer_to.raw_replaces is None
    if not (named or plain):
        return
    yield Finding(
        "Refer-To carries the name {name}, and was answered {status} {reason} by {by}",
        name=Identity(refer_to.display_name),
        status=said.status,
        reason=said.reason,
        by=said.by,
        at=said.refer.at,
        because=[
            Because("answered {status} {reason}", at=said.at, status=said.status, reason=said.reason),
            *(Because("Warning: {text}", at=said.at, text=Text(w.text)) for w in said.message.warnings[:1]),
        ],
        fix="send Refer-To as <uri> without a name, or have {by} read it as the grammar says",
    )
