"""A B2BUA keeps the report to itself."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.timers import FIRST_NOTIFY
from sipdiag.facts.transfer import Transfer


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("no-final-notify",),
    refs=("RFC 3515 2.4.4",),
    refuted_by="a final NOTIFY on the transferor's leg",
)
def notify_not_relayed_by_b2bua(transfer: Transfer) -> Iterator[Finding]:
    """The B2BUA does not pass the NOTIFY on

    On one leg of the B2BUA the NOTIFY with the outcome arrives; on the transferor's leg none is sent.

    Bad:

        pbx aor sip:+15550100171@agent.example
        agent -> pbx INVITE
        leg2: call pbx -> caller
        pbx -> agent 200 OK
        agent -> pbx ACK
        agent -> pbx REFER  Refer-To: <sip:2003@example.com>
        leg2: pbx -> caller REFER  Refer-To: <sip:2003@example.com>
        leg2: caller -> pbx 202 Accepted
        pbx -> agent 202 Accepted
        leg2: caller -> pbx NOTIFY 200 OK
        leg2: pbx -> caller 200 OK
        +20s agent -> pbx BYE
        pbx -> agent 200 OK

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 100 Trying
        agent -> caller 200 OK
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
    """
    told = next((n for n in transfer.relayed_notifies if n.final), None)
    if told is None or not transfer.accepted or transfer.final_notify is not None or transfer.no_subscription:
        return
    silence = transfer.absent_outcome(within=FIRST_NOTIFY)
    if not silence.yes:
        return
    yield Finding(
        "the outcome {status} arrives on the other leg, and no NOTIFY with it goes to the transferor",
        status=told.status,
        at=told.at,
        because=[Because("the REFER on the transferor's leg", at=transfer.attempts[0].at)],
        fix="let the B2BUA send NOTIFY on the leg from which the REFER came, for every NOTIFY it gets on the other",
    )
