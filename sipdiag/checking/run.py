"""Run checks on the facts of a case: once per subject, with what is bound to it."""

from __future__ import annotations

import traceback
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, Protocol

from sipdiag.checking.finding import CannotTell, Finding
from sipdiag.dataclass import dataclass
from sipdiag.facts.kinds import in_words
from sipdiag.facts.missing import Missing
from sipdiag.facts.record import CallRecord
from sipdiag.platforms.pages import page_for

if TYPE_CHECKING:
    from sipdiag.checking.check import Check, Evidence
    from sipdiag.stages import Owner, Severity, Stage

_AT_ONCE = 64  # subjects
_UNSEEN = "no message of the call is in these inputs"


class Case(Protocol):
    """The facts of one case, and what is bound to what."""

    def subjects(self, kind: type) -> Sequence[object]: ...

    @property
    def always(self) -> Mapping[type, Sequence[object]]:
        """What is bound to every subject, by kind; it goes before what is bound to one."""

    def bound(self, subject: object) -> Mapping[type, Sequence[object]]:
        """What is bound to a subject, by kind; each kind that is there has one fact at least."""

    def missing(self, subject: object, kind: type) -> Missing:
        """Why nothing of a kind is bound to a subject."""

    def ever_bound(self, kind: type) -> bool:
        """Whether anything of a kind is bound to any subject."""

    @property
    def unseen(self) -> Container[int]:
        """The `id` of each subject of which nothing was seen itself: only a record tells of it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with the check that made it and the subject it is about."""

    check: Check
    subject: object
    finding: Finding

    @property
    def stage(self) -> Stage:
        return self.finding.stage if self.finding.stage is not None else self.check.stage

    @property
    def severity(self) -> Severity:
        return self.finding.severity if self.finding.severity is not None else self.check.severity

    @property
    def owner(self) -> Owner | None:
        return None if self.finding.blameless else self.finding.owner or self.check.owner


@dataclass(frozen=True, slots=True)
class Undecided:
    check: Check
    subject: object
    cannot_tell: CannotTell


@dataclass(frozen=True, slots=True)
class Crash:
    """A check or plugin that raised; `trace` is for `--debug` only."""

    check: str
    error: str
    origin: str
    trace: str = ""


@dataclass(slots=True)
class Run:
    """What became of every check. `passed` lists subjects by check id; `not_run` says why by check id."""

    found: list[Found] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)
    passed: dict[str, list[object]] = field(default_factory=dict)
    not_run: dict[str, str] = field(default_factory=dict)
    crashed: list[Crash] = field(default_factory=list)


def run_checks(checks: Iterable[Check], case: Case) -> Run:
    each = [(check, _subjects(check, case), Run()) for check in checks]
    ran: set[str] = set()  # by id: of two functions with one id, one may lack its evidence
    # All checks on some subjects before the next ones: what was read of their messages is remembered so long.
    for start in range(0, max((len(subjects) for _, subjects, _ in each), default=0), _AT_ONCE):
        for check, subjects, own in each:
            if own.crashed:
                continue
            try:
                if _run_check(check, subjects[start : start + _AT_ONCE], case, own):
                    ran.add(check.id)
            except Exception as error:  # a crashed check is named in the report, and the verdict is still given
                own.crashed.append(
                    Crash(check.id, f"{type(error).__name__}: {error}", check.origin, traceback.format_exc())
                )
    run = Run()
    for check, subjects, own in each:
        run.found += own.found
        run.undecided += own.undecided
        run.crashed += own.crashed
        for name, passed in own.passed.items():
            if passed:
                run.passed.setdefault(name, []).extend(passed)
        reasons = own.not_run if subjects else {check.id: f"no {in_words(check.subject.__name__)} given"}
        for name, why in reasons.items():
            if name not in ran:
                run.not_run.setdefault(name, why)
    return run


def _subjects(check: Check, case: Case) -> Sequence[object]:
    """What a check is to be run on."""
    subjects = case.subjects(check.subject)
    if any(not (e.many or e.optional or case.ever_bound(e.kind)) for e in check.evidence[1:]):
        return subjects[:1]  # none has the evidence, and the reason that is told is that of the first
    return subjects


def _run_check(check: Check, subjects: Sequence[object], case: Case, run: Run) -> bool:
    """Run one check on subjects; whether there was any that it could be run on."""
    ran, wanted, function, always, unseen = False, check.evidence[1:], check.function, case.always, case.unseen
    told = any(e.kind is CallRecord for e in check.evidence)
    no_proof = check.subject is CallRecord and check.stage.on_the_wire
    passed = run.passed.setdefault(check.id, [])
    for subject in subjects:
        seen = id(subject) not in unseen
        if not seen and not told:
            run.not_run.setdefault(check.id, _UNSEEN)
            continue
        arguments = _arguments(wanted, subject, case, always) if wanted else ()
        if isinstance(arguments, Missing):
            run.not_run.setdefault(check.id, arguments.why)
            continue
        yielded = list(function(subject, *arguments))
        if not yielded and (no_proof or not seen):
            # A record that does not speak of a fault is no proof that there was none.
            run.not_run.setdefault(check.id, _UNSEEN)
            continue
        ran = True
        if not yielded:
            passed.append(subject)
        for item in yielded:
            if isinstance(item, Finding):
                run.found.append(Found(check, subject, item))
            else:
                run.undecided.append(Undecided(check, subject, _with_page(item, subject)))
    return ran


def _with_page(item: CannotTell, subject: object) -> CannotTell:
    """What is needed, with the page that says how to get it; of messages only where a check names one."""
    page = page_for(item.collect, getattr(subject, "platform", ""))
    return replace(item, needs=f"{item.needs} (sipdiag explain {page})") if page else item


def _arguments(
    wanted: Sequence[Evidence], subject: object, case: Case, always: Mapping[type, Sequence[object]]
) -> list[object] | Missing:
    arguments: list[object] = []
    own = case.bound(subject)
    for evidence in wanted:
        bound = always.get(evidence.kind) or own.get(evidence.kind)
        if bound is None:
            if not evidence.optional:
                return case.missing(subject, evidence.kind)
            arguments.append(() if evidence.many else None)
        elif evidence.many:
            arguments.append(tuple(bound))
        elif len(bound) == 1:
            arguments.append(bound[0])
        elif evidence.optional:
            arguments.append(None)
        else:
            return Missing(f"several {in_words(evidence.kind.__name__)}s fit, and nothing tells which")
    return arguments
