"""From the ladder and the findings to outcome, cause and owner of each transfer.

Pure: no input is read here, and no score or weight decides.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass
from sipdiag.facts.told import told
from sipdiag.model.ladder import Bite, Ladder
from sipdiag.places import Frame
from sipdiag.stages import Answer, Outcome, Owner, Severity, Stage

if TYPE_CHECKING:
    from sipdiag.checking.run import Found, Undecided
    from sipdiag.facts.record import CallRecord, ToolCall
    from sipdiag.facts.transfer import Transfer

_WIRE = tuple(s for s in Stage if s.on_the_wire)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a transfer. `also` are further errors in order of weight; `candidates` are set where several causes remain."""

    transfer: Transfer
    outcome: Outcome
    ladder: Ladder
    cause: Found | None
    owner: Owner | None
    candidates: tuple[Found, ...] = ()
    also: tuple[Found, ...] = ()
    findings: tuple[Found, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    evidence: tuple[str, ...] = ()
    said: str = ""  # what the platform's record answers to the transfer that failed, in its own words
    told: ToolCall | None = None  # the attempt whose steps a record alone tells


def bites(findings: Iterable[Found]) -> list[Bite]:
    return [Bite(f.check.id, f.stage, f.severity, f.finding.at) for f in findings]


def reached(ladder: Ladder) -> Stage | None:
    """The last wire stage that was answered yes; configured and eligible never move it."""
    return max((s for s in _WIRE if ladder[s].answer is Answer.YES), default=None)


def failed(ladder: Ladder) -> Stage | None:
    """The first stage after `reached` that was answered no; where nothing was reached, the first of all."""
    last = reached(ladder)
    return next((s for s in Stage if ladder[s].answer is Answer.NO and (last is None or s > last)), None)


def outcome(
    transfer: Transfer, ladder: Ladder, records: Sequence[CallRecord], refer_expected: bool, errors: Container[Stage]
) -> Outcome:
    """The first row of the outcome table that fits. `errors` are the stages at which an error finding bites.

    A rule that transfers by another method than REFER is a choice: without an error it is no failure to come, unless
    REFER is expected.
    """
    answer = {s: ladder[s].answer for s in Stage}
    config_no = Answer.NO in (answer[Stage.CONFIGURED], answer[Stage.ELIGIBLE])
    recorded = [r for r in records if r.calls or r.announced or r.transfer_failed is not None]
    if not transfer.wire and not recorded and "log" not in transfer.asked_for_in:
        if "config" not in transfer.asked_for_in and set(answer.values()) == {Answer.UNKNOWN}:
            return Outcome.UNKNOWN  # meant by the user, and nothing in the input foretells anything
        fails = any(a is Answer.NO and (refer_expected or s in errors) for s, a in answer.items())
        return Outcome.PREDICTED_FAIL if fails else Outcome.PREDICTED_OK
    attempt = told(transfer, records)
    if not transfer.attempts and answer[Stage.EMITTED] is not Answer.YES:
        target = answer[Stage.TARGET_REACHED] is Answer.YES
        if answer[Stage.EMITTED] is Answer.NO and not (target and not refer_expected):
            return Outcome.NOT_EMITTED
        shown = any(s in transfer.asked_for_in for s in ("record", "log"))
        if shown and config_no and (refer_expected or not (target or _went_otherwise(records, errors))):
            return Outcome.NOT_EMITTED
    if answer[Stage.DELIVERED] is Answer.NO:
        return Outcome.NOT_DELIVERED
    if answer[Stage.ACCEPTED] is Answer.NO:
        return Outcome.REJECTED
    accepted = answer[Stage.ACCEPTED] is Answer.YES
    if accepted and answer[Stage.TARGET_REACHED] is Answer.NO:
        return Outcome.TARGET_FAILED
    if accepted and (Stage.COMPLETED in errors or answer[Stage.COMPLETED] is Answer.NO):
        return Outcome.BROKEN
    if attempt is not None and answer[Stage.TARGET_REACHED] is Answer.NO:
        return Outcome.TARGET_FAILED
    if not transfer.attempts and transfer.target is not None and answer[Stage.TARGET_REACHED] is Answer.NO:
        return Outcome.TARGET_FAILED if transfer.target.status else Outcome.UNKNOWN
    if answer[Stage.COMPLETED] is Answer.YES:
        return Outcome.COMPLETED
    if not transfer.attempts and any(r.transfer_failed or any(c.succeeded is False for c in r.calls) for r in records):
        return Outcome.FAILED
    return Outcome.UNKNOWN


def _went_otherwise(records: Sequence[CallRecord], errors: Container[Stage]) -> bool:
    """Whether a record says that the transfer went well, by a method that is a choice: nothing speaks against it."""
    went_well = any(r.calls and r.calls[-1].succeeded and not r.calls[-1].simulated for r in records)
    return went_well and Stage.CONFIGURED not in errors and Stage.ELIGIBLE not in errors


def candidates(
    findings: Sequence[Found], ladder: Ladder, result: Outcome, beats: Mapping[str, frozenset[str]]
) -> list[Found]:
    """The errors that may be the cause, the strongest alone where the rule decides, several where it does not."""
    last, first_no = reached(ladder), failed(ladder)
    if result is Outcome.BROKEN:
        last, first_no = Stage.TARGET_REACHED, Stage.COMPLETED
    elif result is Outcome.NOT_DELIVERED:
        last, first_no = None if last is Stage.EMITTED else last, Stage.DELIVERED
    elif result is Outcome.NOT_EMITTED:
        # The target may have been reached by another method; that moves no stage of the REFER that was meant.
        last, first_no = None, next((s for s in Stage if ladder[s].answer is Answer.NO), first_no)
    if not result.is_failure or (first_no is None and result is not Outcome.FAILED):
        return []
    errors = [f for f in findings if f.severity is Severity.ERROR]
    if first_no is not None:
        lowest = Stage.EMITTED if result is Outcome.NOT_DELIVERED else last
        errors = [f for f in errors if (lowest is None or f.stage > lowest) and f.stage <= first_no]
    errors = one_each(errors)
    beaten = {b for f in errors for b in beats.get(f.check.id, frozenset()) - f.finding.beside}
    left = [f for f in errors if f.check.id not in beaten]
    seen = [f for f in left if isinstance(f.finding.at, Frame)] or left
    if not seen:
        return []
    earliest = min(f.stage for f in seen)
    return [f for f in seen if f.stage is earliest]


def one_each(found: Iterable[Found]) -> list[Found]:
    """One finding for each check: a check that speaks twice of one transfer names one cause."""
    first: dict[str, Found] = {}
    for f in found:
        first.setdefault(f.check.id, f)
    return list(first.values())


def closure(direct: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """What each check beats, also through others: a beaten cause still beats what it names.

    Raises:
        ValueError: the relation has a cycle; the message names it.

    >>> sorted(closure({"a": ["b"], "b": ["c"], "c": []})["a"])
    ['b', 'c']
    """
    done: dict[str, frozenset[str]] = {}

    def visit(name: str, path: tuple[str, ...]) -> frozenset[str]:
        if name in path:
            raise ValueError(f"'beats' runs in a circle: {' -> '.join((*path[path.index(name) :], name))}")
        if name not in done:
            below = list(direct.get(name, ()))
            done[name] = frozenset(below).union(*(visit(b, (*path, name)) for b in below))
        return done[name]

    for name in direct:
        visit(name, ())
    return done


def _said_by(record: CallRecord) -> str:
    """What a record answers to the last attempt that failed; else its word for how the call ended."""
    words = next((_said(c) for c in reversed(record.calls) if c.succeeded is False), "")
    return words or (str(record.error or record.outcome) if record.transfer_failed else "")


def _said(call: ToolCall) -> str:
    """What a record answers to an attempt, with the SIP status that it names elsewhere."""
    words = str(call.result)
    if call.status is None or str(call.status) in words:
        return words
    return f"{words} (SIP status {call.status})" if words else f"SIP status {call.status}"


def decide(
    transfer: Transfer,
    ladder: Ladder,
    findings: Sequence[Found],
    undecided: Sequence[Undecided],
    records: Sequence[CallRecord],
    beats: Mapping[str, frozenset[str]],
    refer_expected: bool,
    evidence: Sequence[str] = (),
) -> Verdict:
    """The verdict of one transfer from all that was found for it and for what is bound to it."""
    errors = {f.stage for f in findings if f.severity is Severity.ERROR}
    last = reached(ladder)  # what would have stopped the transfer up to there has not
    result = outcome(transfer, ladder, records, refer_expected, errors)
    left = candidates(findings, ladder, result, beats)
    cause = left[0] if len(left) == 1 else None
    also = [f for f in one_each(findings) if f.severity is Severity.ERROR and f is not cause and f not in left]
    also.sort(key=lambda f: (f.check.id != "original-call-dropped-on-failed-transfer", -f.stage))
    return Verdict(
        transfer=transfer,
        outcome=result,
        ladder=ladder,
        cause=cause,
        owner=cause.owner if cause is not None else None,
        candidates=tuple(left[:3]) if len(left) > 1 else (),
        also=tuple(also),
        findings=tuple(findings),
        undecided=tuple(u for u in undecided if last is None or u.check.stage > last),
        evidence=tuple(dict.fromkeys(evidence)),
        said=next((w for r in records if (w := _said_by(r))), ""),
        told=told(transfer, records),
    )
