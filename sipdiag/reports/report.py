"""Everything that a run found, in one value that every renderer reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass
from sipdiag.excerpts import Excerpts
from sipdiag.places import Frame, Place, Where
from sipdiag.stages import Severity

if TYPE_CHECKING:
    from sipdiag.checking.run import Crash, Found
    from sipdiag.facts.call import Call, Join
    from sipdiag.facts.edit import Edit
    from sipdiag.facts.leg import Leg
    from sipdiag.model.binding import Binding
    from sipdiag.raw import CallSketch
    from sipdiag.verdict import Verdict

_MOST_FOLDERS = 12  # in a name
OWN_KINDS = ("settings", "baseline")  # of inputs that are sipdiag's own files


@dataclass(frozen=True, slots=True)
class Input:
    """One input as it was read. `kind` is capture, trace, config, record, or unread; settings or baseline for a file of
    sipdiag's own that a finding points to. `syntax` is yaml, json, jsonl, xml, ini or cfg in documents.
    """

    id: str
    case: str
    path: str
    kind: str
    format: str
    sha256: str
    messages: int = 0
    frames: int = 0
    unread: int = 0  # TLS connections that carried something which nothing opened: calls may be in it
    torn: int = 0  # messages of which too little was captured to tell what they say
    problems: tuple[str, ...] = ()
    failed: bool = False  # could not be opened or recognised
    named: bool = True  # named on the command line, not found in a folder
    syntax: str = ""
    packed: bool = False  # in an archive, or compressed: it can be read there, and not be changed
    excerpts: Excerpts = field(default=Excerpts(b""), repr=False)


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why a finding does not count: inline, per path, per check, or by the baseline."""

    kind: str
    reason: str
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """A finding as it is reported: with the transfers it is about, its fingerprint where one was asked for, and whether it
    is suppressed.
    """

    found: Found
    transfers: tuple[str, ...]
    fingerprint: str
    suppressed: Suppression | None = None
    count: int = 1


@dataclass(frozen=True)
class Report:
    """The result of one run. `clocks` holds the epoch seconds of each case's first message, where a date is known."""

    inputs: tuple[Input, ...]
    verdicts: tuple[Verdict, ...]
    findings: tuple[Reported, ...]
    calls: tuple[Call, ...]
    calls_total: int
    passed: dict[str, tuple[str, ...]]
    not_run: dict[str, str]
    cannot_tell: tuple[tuple[str, str, Where | None, tuple[str, ...]], ...]
    crashed: tuple[Crash, ...]
    notes: tuple[str, ...]
    clocks: dict[str, float | None]
    binding: dict[str, Binding]
    checks_total: int
    command: str = "diagnose"
    sketches: tuple[CallSketch, ...] = ()
    below: int = 0  # findings below --min-severity, which were left out
    left_out: int = 0  # transfers that nobody asked to hear of
    passed_over: int = 0  # files of folders that lint has nothing to say of, or that git ignores or settings exclude
    interrupted: bool = False  # the report is on what was read by then
    families: dict[str, str] = field(default_factory=dict)  # of the checks that could be run, by id
    forgiven: dict[str, Suppression] = field(default_factory=dict)  # failed transfers without a cause, by id

    @cached_property
    def names(self) -> dict[str, str]:
        """What each input is called, by its id: its file name, with as many folders as tell it from its namesakes."""
        paths = {
            i.id: "standard input" if i.path == "-" else i.path.replace("\\", "/").rstrip("/") for i in self.inputs
        }
        names = {k: p.rpartition("/")[2] for k, p in paths.items()}
        for depth in range(2, _MOST_FOLDERS):
            count = Counter(names.values())
            twins = [k for k, name in names.items() if count[name] > 1]
            longer = {k: "/".join(paths[k].split("/")[-depth:]) for k in twins}
            if all(longer[k] == names[k] for k in twins):
                break
            names |= longer
        return names

    @property
    def transfers_total(self) -> int:
        """All transfers of the inputs, also those that nobody asked to hear of."""
        return len(self.verdicts) + self.left_out

    def counted(self, severity: Severity) -> int:
        return sum(1 for f in self.findings if f.found.severity is severity and f.suppressed is None)

    def input(self, input_id: str) -> Input | None:
        return self._by_id.get(input_id)

    def edit_of(self, found: Found) -> Edit | None:
        """What `lint` can change in the document of a finding, so that it is gone; a lone URI has no document."""
        edit = found.finding.edit
        source = self.input(edit.at.input) if edit is not None else None
        if edit is None or source is None or source.format == "uri" or source.packed:
            return None
        return edit if _stands_plainly(edit, source) else None

    @cached_property
    def joins(self) -> dict[int, list[Join]]:
        """Why legs were joined to others, by the `id` of the first leg of each pair."""
        found: dict[int, list[Join]] = {}
        for join in (j for call in self.calls for j in call.joins):
            found.setdefault(id(join.first), []).append(join)
        return found

    @cached_property
    def _by_id(self) -> dict[str, Input]:
        return {i.id: i for i in self.inputs}

    def call_of(self, leg: Leg, case: str) -> str | None:
        """The id of the call that a leg belongs to in a case."""
        return self._homes.get((case, id(leg)))

    @cached_property
    def _homes(self) -> dict[tuple[str, int], str]:
        return {(c.case, id(leg)): c.id for c in reversed(self.calls) for leg in c.legs}

    def time(self, where: Where | None, case: str) -> float | None:
        """Seconds since the case's first message."""
        clock = self.clocks.get(case)
        if not isinstance(where, Frame) or where.time is None or clock is None:
            return None
        return round(where.time - clock, 6)

    def case_of(self, where: Where | None) -> str:
        found = self.input(where.input) if where is not None else None
        return found.case if found is not None else "k1"

    def exit_code(self, fail_on: Severity | None = Severity.ERROR, *, allow_empty: bool = False) -> int:
        """The exit code: the same for every command. `fail_on` None stands for `never`; with `allow_empty` nothing is
        wrong where folders hold nothing of calls.
        """
        if self.interrupted:
            return 130
        if self.crashed:
            return 3
        if any(i.failed and i.named for i in self.inputs):
            return 2
        if not self._anything_read() and not (allow_empty and all(i.kind in OWN_KINDS for i in self.inputs)):
            return 2
        if fail_on is None:
            return 0
        if any(f.suppressed is None and f.found.severity >= fail_on for f in self.findings):
            return 1
        return 1 if any(v.outcome.is_failure and self.forgiven_by(v) is None for v in self.verdicts) else 0

    def _anything_read(self) -> bool:
        return any(not i.failed and i.kind not in OWN_KINDS for i in self.inputs)

    def forgiven_by(self, verdict: Verdict) -> Suppression | None:
        """Why a failed transfer does not count: its cause, or each that could be, is suppressed."""
        causes = (verdict.cause,) if verdict.cause is not None else verdict.candidates
        found = [self.suppression_of(c) for c in causes]
        return self.forgiven.get(verdict.transfer.id) or (found[0] if found and None not in found else None)

    def suppression_of(self, found: Found) -> Suppression | None:
        """Of a finding, or of the one that stands for it where several transfers have the same."""
        return self._suppressions.get(_same(found))

    @cached_property
    def _suppressions(self) -> dict[tuple[object, ...], Suppression]:
        return {_same(f.found): f.suppressed for f in reversed(self.findings) if f.suppressed is not None}


def _stands_plainly(edit: Edit, source: Input) -> bool:
    """Whether what an edit replaces is what stands there: not a variable whose value is set elsewhere, no script; of
    YAML no block, and nothing with an anchor or tag, for others may refer to it. The rest is left to people.
    """
    lines, line, column = source.excerpts, edit.at.line or 0, edit.at.column or 0
    if source.syntax in ("json", "jsonl") or (source.syntax == "yaml" and not 0 < line <= len(lines)):
        return True
    if source.syntax == "yaml":
        return lines[line - 1][column - 1 : column] not in tuple("&!*|>")
    return source.syntax in ("ini", "xml") and 0 < line <= len(lines) and _says(edit, source.syntax, lines[line - 1])


def _says(edit: Edit, syntax: str, line: str) -> bool:
    from sipdiag.facts.edit import Insert, Switch, switched
    from sipdiag.sources.documents.spans import Text

    span = Text(line, "xml" if syntax == "xml" else "ini").value_at(Place("", 1, edit.at.column))
    if span is None or isinstance(edit, Insert):
        return False
    return switched(span.value, on=edit.on) is not None if isinstance(edit, Switch) else span.value == edit.old


def _same(found: Found) -> tuple[object, ...]:
    """What is equal in findings that are reported as one: those at the same place with the same words."""
    finding = found.finding
    return (found.check.id, finding.at, finding.template) if finding.at is not None else (id(found),)


def transfers_of(report: Report, failing_first: bool = True) -> Sequence[Verdict]:
    if not failing_first:
        return report.verdicts
    return sorted(report.verdicts, key=lambda v: not v.outcome.is_failure)
