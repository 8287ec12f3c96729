"""The end of the subscription takes the call with it."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.parties import answerer
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    refs=("RFC 3515 2.4.7", "RFC 6665 4.4.1"),
    refuted_by="a request of the call that is answered 2xx after the last NOTIFY",
)
def dialog_destroyed_by_subscription_end(transfer: Transfer) -> Iterator[Finding]:
    """The dialog is removed together with the subscription

    After a failed transfer the call should go on. Here the end of the refer subscription removed the dialog as
    well: the next request of the call is answered 481.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 486 Busy Here
        agent -> caller 200 OK
        caller -> agent INFO
        agent -> caller 481 Call/Transaction Does Not Exist

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 486 Busy Here
        agent -> caller 200 OK
        caller -> agent INFO
        agent -> caller 200 OK
    """
    final = next((n for n in reversed(transfer.notifies) if n.final or n.terminated), None)
    if final is None or final.status is None or transfer.leg is None or 200 <= final.status < 300:
        return  # after a success the call is to end, whoever drops it first
    for later in transfer.leg.transactions:
        if later.order <= final.transaction.order or later.method in ("ACK", "NOTIFY", "REFER"):
            continue
        if later.status == 481 and not any(b.order < later.order for b in transfer.leg.byes):
            yield Finding(
                "{method} after the terminating NOTIFY is answered 481: the dialog is gone with the subscription",
                method=Word(later.method),
                at=later.final.frame if later.final is not None else later.at,
                because=[Because("the NOTIFY that ended the subscription", at=final.at)],
                owner=answerer(transfer, later).owner or Owner.PLATFORM,
                fix="keep the dialog of the call when its refer subscription ends; only BYE ends it",
            )
            return
