"""Which call a record is of: by an id in a header, else by both numbers and the start. Pure: facts in, links out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sipdiag.cached import cached_property
from sipdiag.facts.e164 import SIGNIFICANT
from sipdiag.facts.timers import RECORD_START
from sipdiag.model.carried import numbers_of
from sipdiag.model.same import digits, same_number, significant

if TYPE_CHECKING:
    from sipdiag.facts.call import Call
    from sipdiag.facts.leg import Leg
    from sipdiag.facts.record import CallRecord

_SHORTEST_ID = 6  # characters; shorter ones stand in headers by chance
_FIRST = 4  # transactions of a leg whose headers are looked at: an id is told when a call is set up
_TOLD_IN = ("x-", "p-", "session-id")  # beginnings of the headers in which platforms and carriers write their ids
_EPOCH = 10**6  # seconds; a time below it counts from the beginning of the trace, and tells no day


class RecordedCalls:
    """The calls of a case as records speak of them; ids and numbers are collected once, when the first record asks."""

    def __init__(self, calls: Sequence[Call]) -> None:
        self._calls = calls

    def by_call(self, records: Sequence[CallRecord]) -> dict[str, tuple[CallRecord, ...]]:
        """The records of each call, by the call's id. A record that fits several calls is of none.

        A single record beside a single call is taken for its record, unless the numbers contradict it.
        """
        found: dict[str, list[CallRecord]] = {}
        for record in records:
            fitting = self._named(record) or self._of_its_numbers(record)
            if not fitting and len(records) == 1 and len(self._calls) == 1 and not self.is_stranger(record):
                fitting = list(self._calls)
            if len(fitting) == 1:
                found.setdefault(fitting[0].id, []).append(record)
        return {k: tuple(v) for k, v in found.items()}

    def is_stranger(self, record: CallRecord) -> bool:
        """Whether a record is of a call that was not seen: it has other numbers than every call that was."""
        ends = _ends(record)
        if len(ends) < 2 or not all(self._numbers.values()):
            return not self._calls
        return all(self._is_of_another(record, call) for call in self._with_any(ends))

    def _named(self, record: CallRecord) -> list[Call]:
        ids = (i for i in record.ids if len(i) >= _SHORTEST_ID)
        return _each_once(c for i in ids for c in self._by_id.get(i, ()))

    def _of_its_numbers(self, record: CallRecord) -> list[Call]:
        ends = _ends(record)
        return [c for c in self._with_any(ends[:1]) if _same_numbers_and_start(record, ends, c)]

    def _with_any(self, numbers: Iterable[str]) -> list[Call]:
        """The calls that have, or may have, one of these numbers: those with the same last digits."""
        return _each_once(c for n in numbers for c in self._by_number.get(significant(digits(n)), ()))

    def _is_of_another(self, record: CallRecord, call: Call) -> bool:
        """Whether none of the record's numbers is in the call, or not the other person's although the call tells one."""
        if not any(same_number(e, n) for e in _ends(record) for n in self._numbers[call.id]):
            return True
        person = {"inbound": record.caller, "outbound": record.callee}.get(str(record.direction))
        return person is not None and all(
            _tells_another(leg, str(person), record.direction == "inbound") for leg in call.legs
        )

    @cached_property
    def _by_id(self) -> Mapping[str, list[Call]]:
        found: dict[str, list[Call]] = {}
        for call in self._calls:
            for told in {i for leg in call.legs for i in _ids(leg)}:
                found.setdefault(told, []).append(call)
        return found

    @cached_property
    def _numbers(self) -> Mapping[str, set[str]]:
        """The numbers of all legs, by the call's id."""
        return {call.id: {n for leg in call.legs for n in numbers_of(leg)} for call in self._calls}

    @cached_property
    def _by_number(self) -> Mapping[str, list[Call]]:
        """By the significant digits of any of their numbers."""
        found: dict[str, list[Call]] = {}
        for call in self._calls:
            for number in {significant(n) for n in self._numbers[call.id]}:
                found.setdefault(number, []).append(call)
        return found


def _each_once(calls: Iterable[Call]) -> list[Call]:
    return list({id(c): c for c in calls}.values())


def _ends(record: CallRecord) -> list[str]:
    """The numbers of caller and callee, as far as the record tells them."""
    return [str(r) for r in (record.caller, record.callee) if r and digits(str(r))]


def _ids(leg: Leg) -> set[str]:
    """The Call-ID of a leg, and what stands in the headers that may repeat an id of the platform."""
    first = leg.transactions[:_FIRST]
    messages = [m for t in first for m in (t.message, *(r.message for r in t.responses))]
    told = {h.value.strip() for m in messages for h in m.headers if h.name.lower().startswith(_TOLD_IN)}
    return told | {leg.call_id}


def _same_numbers_and_start(record: CallRecord, ends: Sequence[str], call: Call) -> bool:
    numbers = numbers_of(call.main)
    if len(ends) < 2 or not all(any(same_number(e, n) for n in numbers) for e in ends):
        return False
    started = call.main.first.time
    return record.start is None or started is None or started < _EPOCH or abs(started - record.start) <= RECORD_START


def _tells_another(leg: Leg, number: str, calls: bool) -> bool:
    """Whether a leg's INVITE has a full number of another person, who calls or is called, and this one nowhere."""
    wanted = significant(digits(number))
    if not leg.invites or len(wanted) < SIGNIFICANT:
        return False
    message = leg.invites[0].message
    name = message.from_ if calls else message.to
    told = digits(None if name is None or name.uri is None else name.uri.user or name.uri.number)
    return len(significant(told)) == SIGNIFICANT and wanted.encode() not in re.sub(rb"[ ().-]", b"", message.data)
