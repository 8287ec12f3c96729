"""What a platform answers to its own attempt to transfer, as the record of the call tells it."""

from __future__ import annotations

from sipdiag.facts.record import CallRecord, ToolCall
from sipdiag.facts.wording import Wording

LONGEST = 2000  # characters of a line or a result that are looked at


def recorded(pattern: Wording, record: CallRecord) -> ToolCall | None:
    """The last attempt to transfer, where it failed and a pattern fits what it was answered."""
    last = record.calls[-1] if record.calls else None
    if last is None or last.succeeded is not False or not pattern.search(str(last.result)[:LONGEST]):
        return None
    return last
