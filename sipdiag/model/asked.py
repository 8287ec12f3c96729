"""Transfers that were asked for and of which no REFER was seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sipdiag.facts.call import Call
from sipdiag.facts.hangups import soon_after
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.record import CallRecord
from sipdiag.facts.surroundings import Surroundings
from sipdiag.facts.transfer import Transfer
from sipdiag.model.begun import Begun
from sipdiag.model.claimant import shows_its_platform
from sipdiag.model.methods import OtherMethod, asked_for, hands_over, held_by, other_method
from sipdiag.model.same import same_number
from sipdiag.model.shown import answers_alone, shown
from sipdiag.raw import LogLine


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks: `expected` is True, a Call-ID, or a number of a call; `agent` names the transferring end."""

    expected: bool = False
    expected_call: str | None = None
    agent: str | None = None
    records: Mapping[str, tuple[CallRecord, ...]] = field(default_factory=dict)  # by call id
    loose_records: tuple[CallRecord, ...] = ()  # bound to no call
    strangers: tuple[CallRecord, ...] = ()  # of these, those of calls that were certainly not seen


def asks(record: CallRecord) -> bool:
    """Whether a record shows that a transfer was asked for."""
    return bool(record.calls or record.announced) or record.transfer_failed is not None


def without_refer(
    case: str,
    calls: Sequence[Call],
    legs: Sequence[Leg],
    done: Sequence[Transfer],
    around: Surroundings,
    asked: Asked,
    wire: bool,
) -> tuple[list[Transfer], str | None]:
    """The transfers that records, logs, options or another method speak of, and why none could be marked if so.

    A call that has a transfer by REFER is not looked at again.
    """
    busy = {id(t.call) for t in done} | {id(t.leg) for d in done for t in d.targets}
    busy |= {id(d.consultation) for d in done if d.consultation is not None}
    free = [c for c in calls if id(c) not in busy and not any(id(leg) in busy for leg in c.legs)]
    reasons: dict[str, list[str]] = {c.id: [] for c in free}
    lines: dict[str, tuple[LogLine, ...]] = {}
    note = None
    begun = Begun(legs if free else ())
    others = {c.id: other_method(c, begun) for c in free}
    reported = {c.id: r for c in free if (r := shown(c, around)) is not None}
    taken = {id(o.target.leg) for o in others.values() if o is not None}
    first = [c for c in free if not any(id(leg) in taken for leg in c.legs)]
    for call in free:
        if any(asks(r) for r in asked.records.get(call.id, ())):
            reasons[call.id].append("record")
        if not done and first == [call] and (said := asked_for(around.log)):
            reasons[call.id].append("log")
            lines[call.id] = said
    for call in free:
        other = others[call.id]
        if call.id in reported or (other is not None and hands_over(other)):
            reasons[call.id].append("wire")
    if asked.expected or asked.expected_call:
        chosen = _expected(calls, first, asked, done)
        if isinstance(chosen, str):
            note = chosen
        elif chosen is not None:
            reasons.setdefault(chosen.id, []).append("option")
    found: list[Transfer] = []
    start = len(done) + 1
    for call in free:
        if reasons[call.id] and not any(id(leg) in taken for leg in call.legs):
            found.append(
                reported[call.id].transfer(f"t{start + len(found)}", call, reasons[call.id], around)
                if call.id in reported
                else _of_call(
                    f"t{start + len(found)}",
                    case,
                    call,
                    reasons[call.id],
                    lines,
                    _lasting(others[call.id]),
                    around,
                    asked,
                )
            )
    for answer in answers_alone(calls, around):
        number = f"t{start + len(found)}"
        found.append(Transfer(number, case, None, None, "unknown", None, ("wire",), around=around, answered=answer))
    if not found and not done:
        found = _of_records(case, asked.loose_records, around, start, asked, seen=wire and not calls)
    elif failed := [r for r in asked.strangers if r.transfer_failed or any(c.succeeded is False for c in r.calls[-1:])]:
        found += _of_records(case, failed, around, start + len(found), Asked(), seen=False)
    if not found and not done and not calls:
        said = asked_for(around.log) if not wire else ()
        why = ["log"] if said else []
        why += ["option"] if asked.expected or asked.expected_call else []
        if why:
            found.append(
                Transfer(f"t{start}", case, None, None, "unknown", None, tuple(why), around=around, wire=wire, log=said)
            )
    return found, note


def _lasting(other: OtherMethod | None) -> OtherMethod | None:
    """A second leg, unless who placed it for a call on hold ended it while that call went on: then it asked back only."""
    if other is None or not held_by(other.leg, other.side):
        return other
    own, first = other.target.leg.requests("BYE", Side.CALLER), other.leg.byes
    if not own or own[0] is not other.target.leg.byes[0]:
        return other
    together = bool(first) and (first[0].order < own[0].order or soon_after(own[0].at, first[0]))
    return other if together else None


def _of_records(
    case: str, records: Iterable[CallRecord], around: Surroundings, start: int, asked: Asked, *, seen: bool
) -> list[Transfer]:
    """A transfer for each call of which only records tell: those that share an id tell of one."""
    groups: list[tuple[set[str], list[CallRecord]]] = []
    for record in records:
        own = next((g for g in groups if g[0] & set(record.ids)), None)
        if own is None:
            groups.append((set(record.ids), [record]))
        else:
            own[0].update(record.ids)
            own[1].append(record)
    telling = [tuple(own) for _, own in groups if any(asks(r) for r in own)]
    why = ("record", "option") if len(telling) == 1 and (asked.expected or asked.expected_call) else ("record",)
    return [
        Transfer(f"t{n}", case, None, None, "unknown", None, why, around=around, wire=seen, recorded=own)
        for n, own in enumerate(telling, start)
    ]


def _expected(calls: Sequence[Call], free: Sequence[Call], asked: Asked, done: Sequence[Transfer]) -> Call | str | None:
    if asked.expected_call:
        wanted = asked.expected_call
        match = [c for c in calls if wanted in (c.id, c.id.removeprefix("c"), *c.call_ids)]
        return match[0] if match else f"--expect-transfer names no call of this case: {wanted}"
    if done:
        return None
    if len(free) > 1:
        names = ", ".join(c.id for c in free[:10])
        return f"--expect-transfer: several unrelated calls ({names}); name one with --expect-transfer=CALL"
    return free[0] if free else None


def _of_call(
    transfer_id: str,
    case: str,
    call: Call,
    reasons: list[str],
    lines: Mapping[str, tuple[LogLine, ...]],
    other: OtherMethod | None,
    around: Surroundings,
    asked: Asked,
) -> Transfer:
    own = asked.records.get(call.id, ())
    hint = asked.agent or _own_number(own)
    leg, side = (other.leg, other.side) if other is not None else _agent_leg(call, hint)
    if side is None and "log" in reasons:
        side = leg.writer  # the application that logged the request wrote its own messages beside it
    return Transfer(
        id=transfer_id,
        case=case,
        call=call,
        leg=leg,
        method=other.method if other is not None else "unknown",
        transferor=side,
        asked_for_in=tuple(dict.fromkeys(reasons)),
        targets=(other.target,) if other is not None else (),
        beyond=(side is None and (asked.agent is not None or (hint is not None and _handed_over(own))))
        or (
            other is None
            and any(_handed_over([r]) and (not leg.byes or shows_its_platform(leg, r) is False) for r in own)
        ),
        other_legs=tuple(x for x in call.legs if x is not leg),
        around=around,
        log=lines.get(call.id, ()),
    )


def _handed_over(records: Sequence[CallRecord]) -> bool:
    """Whether a record claims that the transfer went through: then it was on another leg where its number is on none."""
    return any(r.calls and r.calls[-1].succeeded for r in records)


def _own_number(records: Sequence[CallRecord]) -> str | None:
    """The number of the party whose records these are: the one called, unless it placed the call."""
    for record in records:
        own = {"inbound": record.callee, "outbound": record.caller}.get(record.direction or "")
        if own:
            return str(own)
    return None


def _agent_leg(call: Call, agent: str | None) -> tuple[Leg, Side | None]:
    """The leg and side that `--agent HOST[:PORT]|USER|NUMBER` names; else the last leg, with an unknown side."""
    if agent:
        for leg in reversed(call.legs):
            for side in Side:
                address, name = leg.address(side), leg.uri_of(side)
                user = name.uri.user if name is not None and name.uri is not None else None
                known = (str(address) if address else None, address.host if address else None, user)
                if agent in known or same_number(agent, user):
                    return leg, side
    return call.legs[-1], None
