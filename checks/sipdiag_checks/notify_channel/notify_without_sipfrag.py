"""A NOTIFY that says nothing."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure
from sipdiag.facts.transfer import Transfer
from sipdiag.sip.message import Message
from sipdiag.values import Text, Word

_SIPFRAG = "message/sipfrag"
# With these a receiver refuses a NOTIFY for its body (RFC 3261 21.4.1, 21.4.6, 21.4.13).
_FOR_A_BODY = (400, 406, 415)


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("no-final-notify", "notify-rejected-by-transferor"),
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
    if not transfer.accepted or not transfer.notifies or any(n.final and n.taken for n in transfer.notifies):
        return
    if failure(transfer) is not None:
        return
    last = transfer.notifies[-1]
    refused = last.transaction.status in _FOR_A_BODY
    if last.status is not None and (not refused or last.message.content_type == _SIPFRAG):
        return  # it can be read
    if not last.terminated and not refused:
        return  # another may follow
    yield Finding(
        "the last NOTIFY has {what}{answer}",
        what=Text(_body(last.message)),
        answer=Word(f" and is answered {last.transaction.status}" if refused else ""),
        at=last.at,
        fix="send Content-Type: message/sipfrag and the status line of the new call, such as SIP/2.0 200 OK, in every NOTIFY",
    )


def _body(message: Message) -> str:
    """What stands in place of a sipfrag, in words."""
    if not message.body.strip():
        return "no body"
    if message.content_type is None:
        return "a body without Content-Type"
    if message.content_type != _SIPFRAG:
        return f"a body of type {message.content_type}"
    return "a body that does not begin with a status line"
