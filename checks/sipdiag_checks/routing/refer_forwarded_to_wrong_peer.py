from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.leg import Leg
from sipdiag.facts.refusal import refusal
from sipdiag.facts.route import returned
from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Address, Word


@check(
    stage=Stage.DELIVERED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=(
        "refer-rejected",
        "carrier-does-not-support-refer",
        "refer-refused-by-policy",
        "refer-outside-dialog",
        "refer-unanswered",
        "allow-lacks-refer",
    ),
    refs=("RFC 3261 16.6", "RFC 3261 16.12"),
    refuted_by="the INVITE of the call on the same way",
)
def refer_forwarded_to_wrong_peer(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """A middlebox sends the REFER to somebody outside the call

    The REFER has to follow the path of its call. A proxy or SBC on that path relayed it to a peer that the call never
    touched, or back to its sender; whatever that peer answered says nothing about the transfer.

    Bad:

        call caller -> proxy -> agent
        agent -> proxy -> carrier REFER  Refer-To: <sip:2003@example.com>
        carrier -> proxy -> agent 405 Method Not Allowed

    Good:

        call caller -> proxy -> agent
        agent -> proxy -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> proxy -> agent 405 Method Not Allowed
    """
    refer, leg = transfer.decisive, transfer.leg
    if refer is None or leg is None or transfer.accepted:
        return
    back = returned(transfer, refer)
    stray = back or _stray(leg, refer)
    if stray is None:
        return
    said = refusal(transfer)
    because = [Because("the REFER as its sender sent it", at=refer.at)]
    if leg.invite is not None:
        because.append(Because("the INVITE of the call", at=leg.invite.at))
    if said is not None:
        because.append(Because("answered {status} {reason}", at=said.at, status=said.status, reason=said.reason))
    yield Finding(
        "REFER was sent back to its sender by {by}"
        if back is not None
        else "REFER was relayed by {by} to {to}, which is no party of the call",
        by=Address(stray.source.host) if stray.source is not None else Word("its next hop"),
        to=Address(stray.destination.host) if stray.destination is not None else Word("another peer"),
        at=stray.frame,
        because=because,
        fix="correct the routing of in-dialog requests on {by}: follow Route and Request-URI of the REFER",
    )


def _stray(leg: Leg, refer: Transaction) -> Hop | None:
    """The sighting of the REFER on its way to a host that no other message of the leg went to or came from.

    Only where the way that it should take is given by addresses: a name may stand for any host.
    """
    known = {e.host for t in leg.transactions if t is not refer for h in (*t.hops, *t.responses)
             for e in (h.source, h.destination) if e is not None}  # fmt: skip
    message = refer.message
    named = [message.uri, *(r.uri for r in message.routes)]
    if leg.invite is None or any(u is None or not u.is_ip for u in named):
        return None
    known |= {u.host_key for u in named if u is not None}
    start = refer.first.source
    for hop in refer.hops[1:]:
        if hop.source is None or hop.destination is None or start is None or hop.source.host == start.host:
            continue
        if hop.destination.host not in known and hop.source.host in known:
            return hop
    return None
