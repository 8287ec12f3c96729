from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.refusal import refusal, refused_beyond
from sipdiag.facts.transfer import Transfer


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("refer-rejected",),
    refs=("RFC 3515 2.4.2", "RFC 3261 21.4.4", "RFC 3261 21.6.2"),
    refuted_by="a 2xx to a later REFER of the same transfer",
)
def refer_refused_by_policy(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The REFER was forbidden

    The receiver understood the REFER and answered 403 or 603: transfers are switched off for this trunk, endpoint or
    destination, or the leg may not be transferred. A B2BUA may accept a REFER that the far end then refuses.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 603 Decline

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
    """
    said = refusal(transfer) or refused_beyond(transfer)
    if said is None or said.own or said.status not in (403, 603):
        return
    if said.status == 603 and said.message.allow is not None and "REFER" not in said.message.allow:
        return  # its maker takes no REFER at all: a cause of its own
    yield Finding(
        "REFER{how} answered {status} {reason} by {by}",
        how=said.how,
        status=said.status,
        reason=said.reason,
        by=said.by,
        at=said.at,
        stage=said.stage,
        because=[Because("the REFER that was refused", at=said.refer.at)],
        fix="ask whoever runs {by} to permit transfers by REFER for this trunk or endpoint and to this destination",
    )
