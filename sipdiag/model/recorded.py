"""The stages that a record answers, of a transfer whose REFER was not seen."""

from __future__ import annotations

from sipdiag.facts.record import ToolCall
from sipdiag.facts.told import taken
from sipdiag.model.ladder import Ladder, Step
from sipdiag.stages import Answer, Stage


def by_record(attempt: ToolCall, reached: Step) -> Ladder:
    """What an attempt tells. `reached` is what is known of the target without it: a new call that was seen is believed."""
    said, accepted = attempt.told, taken(attempt)
    ladder: Ladder = {}
    if accepted is not Answer.UNKNOWN:
        at = (
            said.answer.where
            or said.refused.where
            or said.report.where
            or said.met.where
            or said.cut.where
            or attempt.where,
        )
        words, values = "the record tells what became of it", {}
        if said.answer:
            words, values = "the record says that the REFER was answered {status}", {"status": said.answer.value}
        ladder[Stage.EMITTED] = Step(Answer.YES, at, words, values)
        ladder[Stage.DELIVERED] = ladder[Stage.EMITTED]
        ladder[Stage.ACCEPTED] = Step(accepted, at, words, values)
    if accepted is not Answer.NO and reached.answer is Answer.UNKNOWN and (said.report or said.met):
        ladder[Stage.TARGET_REACHED] = _reached(attempt)
    return ladder


def _reached(attempt: ToolCall) -> Step:
    report, met = attempt.told.report, attempt.told.met
    if report.value is None:
        return Step(Answer.NO, (met.where or attempt.where,), "the record says {met}", {"met": met.value})
    at = (report.where or attempt.where,)
    answer = Answer.NO if report.value >= 300 else Answer.YES if report.value >= 200 else Answer.UNKNOWN
    return Step(answer, at, "the record says that NOTIFY reported {status}", {"status": report.value})
