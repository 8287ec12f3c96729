"""What the records of a transfer tell of its steps, where no REFER of it was seen. Messages are believed first."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass
from sipdiag.sip.codes import phrase
from sipdiag.stages import Answer
from sipdiag.values import Text

if TYPE_CHECKING:
    from sipdiag.facts.record import CallRecord, ToolCall
    from sipdiag.facts.transfer import Transfer
    from sipdiag.places import Where

# Codes that a sender makes up itself where nothing answers it (RFC 3261 8.1.3.1): no proof that anybody did.
_MADE_BY_THE_SENDER = (408, 503)


def told(transfer: Transfer, records: Sequence[CallRecord]) -> ToolCall | None:
    """The attempt whose steps the records tell, the fullest where several records of one call do.

    None where the wire shows a REFER of the transfer.
    """
    attempts = [] if transfer.sent else [r.calls[-1] for r in records if r.calls and r.calls[-1].told]
    return max(attempts, key=lambda c: bool(c.told.report or c.told.met or c.told.refused), default=None)


def taken(attempt: ToolCall) -> Answer:
    """Whether the REFER was accepted, as a record tells it: by its answer, or because NOTIFY brought an outcome."""
    said = attempt.told
    if said.refused:
        return Answer.NO
    if said.answer.value is not None:
        if said.answer.value >= 300:
            return Answer.UNKNOWN if said.answer.value in _MADE_BY_THE_SENDER else Answer.NO
        return Answer.YES
    return Answer.YES if said.report or said.cut or (said.met and attempt.method == "refer") else Answer.UNKNOWN


def unseen_attempt(record: CallRecord, transfers: Sequence[Transfer]) -> ToolCall | None:
    """A record's last attempt. None where one of the record's transfers shows a REFER itself: messages are believed first."""
    return record.calls[-1] if record.calls and not any(t.attempts for t in transfers) else None


@dataclass(frozen=True, slots=True)
class Refused:
    """A REFER that was refused, as a record alone tells it."""

    attempt: ToolCall
    status: int
    at: Where

    @property
    def reason(self) -> Text:
        return Text(phrase(self.status))


def refused(record: CallRecord, transfers: Sequence[Transfer], codes: Container[int] | None = None) -> Refused | None:
    """The code with which the REFER of a record's last unseen attempt was refused, if it is among the codes."""
    attempt = unseen_attempt(record, transfers)
    if attempt is None or taken(attempt) is not Answer.NO or attempt.told.answer.value is None:
        return None
    status = attempt.told.answer.value
    if codes is not None and status not in codes:
        return None
    return Refused(attempt, status, attempt.told.answer.where or attempt.where)
