from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.refusal import refusal
from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Address, Word

_TOO_MANY_HOPS, _LOOP = 483, 482
_PASSES = 3  # twice over one way may be meant: a proxy that asks a service and gets the request back
_FEW = 10  # a budget that an ordinary path of proxies may use up


@check(
    stage=Stage.DELIVERED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("refer-forwarded-to-wrong-peer", "refer-rejected", "refer-unanswered"),
    refs=("RFC 3261 16.3", "RFC 3261 21.4.21"),
    refuted_by="a 2xx to the REFER",
)
def refer_loop_max_forwards(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The REFER runs in a circle

    Two or more hops pass the REFER to each other until its Max-Forwards is used up (483) or one of them sees that it
    was there before (482).

    Bad:

        call caller -> proxy -> agent
        agent -> proxy -> carrier -> proxy -> carrier REFER  Refer-To: <sip:2003@example.com>
        carrier -> proxy -> carrier -> proxy -> agent 483 Too Many Hops

    Good:

        call caller -> proxy -> agent
        agent -> proxy -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> proxy -> agent 202 Accepted
    """
    refer = transfer.decisive
    if refer is None or refer.succeeded:
        return
    said = refusal(transfer, (_TOO_MANY_HOPS, _LOOP))
    circle = _circle(refer)
    if circle is None and (said is None or said.status == _LOOP):
        return
    if said is None and (refer.final is not None or circle is None or circle.passes < _PASSES):
        return
    budget = refer.message.max_forwards
    small = budget is not None and budget < _FEW and circle is None
    because = []
    if said is not None:
        because.append(Because("answered {status} {reason}", at=said.at, status=said.status, reason=said.reason))
    if circle is not None:
        first, again = circle.first, circle.again
        to = Address(str(first.destination)) if first.destination is not None else Word("the same hop")
        because = [
            Because("the REFER reaches {to}", at=first.frame, to=to),
            Because("and reaches {to} again", at=again.frame, to=to),
            *because,
        ]
    elif budget is not None:
        because.insert(0, Because("the REFER leaves with Max-Forwards {budget}", at=refer.at, budget=budget))
    yield Finding(
        "REFER ran out of Max-Forwards {budget} on its way: {status} {reason} by {by}"
        if small
        else "REFER runs in a circle until {status} {reason} by {by}"
        if said is not None
        else "REFER runs in a circle, {passes} times over the same way, without an answer",
        passes=circle.passes if circle is not None else 0,
        budget=budget if budget is not None else "",
        status=said.status if said is not None else "",
        reason=said.reason if said is not None else "",
        by=said.by if said is not None else "",
        at=refer.at,
        because=because,
        fix="send the REFER with Max-Forwards 70"
        if small
        else "correct the routing of in-dialog requests on the hops that pass the REFER to each other",
        owner=Owner.PLATFORM if small else None,
    )


@dataclass(frozen=True, slots=True)
class _Circle:
    """Two sightings of the REFER on the same way, the later with more Vias, and how often it was seen there."""

    first: Hop
    again: Hop
    passes: int


def _circle(refer: Transaction) -> _Circle | None:
    seen: dict[tuple[str, str], list[Hop]] = {}
    for hop in refer.hops:
        if hop.source is not None and hop.destination is not None:
            seen.setdefault((hop.source.host, hop.destination.host), []).append(hop)
    for passes in seen.values():
        longer = [h for h in passes[1:] if len(h.message.vias) > len(passes[0].message.vias)]
        if longer:
            return _Circle(passes[0], longer[0], 1 + len(longer))
    return None
