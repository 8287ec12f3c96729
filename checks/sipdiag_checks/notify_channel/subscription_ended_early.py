"""The subscription ends while the new call is still under way."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("no-final-notify",),
    refs=("RFC 3515 2.4.7", "RFC 6665 4.1.3"),
    refuted_by="a NOTIFY whose sipfrag is final",
)
def subscription_ended_early(transfer: Transfer) -> Iterator[Finding]:
    """The subscription ends before the outcome is known

    A NOTIFY says `Subscription-State: terminated` while its sipfrag is still provisional: no other can follow, and
    the outcome stays unknown.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 180 Ringing  Subscription-State: terminated;reason=timeout
        agent -> caller 200 OK

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
    if not transfer.accepted or transfer.final_notify is not None or failure(transfer) is not None:
        return
    if transfer.no_subscription:
        return
    last = next((n for n in transfer.notifies if n.terminated), None)
    if last is None or last.status is None:
        return
    state = last.message.subscription_state
    yield Finding(
        "NOTIFY {status} says terminated;reason={reason}: the outcome can no longer be reported",
        status=last.status,
        reason=Text(state.reason or "(none)" if state is not None else "(none)"),
        at=last.at,
        fix="let the subscription last longer than the target may ring (Expires of the 202), and end it with the final status",
    )
