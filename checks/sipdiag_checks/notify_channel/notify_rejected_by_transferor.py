"""The transferor refuses the report on its own transfer."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure, goes_on
from sipdiag.facts.parties import Party, answerer
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text, Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("no-final-notify",),
    refs=("RFC 3515 2.4.4", "RFC 6665 4.1.3"),
    refuted_by="a 2xx to the NOTIFY",
)
def notify_rejected_by_transferor(transfer: Transfer) -> Iterator[Finding]:
    """The transferor refuses the NOTIFY

    The party that sent the REFER answers the NOTIFY of its transfer with an error: it does not take the method, or
    has forgotten the subscription. The outcome does not reach it.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK
        agent -> caller 405 Method Not Allowed

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
    if not transfer.accepted or failure(transfer) is not None:
        return
    refused = next((n for n in reversed(transfer.notifies) if n.transaction.refused), None)
    if refused is None or refused.transaction.challenged or refused.transaction.final is None:
        return
    if any(n.transaction.succeeded and n.final for n in transfer.notifies):
        return
    who = answerer(transfer, refused.transaction)
    # After a BYE the transferor has no dialog in which to take it (RFC 5589, 6.1 lets it go): nothing hangs on it any more.
    left = any(b.order < refused.transaction.order for b in transfer.byes(transfer.transferor))
    yield Finding(
        "the {who} answers NOTIFY {report} with {status} {reason}: the outcome is lost",
        who=Word(who.value if who is not Party.UNKNOWN else "transferor"),
        report=refused.status if refused.status is not None else Word("without a status"),
        status=refused.transaction.status,
        reason=Text(refused.transaction.final.message.reason or ""),
        at=refused.transaction.final.frame,
        because=[Because("the NOTIFY", at=refused.at)],
        owner=who.owner or Owner.PLATFORM,
        severity=Severity.WARNING if left and goes_on(transfer, refused.at) else Severity.ERROR,
        fix="accept NOTIFY with 200 while the REFER's subscription lives, keep the dialog until the final one, "
        "and list NOTIFY in Allow",
    )
