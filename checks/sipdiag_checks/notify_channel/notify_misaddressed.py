"""The NOTIFY goes to another address than the REFER gave."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.notify import Notify
from sipdiag.facts.route import place
from sipdiag.facts.transfer import Transfer
from sipdiag.raw import Unreachable
from sipdiag.values import UriText, Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("notify-unanswered", "notify-rejected-by-transferor", "no-final-notify"),
    refs=("RFC 3261 12.2.1.1", "RFC 3515 2.4.4"),
    refuted_by="a 2xx to the NOTIFY",
)
def notify_misaddressed(transfer: Transfer) -> Iterator[Finding]:
    """The NOTIFY is not sent to the Contact of the REFER

    A NOTIFY inside the dialog must have the remote target, the Contact of the transferor, as its Request-URI. Here
    it names another host and was refused or not answered, or another port, where nothing listens.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com> | Contact: <sip:agent@192.0.2.99:5066>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK
        agent -> caller 481 Call/Transaction Does Not Exist

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
    if transfer.refer is None or transfer.leg is None or not transfer.accepted:
        return
    contact = transfer.refer.contact
    if contact is None or contact.uri is None:
        return
    # As its sender wrote it, and as a middlebox may have put another before it came to the notifier.
    given = [h.message.contact for a in transfer.attempts for h in a.hops]
    hosts = {c.uri.host_key for c in given if c is not None and c.uri is not None}
    places = {place(c.uri) for c in given if c is not None}
    for n in transfer.notifies:
        uri = n.message.uri
        if n.transaction.succeeded or uri is None or not (n.transaction.refused or n.transaction.repeats):
            continue
        if n.message.routes and not any("lr" in dict(r.uri.params) for r in n.message.routes if r.uri is not None):
            continue  # strict routing rewrites the Request-URI
        turned_away = _port_closed(transfer, n) if place(uri) not in places else None
        if uri.host_key in hosts and turned_away is None:
            continue
        yield Finding(
            "NOTIFY is addressed to {uri}, and the Contact of the REFER is {contact}",
            uri=UriText(n.message.uri_text or ""),
            contact=UriText(contact.uri_text),
            at=n.at,
            because=[
                Because("the REFER with its Contact", at=transfer.attempts[-1].at),
                *(
                    [Because("nothing listens there: {why}", at=turned_away.frame, why=Word(turned_away.reason))]
                    if turned_away is not None
                    else []
                ),
            ],
            fix="send requests of the dialog to the Contact that the transferor gave, not to the host of the trunk",
        )
        return


def _port_closed(transfer: Transfer, notify: Notify) -> Unreachable | None:
    """The ICMP error that a NOTIFY drew where it was sent."""
    sent = notify.transaction.first
    return next(
        (u for u in transfer.around.unreachables if u.destination == sent.destination and u.source == sent.source), None
    )
