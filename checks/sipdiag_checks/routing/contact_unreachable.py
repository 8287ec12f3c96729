from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.delivery import undelivered
from sipdiag.facts.reach import BadContact, bad_contact
from sipdiag.facts.route import route_set
from sipdiag.facts.timers import FIRST_NOTIFY
from sipdiag.facts.transfer import Transfer
from sipdiag.places import Frame
from sipdiag.values import Address, Text, UriText, Word


@check(
    stage=Stage.DELIVERED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("refer-unanswered", "no-final-notify", "notify-unanswered"),
    refs=("RFC 3261 8.1.1.8", "RFC 3261 12.2.1.1"),
    refuted_by="a response to the request that was sent to this Contact",
)
def contact_unreachable(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """A Contact names an address that the other side cannot reach

    Requests of a dialog go to the Contact of the other side. Behind a NAT it often holds a private or loopback address,
    or a port where nothing listens: then the REFER, or the NOTIFYs that report its outcome, reach nobody. Behind a proxy
    that recorded its route the Contact may be private: requests go to the proxy (route-set-wrong where one does not).

    Bad:

        caller contact sip:+15550100123@10.0.0.9:5060
        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        +0.5s again
        +1s again
        +2s again
        +4s caller -> agent BYE

    Good:

        # The proxy is the way, and a private Contact behind it is no fault.
        caller contact sip:+15550100123@10.0.0.9:5060
        call caller -> proxy -> agent
        agent -> caller REFER  Refer-To: <sip:2003@example.com> | -Route
        +0.5s again
        +1s again
        +2s again
        +4s caller -> proxy -> agent BYE

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        +0.5s again
        +1s again
        +2s again
        +4s caller -> agent BYE
    """
    refer, leg, side = transfer.decisive, transfer.leg, transfer.transferor
    if refer is None or leg is None or side is None:
        return
    proof = undelivered(transfer)
    if proof is not None:
        given = leg.contact(side.other, before=refer.first)
        bad = bad_contact(leg, side.other, *given) if given is not None else None
        way = route_set(leg, side)
        routed = bool(refer.message.routes) or (way is not None and bool(way.proxies))  # then no Contact is sent to
        if bad is not None and not routed and _addressed(transfer, bad):
            yield _finding(bad, Word("the REFER"), Text(proof.words), refer.at, Stage.DELIVERED, Owner.CARRIER)
        return
    contact = refer.message.contact
    if not transfer.accepted or contact is None or leg.requests("NOTIFY", side.other) != leg.requests("NOTIFY"):
        return
    bad = bad_contact(leg, side, contact, refer.first)
    if bad is None:
        return
    # Over UDP an unanswered NOTIFY is repeated: one that is not was answered, and its answer is not in the input.
    unanswered = [
        n
        for n in transfer.notifies
        if n.transaction.final is None and (n.transaction.repeats or n.transaction.first.transport != "udp")
    ]
    if transfer.notifies and not unanswered:
        return
    if unanswered:
        at = unanswered[0].at
        why = Text("the NOTIFY to it was never answered")
    else:
        silence = transfer.absent_notify(within=FIRST_NOTIFY)
        if silence is None or not silence.yes or transfer.no_subscription:
            return
        at = refer.at
        why = Text("no NOTIFY came")
    yield _finding(bad, Word("the NOTIFY"), why, at, Stage.COMPLETED, Owner.PLATFORM)


def _addressed(transfer: Transfer, bad: BadContact) -> bool:
    """Whether the Request-URI of the REFER names the Contact."""
    refer, uri = transfer.refer, bad.contact.uri
    if refer is None or refer.uri is None or uri is None:
        return False
    return refer.uri.host_key == uri.host_key and refer.uri.effective_port == uri.effective_port


def _finding(bad: BadContact, what: Word, proof: Text, at: Frame, stage: Stage, owner: Owner) -> Finding:
    really = Address(str(bad.really)) if bad.really is not None else Word("another address")
    return Finding(
        "{what} had to go to Contact {contact}, {why}, while its party sends from {really}: {proof}",
        what=what,
        contact=UriText(bad.contact.uri_text),
        why=Text(bad.why),
        really=really,
        proof=proof,
        at=at,
        because=[Because("the message that gives this Contact", at=bad.given.frame)],
        fix="put the address that the other side can reach into Contact (external address, STUN, or a proxy that rewrites it)",
        stage=stage,
        owner=owner,
    )
