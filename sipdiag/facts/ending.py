"""How the new call failed: as the messages show it, else as a record alone tells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sipdiag.dataclass import dataclass
from sipdiag.facts.matching import typed
from sipdiag.facts.new_call import failure, told_by
from sipdiag.facts.record import CallRecord, ToolCall
from sipdiag.facts.refusal import refused_beyond
from sipdiag.facts.told import taken, told
from sipdiag.facts.transfer import Transfer
from sipdiag.places import Where
from sipdiag.sip.codes import phrase
from sipdiag.stages import Answer
from sipdiag.values import Word


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
    if refused_beyond(transfer) is not None:
        return None  # no new call was placed
    failed = failure(transfer)
    if failed is not None:
        proofs = tuple(told_by(transfer, failed))
        return Ending(transfer.wanted, failed.status, failed.reason, failed.at, failed.rang, "", proofs)
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
