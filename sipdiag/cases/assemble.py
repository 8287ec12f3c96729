"""The one report of all cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from sipdiag.cases.choice import load_checks
from sipdiag.checking.run import Crash, Undecided
from sipdiag.places import Frame, Where
from sipdiag.plugins import complaints
from sipdiag.reports.fingerprint import fingerprint
from sipdiag.reports.report import Report, Reported
from sipdiag.verdict import Verdict, closure

if TYPE_CHECKING:
    from sipdiag.cases.case import Case
    from sipdiag.cases.material import Material
    from sipdiag.checking.check import Check
    from sipdiag.nodes import Node
    from sipdiag.options import Options


def assemble(cases: Sequence[Case], materials: dict[str, Material], nodes: dict[str, Node], options: Options) -> Report:
    kinds = {k.__name__ for c in cases for k, v in c.binding.facts.items() if v}
    if options.command == "lint":
        kinds -= {"Transfer", "Call", "Leg"}  # predictions: nothing was sent that a check could look at
    if options.destination_alone:
        kinds &= {"Destination"}
    checks, broken, not_run = load_checks(options, kinds)
    beats = closure(_beats(checks))
    verdicts: list[Verdict] = []
    reported: list[Reported] = []
    passed: dict[str, dict[str, None]] = {}  # by check, the ids of transfers in order
    cannot_tell: list[tuple[str, str, Where | None, tuple[str, ...]]] = []
    crashed = [Crash(b.name, b.error, b.name) for b in broken]
    for case in cases:
        run = case.check(checks)
        own = case.verdicts(run, beats)
        verdicts += own
        subjects = _subject_names(case, own)
        for found in run.found:
            lasting = fingerprint(found, nodes) if options.fingerprints else ""
            reported.append(Reported(found, subjects.get(id(found.subject), ()), lasting))
        for check_id, objects in run.passed.items():
            concerned = chain.from_iterable(subjects.get(id(o), ()) for o in objects)
            passed.setdefault(check_id, {}).update(dict.fromkeys(concerned))
        not_run.update({k: v for k, v in run.not_run.items() if k not in passed})
        for undecided in run.undecided:
            cannot_tell.append(_undecided(undecided, subjects))
        crashed += run.crashed
    fired = {f.found.check.id for f in reported}
    ran = fired | set(passed)
    return Report(
        inputs=tuple(i for m in materials.values() for i in m.inputs),
        verdicts=tuple(verdicts),
        findings=tuple(_once(reported)),
        calls=tuple(c for case in cases for c in case.heard.calls),
        calls_total=sum(_calls_total(c, materials[c.name]) for c in cases),
        passed={k: tuple(v) for k, v in passed.items() if k not in fired},
        not_run={k: v for k, v in not_run.items() if k not in ran},
        cannot_tell=tuple(dict.fromkeys(cannot_tell)),
        crashed=tuple(crashed),
        notes=(*complaints(), *(n for c in cases for n in c.notes)),
        clocks={c.name: c.heard.begins for c in cases},
        binding={c.name: c.binding for c in cases},
        checks_total=len({c.id for c in checks} | set(not_run)),
        command=options.command,
        sketches=tuple(s for c in cases for s in c.heard.sketches),
        families={c.id: c.family for c in checks},
        passed_over=sum(m.passed_over for m in materials.values()),
    )


def _beats(checks: Iterable[Check]) -> dict[str, tuple[str, ...]]:
    """What each id beats; an id may have one function for configuration and one for the wire."""
    direct: dict[str, tuple[str, ...]] = {}
    for check in checks:
        direct[check.id] = tuple(dict.fromkeys((*direct.get(check.id, ()), *check.beats)))
    return direct


def _subject_names(case: Case, verdicts: Sequence[Verdict]) -> dict[int, tuple[str, ...]]:
    """The ids of the transfers that each subject concerns."""
    names: dict[int, list[str]] = {}
    for verdict in verdicts:
        for subject in case.about(verdict.transfer):
            names.setdefault(subject, []).append(verdict.transfer.id)
    return {k: tuple(v) for k, v in names.items()}


def _undecided(item: Undecided, subjects: dict[int, tuple[str, ...]]) -> tuple[str, str, Where | None, tuple[str, ...]]:
    return item.check.id, item.cannot_tell.needs, item.cannot_tell.at, subjects.get(id(item.subject), ())


def _once(reported: Iterable[Reported]) -> list[Reported]:
    """The same check at the same place with the same words is one finding, counted."""
    first: dict[object, Reported] = {}
    for item in reported:
        finding = item.found.finding
        key: object = id(item)
        if finding.at is not None:
            key = (_position(item), finding.at.input, finding.template, *map(str, finding.values.values()))
            if key in first and first[key].found.finding.at != finding.at:  # in one line, or of one message
                key = (key, finding.at)
        known = first.get(key)
        if known is None:
            first[key] = item
        else:
            names = tuple(dict.fromkeys((*known.transfers, *item.transfers)))
            first[key] = replace(known, transfers=names, count=known.count + 1)
    return sorted(first.values(), key=_position)


def _position(item: Reported) -> tuple[str, int, int, str]:
    at = item.found.finding.at
    if at is None:
        return ("", 0, 0, item.found.check.id)
    number = at.input.removeprefix("in")
    place = (at.number or at.line or 0) if isinstance(at, Frame) else (at.line or 0)
    return ("x", int(number) if number.isdigit() else 0, place, item.found.check.id)


def _calls_total(case: Case, material: Material) -> int:
    """Calls of the case, with those of captures whose messages were not all kept."""
    kept = {leg.call_id for call in case.heard.calls for leg in call.legs}
    others = sum(1 for s in case.heard.sketches if s.call_id not in kept and "INVITE" in s.methods)
    return len(case.heard.calls) + others
