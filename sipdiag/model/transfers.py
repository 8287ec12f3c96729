"""Find the transfers of a case: every REFER with its attempts, its NOTIFYs, and the new legs it caused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sipdiag.facts.call import Call
from sipdiag.facts.leg import Leg
from sipdiag.facts.notify import Notify
from sipdiag.facts.surroundings import Surroundings
from sipdiag.facts.timers import B2BUA_LEG
from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.model.begun import Begun
from sipdiag.model.contested import Claim, settled
from sipdiag.model.outside import moved_leg
from sipdiag.model.same import same_target
from sipdiag.model.targets import consultation_leg, standing_call, target_legs
from sipdiag.places import elapsed
from sipdiag.sip.message import Message


@dataclass(frozen=True, slots=True)
class _Refers:
    """The REFERs of one transfer on the transferor's leg, and the same on other legs of a B2BUA."""

    call: Call
    leg: Leg
    attempts: tuple[Transaction, ...]
    relayed: tuple[Transaction, ...]


def transfers(calls: Sequence[Call], legs: Sequence[Leg], case: str, around: Surroundings) -> list[Transfer]:
    """Every transfer by REFER, in the order of their first REFER."""
    groups = [g for call in calls for g in _groups(call)]
    groups.sort(key=lambda g: g.attempts[0].order)
    spoken = neighbours(legs)
    known = Begun(legs)
    on_leg: dict[int, list[_Refers]] = {}
    homes = {id(leg): call for call in calls for leg in call.legs}
    for group in groups:
        on_leg.setdefault(id(group.leg), []).append(group)
    sides = [g.leg.side_of(g.attempts[0]) for g in groups]
    claims = [
        Claim(g.leg, side, tuple(target_legs(g.leg, g.attempts, side, known)))
        for g, side in zip(groups, sides, strict=True)
    ]
    found = []
    for n, (group, side, targets) in enumerate(zip(groups, sides, settled(claims), strict=True), 1):
        consult = consultation_leg(group.leg, group.attempts, side, known)
        apart = {id(t.leg) for t in targets} | {id(consult)}
        found.append(
            Transfer(
                id=f"t{n}",
                case=case,
                call=group.call,
                leg=group.leg,
                method="attended-refer" if _replaces(group.attempts) else "blind-refer",
                transferor=side,
                asked_for_in=("wire",),
                attempts=group.attempts,
                relayed=group.relayed,
                notifies=_notifies(group, on_leg[id(group.leg)]),
                relayed_notifies=_relayed_notifies(group),
                targets=targets,
                moved=moved_leg(group.attempts[0], group.call),
                consultation=consult,
                consultation_legs=_beyond(consult, homes),
                alongside=standing_call(group.leg, group.attempts, side, known) if consult is None else None,
                other_legs=tuple(leg for leg in group.call.legs if leg is not group.leg and id(leg) not in apart),
                around=around,
                neighbours=spoken,
                answered=_accepted_unseen(group, around),
            )
        )
    return found


def _accepted_unseen(group: _Refers, around: Surroundings) -> Hop | None:
    """The 2xx to another attempt of the same side, which is not in the input, where none that is was accepted."""
    if any(a.succeeded for a in group.attempts):
        return None
    side = group.attempts[-1].from_tag
    own = (a for a in around.answers if a.cseq.method == "REFER" and a.call_id == group.leg.call_id)
    return next((a for a in own if a.from_tag == side and 200 <= (a.status or 0) < 300), None)


def _beyond(leg: Leg | None, homes: Mapping[int, Call]) -> tuple[Leg, ...]:
    """The other legs of the call that a leg belongs to."""
    home = homes.get(id(leg))
    return tuple(x for x in home.legs if x is not leg) if home is not None else ()


def _replaces(attempts: Iterable[Transaction]) -> bool:
    return any(a.message.refer_to is not None and a.message.refer_to.raw_replaces is not None for a in attempts)


def _groups(call: Call) -> list[_Refers]:
    """Sort the REFERs of a call into transfers.

    A REFER to the same target from the same side is another attempt, until an outcome was reported; one on another leg
    of the same call soon after is the same REFER, relayed by the B2BUA between them.
    """
    every = ((t, leg) for leg in call.legs for t in leg.requests("REFER") if _moves_a_call(t.message))
    refers = sorted(every, key=lambda pair: pair[0].order)
    groups: list[tuple[Leg, list[Transaction], list[Transaction]]] = []
    for refer, leg in refers:
        for home, attempts, relayed in reversed(groups):
            if leg is home and leg.side_of(refer) is leg.side_of(attempts[-1]) and _again(leg, attempts, refer):
                attempts.append(refer)
                break
            if leg is not home and _relays(attempts, refer):
                relayed.append(refer)
                break
        else:
            groups.append((leg, [refer], []))
    return [_Refers(call, leg, tuple(a), tuple(r)) for leg, a, r in groups]


def _moves_a_call(refer: Message) -> bool:
    """Whether a REFER asks for a call. Others ask for another method, or carry a command of a phone in their body."""
    asked = refer.refer_to
    if asked is None or asked.uri is None:
        return True
    if asked.uri.scheme in ("cid", "data") or (asked.uri.scheme == "urn" and "remotecc" in asked.uri_text.lower()):
        return False
    return (asked.uri.param("method") or "INVITE").upper() == "INVITE"


def _again(leg: Leg, attempts: Sequence[Transaction], refer: Transaction) -> bool:
    last = attempts[-1]
    if not last.challenged and not same_target(last.message.refer_to, refer.message.refer_to):
        return False
    return not (last.succeeded and any(_closes(t, last, refer) for t in leg.requests("NOTIFY")))


def _closes(t: Transaction, refer: Transaction, later: Transaction) -> bool:
    """Whether a NOTIFY ends the story of a REFER before a later one: it failed, or its subscription is over."""
    if not refer.order < t.order < later.order or not _is_refer_notify(t):
        return False
    said, state = notify(t), t.message.subscription_state
    return said.final and ((said.status or 0) >= 300 or state is None or state.state != "active")


def _relays(attempts: Sequence[Transaction], refer: Transaction) -> bool:
    """Whether a REFER on another leg is one of these, passed on soon after it."""
    return any(
        ((gap := elapsed(a.at, refer.at)) is None or 0 <= gap <= B2BUA_LEG)
        and same_target(a.message.refer_to, refer.message.refer_to)
        for a in attempts
    )


def _is_refer_notify(t: Transaction) -> bool:
    """Whether a NOTIFY belongs to a REFER: by its Event, or by its sipfrag where the Event was lost on the way."""
    event = t.message.event
    if event is not None:
        return event.package == "refer"
    return (
        t.message.content_type == "message/sipfrag" or t.message.sipfrag is not None or t.message.get("Event") is None
    )


def notify(transaction: Transaction) -> Notify:
    fragment = transaction.message.sipfrag
    return Notify(transaction, fragment.code if fragment else None, fragment.reason if fragment else "")


def _notifies(group: _Refers, groups: Sequence[_Refers]) -> tuple[Notify, ...]:
    """The NOTIFYs on the transferor's leg that report on this transfer and on no other REFER there (`groups`)."""
    side = group.leg.side_of(group.attempts[0])
    found = []
    for t in group.leg.requests("NOTIFY"):
        if not _is_refer_notify(t) or t.order < group.attempts[0].order or group.leg.side_of(t) is side:
            continue
        if _owner(t, groups) is group:
            found.append(notify(t))
    return tuple(found)


def _owner(t: Transaction, groups: Sequence[_Refers]) -> _Refers | None:
    """The REFER that a NOTIFY reports on: by `Event: refer;id=`, else the last accepted one before it, else the last."""
    started = [g for g in groups if g.attempts[0].order < t.order]
    if not started:
        return None
    if t.message.event is not None and t.message.event.id is not None:
        named = [g for g in started if any(str(a.cseq) == t.message.event.id for a in g.attempts)]
        if named:
            return named[-1]
    started.sort(key=lambda g: g.attempts[0].order)
    accepted = [g for g in started if any(a.succeeded for a in g.attempts)]
    return (accepted or started)[-1]


def _relayed_notifies(group: _Refers) -> tuple[Notify, ...]:
    first = group.attempts[0].order
    return tuple(
        notify(t)
        for leg in group.call.legs
        if leg is not group.leg
        for t in leg.requests("NOTIFY")
        if t.order > first and t.message.event is not None and t.message.event.package == "refer"
    )


def neighbours(legs: Iterable[Leg]) -> dict[str, dict[str, int]]:
    """For each place (`Hop.origin`), those that it exchanged SIP with, and in how many legs."""
    found: dict[str, dict[str, int]] = {}
    for leg in legs:
        ways = {(h.origin, h.goal) for h in leg.hops if h.origin and h.goal}
        for one, other in ways | {way[::-1] for way in ways}:
            seen = found.setdefault(one, {})
            seen[other] = seen.get(other, 0) + 1
    return found
