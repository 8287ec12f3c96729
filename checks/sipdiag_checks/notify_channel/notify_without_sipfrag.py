"""A NOTIFY that says nothing."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Finding, Owner, Severity, Stage, check
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("no-final-notify",),
    refs=("RFC 3515 2.4.5", "RFC 3420"),
    refuted_by="a NOTIFY whose sipfrag is final",
)
def notify_without_sipfrag(transfer: Transfer) -> Iterator[Finding]:
    """A NOTIFY carries no status line

    The NOTIFY that ends the subscription has no body, another content type, or a body that does not begin with
    `SIP/2.0 <code>`: the transferor cannot read a result from it.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY  Event: refer | Subscription-State: terminated;reason=noresource
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
    if not transfer.accepted or transfer.final_notify is not None:
        return
    empty = next((n for n in reversed(transfer.notifies) if n.status is None), None)
    if empty is None or not empty.terminated or (transfer.notifies[-1].status is not None):
        return
    yield Finding(
        "the NOTIFY that ends the subscription has {what}",
        what=Text(f"a body of type {empty.message.content_type}" if empty.message.content_type else "no sipfrag"),
        at=empty.at,
        fix="send Content-Type: message/sipfrag and the status line of the new call, such as SIP/2.0 200 OK, in every NOTIFY",
    )
