"""What the records of a transfer tell of its steps, where no REFER of it was seen. Messages are believed first."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from sipdiag.dataclass import dataclass
from sipdiag.facts.matching import typed
from sipdiag.facts.new_call import failure, told_by
from sipdiag.facts.record import CallRecord, ToolCall
from sipdiag.facts.transfer import Transfer
from sipdiag.places import Where
from sipdiag.sip.codes import phrase
from sipdiag.stages import Answer
from sipdiag.values import Text, UriText, Word

# Codes that a sender makes up itself where nothing answers it (RFC 3261 8.1.3.1): no proof that anybody did.
_MADE_BY_THE_SENDER = (408, 503)


def told(transfer: Transfer, records: Sequence[CallRecord]) -> ToolCall | None:
    """The attempt whose steps the records tell, the fullest where several records of one call do.

    None where the wire shows a REFER of the transfer.
    """
    attempts = [] if transfer.attempts else [r.calls[-1] for r in records if r.calls and r.calls[-1].told]
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
    """The code with which the REFER of a record's last attempt was refused, if it is among the codes.

    None where one of the record's transfers shows a REFER itself.
    """
    attempt = record.calls[-1] if record.calls and not any(t.attempts for t in transfers) else None
    if attempt is None or taken(attempt) is not Answer.NO or attempt.told.answer.value is None:
        return None
    status = attempt.told.answer.value
    if codes is not None and status not in codes:
        return None
    return Refused(attempt, status, attempt.told.answer.where or attempt.where)


@dataclass(frozen=True, slots=True)
class Ending:
    """How the new call failed, as the messages show it, else as a record tells it.

    `met` is `busy` or `no-answer` where a record has no code for it. `proofs` are what shows it: words, place and values.
    """

    target: object
    status: int | None
    reason: str
    at: Where
    rang: bool | None = None
    met: str = ""
    proofs: tuple[tuple[str, Where, dict[str, object]], ...] = ()

    @property
    def code(self) -> int | Word:
        """What stands before the reason in a sentence: the status, or where the word comes from."""
        return self.status if self.status is not None else Word("the record says")


def ending(transfer: Transfer, records: Sequence[CallRecord]) -> Ending | None:
    """The failure of the new call; None where it did not fail, or nothing tells."""
    failed = failure(transfer)
    if failed is not None:
        proofs = tuple(told_by(transfer, failed))
        return Ending(UriText(transfer.wanted_text), failed.status, failed.reason, failed.at, failed.rang, "", proofs)
    attempt = told(transfer, records)
    if attempt is None or taken(attempt) is Answer.NO:
        return None
    status, met = attempt.told.report, attempt.told.met
    if status.value is not None and status.value < 300:
        return None
    if not status and not met:
        return None
    target = typed(str(attempt.destination)) if attempt.destination else Word("(not named)")
    reason = phrase(status.value) if status.value is not None else str(met)
    at = status.where or met.where or attempt.where
    return Ending(target, status.value, reason, at, None, str(met), tuple(_proofs(attempt, at)))


def _proofs(attempt: ToolCall, at: Where) -> Iterator[tuple[str, Where, dict[str, object]]]:
    answer = attempt.told.answer
    if answer.value is not None and answer.where is not None:
        yield "the record says that the REFER was answered {code}", answer.where, {"code": answer.value}
    if attempt.result and attempt.result.where is not None and attempt.result.where != at:
        yield "in the record's own words: {words}", attempt.result.where, {"words": attempt.result.value}
