"""What shows a REFER that is not in the input: the NOTIFYs that report on it, the answer to it, or its beginning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sipdiag.facts.call import Call
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.notify import Notify
from sipdiag.facts.surroundings import Surroundings
from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.model.transfers import notify
from sipdiag.places import Frame
from sipdiag.raw import Lost
from sipdiag.sip.start import is_start

_CALL_ID = re.compile(rb"\n(?:Call-ID|i)[ \t]{0,4}:[ \t]{0,4}(\S{1,256})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a leg tells of a REFER that is not in the input, and the side that must have sent it, where that is known."""

    leg: Leg
    side: Side | None
    notifies: tuple[Notify, ...] = ()
    answered: Hop | None = None
    torn: Frame | None = None

    def transfer(self, transfer_id: str, call: Call, reasons: Iterable[str], around: Surroundings) -> Transfer:
        return Transfer(
            id=transfer_id,
            case=call.case,
            call=call,
            leg=self.leg,
            method="unknown",
            transferor=self.side,
            asked_for_in=tuple(dict.fromkeys(reasons)),
            notifies=self.notifies,
            other_legs=tuple(x for x in call.legs if x is not self.leg),
            around=around,
            answered=self.answered,
            torn=self.torn,
        )


def shown(call: Call, around: Surroundings) -> Shown | None:
    """What is told of a REFER in a call that has none: by NOTIFY first, which tells most."""
    found = _reported(call)
    answer = next((a for leg in call.legs if (a := _answer(around.answers, leg.call_id)) is not None), None)
    if found is not None:
        same = answer is not None and answer.call_id == found.leg.call_id
        return Shown(found.leg, found.side, found.notifies, answer if same else None)
    if answer is not None:
        leg = next(x for x in call.legs if x.call_id == answer.call_id)
        return Shown(leg, _side(leg, answer.from_tag), answered=answer)
    for leg in call.legs:
        lost = next((x for x in around.lost if _begins_a_refer(x) and _of(leg, x, call)), None)
        if lost is not None:
            return Shown(leg, _sender(leg, lost), torn=lost.frame)
    return None


def answers_alone(calls: Sequence[Call], around: Surroundings) -> Iterator[Hop]:
    """The answers to REFERs of which nothing else is in the input, one for each Call-ID."""
    known = {leg.call_id for call in calls for leg in call.legs}
    refers = (a for a in around.answers if a.cseq.method == "REFER" and a.call_id not in known)
    for call_id in dict.fromkeys(a.call_id for a in refers):
        answer = _answer(around.answers, call_id)
        if answer is not None:
            yield answer


def _answer(answers: Iterable[Hop], call_id: str) -> Hop | None:
    """The answer that decided: the 2xx, else the last that is final."""
    own = [a for a in answers if a.cseq.method == "REFER" and a.call_id == call_id and (a.status or 0) >= 200]
    return next((a for a in own if (a.status or 0) < 300), own[-1] if own else None)


def _reported(call: Call) -> Shown | None:
    """What NOTIFYs tell of a REFER that was not seen: nobody sends them without one (RFC 3515, 2.4.4)."""
    for leg in call.legs:
        told = [
            t
            for t in leg.requests("NOTIFY")
            if t.message.event is not None and t.message.event.package == "refer" and not _of_a_refer_seen(leg, t)
        ]
        side = leg.side_of(told[0]) if told and leg.holds_call else None
        if side is not None:
            return Shown(leg, side.other, tuple(notify(t) for t in told if leg.side_of(t) is side))
    return None


def _of_a_refer_seen(leg: Leg, notification: Transaction) -> bool:
    """Whether a NOTIFY follows a REFER of its receiver that is in the input.

    That one made no transfer, or there would be one: it asked for a BYE (RFC 4579, 5.11) or a feature of a phone.
    """
    side = leg.side_of(notification)
    return any(r.order < notification.order and leg.side_of(r) is not side for r in leg.requests("REFER"))


def _side(leg: Leg, tag: str | None) -> Side | None:
    if tag == leg.caller_tag:
        return Side.CALLER
    return Side.CALLEE if tag in leg.callee_tags else None


def _begins_a_refer(lost: Lost) -> bool:
    return lost.start.lstrip(b"\r\n").startswith(b"REFER ") and is_start(lost.start)


def _of(leg: Leg, lost: Lost, call: Call) -> bool:
    """Whether what is left of a REFER belongs to a leg: by its Call-ID, else by its ends where the call has one leg."""
    named = _CALL_ID.search(lost.start)
    if named is not None:
        return named[1] == leg.call_id.encode("utf-8", "surrogateescape")
    ends = {e.host for e in (lost.source, lost.destination) if e is not None}
    hosts = {e.host for h in leg.hops for e in (h.source, h.destination) if e is not None}
    return len(call.legs) == 1 and len(ends) == 2 and ends <= hosts


def _sender(leg: Leg, lost: Lost) -> Side | None:
    source = lost.source.host if lost.source is not None else None
    sides = [s for s in Side if source is not None and leg.place(s) == source]
    return sides[0] if len(sides) == 1 else None
