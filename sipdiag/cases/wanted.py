"""Calls that a record or an option asks about. The reader of a large capture leaves calls without a transfer in it, and the
call from which no REFER ever left is one of those.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from sipdiag.facts.timers import RECORD_START
from sipdiag.model.same import digits, significant

if TYPE_CHECKING:
    from sipdiag.facts.record import CallRecord
    from sipdiag.raw import CallSketch

# Whether a call of a capture is wanted, by its sketch and the octets of its first message.
Wanted: TypeAlias = "Callable[[CallSketch, bytes], bool]"

_SHORTEST_ID = 6


@dataclass(frozen=True, slots=True)
class _Ends:
    """The numbers of both parties of a record by their last digits, and when the call began (epoch seconds)."""

    numbers: frozenset[str]
    start: float | None

    def of(self, sketch: CallSketch) -> bool:
        said = {
            significant(number)
            for text in (sketch.sender, sketch.recipient, sketch.target)
            for number in _numbers(text)
        }
        if not self.numbers <= said:
            return False
        time = sketch.first.time
        return self.start is None or time is None or abs(time - self.start) <= RECORD_START


def wanted_calls(records: Iterable[CallRecord], expected: str | None) -> Wanted | None:
    """What tells a call that records are about, or whose Call-ID is `expected`; None where nothing can be looked for.

    It may take one too many: which record is whose is decided once all messages are there.
    """
    records = list(records)
    ids = sorted({i for r in records for i in r.ids if len(i) >= _SHORTEST_ID})
    ends = [e for r in records if (e := _ends(r)) is not None]
    if not ids and not ends and expected is None:
        return None
    named = re.compile(b"|".join(re.escape(i.encode()) for i in ids)) if ids else None

    def wanted(sketch: CallSketch, first: bytes) -> bool:
        if sketch.call_id == expected or (named is not None and named.search(first) is not None):
            return True
        return any(e.of(sketch) for e in ends)

    return wanted


def _ends(record: CallRecord) -> _Ends | None:
    numbers = frozenset(
        significant(d) for end in (record.caller, record.callee) if (d := digits(str(end) if end else None))
    )
    return _Ends(numbers, record.start) if len(numbers) == 2 else None


def _numbers(text: str) -> list[str]:
    return [digits(n) for n in re.findall(r"(?:sips?|tel):([^@;>?\s]+)", text, re.IGNORECASE)]
