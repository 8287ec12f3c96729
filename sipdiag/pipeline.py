"""Join the parts: inputs to facts, facts to findings, findings to verdicts and one report. It holds no rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from pathlib import Path
from typing import Any

from sipdiag.checking.check import Check
from sipdiag.checking.discover import Broken, built_in, plugins
from sipdiag.checking.run import Crash, Found, Run, Undecided, run_checks
from sipdiag.facts.call import Call
from sipdiag.facts.config import Agent, Destination, Expectation, TransferRule, Trunk, destination_of, oddities
from sipdiag.facts.leg import Leg
from sipdiag.facts.record import CallRecord
from sipdiag.facts.transfer import Surroundings, Transfer
from sipdiag.model.asked import Asked, predicted, without_refer
from sipdiag.model.bind import bind_calls, bind_configuration, bind_transfer, record_calls
from sipdiag.model.binding import Binding
from sipdiag.model.calls import calls as calls_of
from sipdiag.model.clocks import ClockOffset, aligned
from sipdiag.model.encrypted import unread_connections
from sipdiag.model.hops import hops, transactions
from sipdiag.model.ladder import climb
from sipdiag.model.legs import InputSpan
from sipdiag.model.legs import legs as legs_of
from sipdiag.model.transfers import transfers as transfers_of
from sipdiag.places import Frame, Place, Where
from sipdiag.platforms import adapt
from sipdiag.platforms.adapted import Adapted
from sipdiag.platforms.alone import destination_alone
from sipdiag.platforms.profiles import Profiles, load_profile
from sipdiag.raw import CallSketch, Node, Packet, Wire
from sipdiag.reports.fingerprint import fingerprint
from sipdiag.reports.report import Input, Report, Reported
from sipdiag.settings.settings import ForPaths, Matches
from sipdiag.sip.start import is_start
from sipdiag.sources.archives import read_manifest
from sipdiag.sources.ignored import ignored_by_git
from sipdiag.sources.inputs import Opened, Reading, find_sources, read_sources
from sipdiag.sources.source import Source
from sipdiag.stages import Answer
from sipdiag.verdict import Verdict, bites, closure, decide

_SPEAKS_OF_SIP = re.compile(r"\bsips?\b|sip[_:]|transfer|\brefer\b|trunk|telephony", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asks for beside the inputs."""

    command: str = "diagnose"
    each: bool = False
    expect_refer: bool = False
    expect_transfer: bool = False
    expect_call: str | None = None
    agent: str | None = None
    platform: str | None = None
    profile_files: tuple[Path, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    reading: Reading = field(default_factory=Reading)
    destination_alone: bool = False  # one URI is judged, and no rule around it
    exclude: Matches | None = None
    for_paths: tuple[ForPaths, ...] = ()

    @property
    def transfer_meant(self) -> bool:
        return self.expect_transfer or self.expect_call is not None

    def filled(self, recorded: Mapping[str, object]) -> Options:
        """With what was recorded where the user says nothing. Unknown names and values of another kind are passed over."""
        told: dict[str, Any] = {}
        for name in RECORDED:
            default, value = getattr(_DEFAULTS, name), recorded.get(name)
            value = tuple(map(str, value)) if isinstance(default, tuple) and isinstance(value, list) else value
            if getattr(self, name) == default and isinstance(value, str if default is None else type(default)):
                told[name] = value
        return replace(self, **told)

    @property
    def recorded(self) -> dict[str, object]:
        """What another run needs in order to reach the same verdict; files are not among it."""
        return {n: v for n in RECORDED if (v := getattr(self, n)) != getattr(_DEFAULTS, n)}

    def platform_of(self, path: str) -> str | None:
        """The platform that a file is to be read as; of several settings for its path the last one counts."""
        named = [f.platform for f in self.for_paths if f.platform is not None and f.matches(path)]
        return named[-1] if named else self.platform

    def expectation_of(self, paths: Iterable[str]) -> Expectation:
        """What is expected of a case, by its files."""
        paths = list(paths)
        named = [f.expect for f in self.for_paths if f.expect is not None and any(map(f.matches, paths))]
        refer = named[-1] == "refer" if named else self.expect_refer
        return Expectation(refer or self.transfer_meant, self.transfer_meant)


RECORDED = ("expect_refer", "expect_transfer", "expect_call", "agent", "platform", "select", "ignore")
_DEFAULTS = Options()


@dataclass(slots=True)
class _Material:
    """What the inputs of one case hold."""

    inputs: list[Input] = field(default_factory=list)
    adapted: list[Adapted] = field(default_factory=list)
    wires: list[tuple[str, Wire]] = field(default_factory=list)
    passed_over: int = 0  # files of a folder that are no SIP configuration


def examine(paths: Sequence[str], options: Options = Options()) -> Report:
    """Diagnose or lint what the paths name. A bundle alone is diagnosed with the options that it was made with."""
    manifest = read_manifest(paths[0]) if len(paths) == 1 else None
    if manifest is not None:
        options = options.filled(manifest.options)
    sources, passed_over = find_wanted(paths, options)
    return examine_sources(sources, options, passed_over)


def find_wanted(paths: Sequence[str], options: Options) -> tuple[list[Source], int]:
    """The files to read, and how many of a folder the settings exclude. In `lint`, what git ignores is none of them."""
    found = find_sources(paths, options.each, ignored_by_git if options.command == "lint" else None)
    wanted = [s for s in found if s.named or options.exclude is None or not options.exclude(s.path)]
    return wanted, len(found) - len(wanted)


def examine_sources(sources: Sequence[Source], options: Options, passed_over: int = 0) -> Report:
    materials: dict[str, _Material] = {}
    nodes: dict[str, Node] = {}
    reading = replace(options.reading, captures=options.command != "lint")
    for opened in read_sources(sources, reading):
        material = materials.setdefault(opened.source.case, _Material())
        _take(opened, material, nodes, options)
    profiles = Profiles(load_profile(p) for p in options.profile_files)
    cases = [_Case(name, m, options, profiles) for name, m in materials.items()]
    report = _report(cases, materials, nodes, options)
    return replace(report, passed_over=report.passed_over + passed_over)


def examine_uri(uri: str, options: Options) -> Report:
    """Judge one destination, as the named platform would write it or take it."""
    profiles = Profiles(load_profile(p) for p in options.profile_files)
    material, where = _Material(), Place("in1", 1, 1)
    material.inputs.append(Input("in1", "k1", "--uri", "config", "uri", "", 0, excerpts=(uri,)))
    material.adapted.append(destination_alone(uri, where, options.platform, profiles))
    case = _Case("k1", material, options, profiles)
    return _report([case], {"k1": material}, {}, options)


def _take(opened: Opened, material: _Material, nodes: dict[str, Node], options: Options) -> None:
    source = opened.source
    adapted: Adapted | None = None
    error, kind, form = opened.error, opened.kind, opened.format
    wire = opened.wire
    problems: tuple[str, ...] = ()
    messages = wire.messages + _quoted(wire) if wire is not None else 0
    if opened.node is not None:
        nodes[opened.id] = opened.node
        adapted = adapt(opened.node, source.path, opened.id, options.platform_of(source.path))
        if adapted is None or (adapted.empty and not adapted.problems):
            error = f"{opened.format} of no known shape: no agent, rule, trunk or call record was recognised (try --platform)"
            kind = "unread"
        else:
            kind, form, problems = adapted.kind, adapted.format, adapted.problems
            material.adapted.append(adapted)
            if adapted.packets:
                wire = _stored(adapted.packets)
                messages = len(adapted.packets)
    if wire is not None:
        problems += wire.problems + unread_connections(wire)
        if opened.kind == "capture" and not _concerns_sip(wire):
            error = "no SIP on any port; if the calls use TLS, pass the key log with --keylog (sipdiag explain collect-tls-keys)"
        material.wires.append((opened.id, wire))
    if error is not None:
        at = (
            f"{opened.place.line}:{opened.place.column}: "
            if opened.place is not None and opened.place.line is not None
            else ""
        )
        problems = (f"{at}{error}", *problems)
    if error is not None and options.command == "lint" and not source.named and not _should_have_been_read(opened):
        material.passed_over += 1
        return
    material.inputs.append(
        Input(
            id=opened.id,
            case=source.case,
            path=source.path,
            kind=kind,
            format=form,
            sha256=opened.sha256,
            messages=messages,
            frames=wire.frames if wire is not None else 0,
            problems=problems,
            failed=error is not None,
            named=source.named,
            syntax=opened.format if opened.node is not None else "",
            excerpts=opened.lines,
        )
    )


def _should_have_been_read(opened: Opened) -> bool:
    """Whether a document of a folder is broken, and speaks of what sipdiag looks for: it may be a configuration."""
    broken = opened.place is not None
    return broken and any(_SPEAKS_OF_SIP.search(line[:1000]) for line in opened.lines[:2000])


def _quoted(wire: Wire) -> int:
    """SIP messages that ICMP errors quote: they were read, and are evidence, though no messages of a call."""
    return sum(1 for u in wire.unreachables if is_start(u.quoted))


def _concerns_sip(wire: Wire) -> bool:
    ports = {5060, 5061}
    signalling = any(c.server.port in ports or c.tls is not None for c in wire.connections)
    return bool(wire.messages or signalling or wire.unreachables)


def _stored(packets: Sequence[Packet]) -> Wire:
    times = [p.frame.time for p in packets if p.frame.time is not None]
    return Wire(
        packets=tuple(packets),
        messages=len(packets),
        first_time=min(times, default=None),
        last_time=max(times, default=None),
    )


class _Case:
    """One case from its material to its verdicts."""

    def __init__(self, name: str, material: _Material, options: Options, profiles: Profiles) -> None:
        self.name, self.options = name, options
        self.inputs = material.inputs
        named, offsets = aligned(material.wires) if len(material.wires) > 1 else (material.wires, [])
        wires = [w for _, w in named]
        self.packets = _ordered([p for w in wires for p in w.packets])
        spans = {i: InputSpan(w.last_time, w.lost, w.connections) for i, w in named}
        self.legs: list[Leg] = legs_of(transactions(hops(self.packets)), spans)
        self.calls: list[Call] = calls_of(self.legs, name)
        self.sketches: list[CallSketch] = [s for w in wires for s in w.sketches]
        self.around = _surroundings(wires)
        agents = list({id(a): a for d in material.adapted for a in d.agents}.values())
        rules = list(
            {id(r): r for d in material.adapted for r in (*d.rules, *(r for a in d.agents for r in a.rules))}.values()
        )
        trunks = [t for d in material.adapted for t in d.trunks]
        tools = {str(r.name).lower() for r in rules if r.name}
        records = [r.knowing(tools) for d in material.adapted for r in d.records]
        destinations = [d for d in map(destination_of, rules) if d is not None]
        self.destinations: dict[int, list[Destination]] = {}
        for destination in destinations:
            self.destinations.setdefault(id(destination.rule), []).append(destination)
        self.transfers, self.notes = self._transfers(rules, records, bool(wires))
        self.notes += [_clock_note(o, material.inputs) for o in offsets]
        self.expectation = options.expectation_of(i.path for i in material.inputs)
        dialplans = [p for d in material.adapted for p in d.dialplans]
        self.binding = Binding(everywhere=(self.expectation, *dialplans))
        b = self.binding
        for facts in (agents, rules, trunks, records, destinations, self.calls, self.legs, self.transfers):
            b.add(facts)
        b.unseen.update(id(t) for t in self.transfers if not t.wire)
        b.add([*oddities(agents, rules, trunks), *(m for d in material.adapted for m in d.misread)])
        bind_configuration(b, agents, rules, trunks, records, destinations, profiles)
        by_call = record_calls(records, self.calls)
        loose = [r for r in records if not any(r in v for v in by_call.values())]
        predictions = dict(self._predicted)
        for t in self.transfers:
            own = list(by_call.get(t.call.id, ())) if t.call is not None else loose
            rule = predictions.get(t)
            bind_transfer(b, t, records=own, rules=rules, agents=agents, trunks=trunks, rule=rule)
        bind_calls(b, self.transfers)

    def _transfers(
        self, rules: Sequence[TransferRule], records: Sequence[CallRecord], wire: bool
    ) -> tuple[list[Transfer], list[str]]:
        self._predicted: list[tuple[Transfer, TransferRule]] = []
        if self.options.destination_alone:
            return [], []
        if self.options.command == "lint":
            self._predicted = predicted(self.name, rules)
            return [t for t, _ in self._predicted], []
        done = transfers_of(self.calls, self.legs, self.name, self.around)
        by_call = record_calls(records, self.calls)
        asked = Asked(
            expected=self.options.expect_transfer,
            expected_call=self.options.expect_call,
            agent=self.options.agent,
            records=by_call,
            loose_records=tuple(r for r in records if not any(r in v for v in by_call.values())),
        )
        more, note = without_refer(self.name, self.calls, self.legs, done, self.around, asked, wire)
        found = done + more
        if not found and not wire and not records:
            self._predicted = predicted(self.name, rules)
            found = [t for t, _ in self._predicted]
        return found, [note] if note else []

    def check(self, checks: Sequence[Check]) -> Run:
        return run_checks(checks, self.binding)

    def verdicts(self, run: Run, beats: dict[str, frozenset[str]]) -> list[Verdict]:
        found: dict[int, list[tuple[int, Found]]] = {}
        for n, f in enumerate(run.found):
            found.setdefault(id(f.subject), []).append((n, f))
        undecided: dict[int, list[tuple[int, Undecided]]] = {}
        for n, u in enumerate(run.undecided):
            undecided.setdefault(id(u.subject), []).append((n, u))
        return [self._verdict(t, found, undecided, beats) for t in self.transfers]

    def _verdict(
        self,
        transfer: Transfer,
        found: dict[int, list[tuple[int, Found]]],
        unsure: dict[int, list[tuple[int, Undecided]]],
        beats: dict[str, frozenset[str]],
    ) -> Verdict:
        b = self.binding
        about = self.about(transfer)
        findings = [f for _, f in sorted((p for s in about for p in found.get(s, ())), key=itemgetter(0))]
        undecided = [u for _, u in sorted((p for s in about for p in unsure.get(s, ())), key=itemgetter(0))]
        records = b.linked(transfer, CallRecord)
        ladder = climb(
            transfer,
            rule=b.one(transfer, TransferRule),
            trunk=b.one(transfer, Trunk),
            records=records,
            bites=bites(findings),
        )
        expected = self.expectation.refer
        evidence = [s.words for s in ladder.values() if s.answer is Answer.UNKNOWN and s.words.startswith("capture-")]
        evidence += self._gaps(transfer)
        return decide(transfer, ladder, findings, undecided, records, beats, expected, evidence)

    def about(self, transfer: Transfer) -> set[int]:
        """The subjects whose findings concern a transfer: itself, its call and legs, and what is bound to it."""
        b = self.binding
        facts: list[object] = [transfer, transfer.call, transfer.leg]
        for kind in (TransferRule, Agent, Trunk, CallRecord):
            facts += b.linked(transfer, kind)
        rules = b.linked(transfer, TransferRule)
        facts += [d for r in rules for d in self.destinations.get(id(r), ())]
        facts += oddities(b.linked(transfer, Agent), rules, b.linked(transfer, Trunk))
        return {id(f) for f in facts if f is not None}

    def _gaps(self, transfer: Transfer) -> list[str]:
        gaps = []
        if transfer.leg is not None and transfer.leg.coverage.gap is not None:
            gaps.append(transfer.leg.coverage.gap)
        if transfer.leg is None and transfer.around.encrypted:
            gaps.append("capture-encrypted")
        if transfer.leg is None and not transfer.wire and "config" not in transfer.asked_for_in:
            gaps.append("capture-has-no-sip")
        return gaps


def _ordered(packets: list[Packet]) -> list[Packet]:
    """By time where several inputs have to be merged; those that do not tell the time of every message come last."""
    if len({p.frame.input for p in packets}) < 2:
        return packets
    untimed = {p.frame.input for p in packets if p.frame.time is None}
    timed = sorted((p for p in packets if p.frame.input not in untimed), key=lambda p: p.frame.time or 0.0)
    return timed + [p for p in packets if p.frame.input in untimed]


def _clock_note(offset: ClockOffset, inputs: Sequence[Input]) -> str:
    path = {i.id: i.path for i in inputs}
    way = "ahead of" if offset.seconds > 0 else "behind"
    by = "1 message" if offset.messages == 1 else f"{offset.messages} messages"
    return (
        f"{path[offset.input]}: its clock is {abs(offset.seconds):.3f} s {way} that of {path[offset.reference]}, by {by} "
        "that both saw; its times are told by the other's clock"
    )


def _surroundings(wires: Iterable[Wire]) -> Surroundings:
    wires = list(wires)
    connections = tuple(c for w in wires for c in w.connections)
    return Surroundings(
        connections=connections,
        unreachables=tuple(u for w in wires for u in w.unreachables),
        media=tuple(m for w in wires for m in w.media),
        lost=tuple(x for w in wires for x in w.lost),
        log=tuple(x for w in wires for x in w.log),
        encrypted=tuple(
            c for c in connections if c.tls is not None and c.tls.established and not c.tls.decrypted and not c.messages
        ),
    )


def load_checks(options: Options, kinds: set[str]) -> tuple[list[Check], list[Broken], dict[str, str]]:
    """The checks to run: those whose subject exists here. Says why the others are not run."""
    chosen: list[Check] = []
    not_run: dict[str, str] = {}
    for known in built_in():
        if not selected(known.id, known.family, options):
            not_run[known.id] = "not selected"
        elif known.subject in kinds:
            chosen.append(known.load())
        else:
            words = "".join(" " + c.lower() if c.isupper() else c for c in known.subject).strip()
            not_run.setdefault(known.id, f"no {words} in these inputs")
    others, broken = plugins()
    chosen += [c for c in others if selected(c.id, c.family, options)]
    return chosen, broken, not_run


def selected(check_id: str, family: str, options: Options) -> bool:
    names = {check_id, family}
    return (not options.select or bool(names & set(options.select))) and not names & set(options.ignore)


def _report(
    cases: Sequence[_Case], materials: dict[str, _Material], nodes: dict[str, Node], options: Options
) -> Report:
    kinds = {k.__name__ for c in cases for k, v in c.binding.facts.items() if v}
    if options.command == "lint":
        kinds -= {"Transfer", "Call", "Leg"}  # predictions: nothing was sent that a check could look at
    if options.destination_alone:
        kinds &= {"Destination"}
    checks, broken, not_run = load_checks(options, kinds)
    beats = closure(_beats(checks))
    verdicts: list[Verdict] = []
    reported: list[Reported] = []
    passed: dict[str, list[str]] = {}
    cannot_tell: list[tuple[str, str, Where | None, tuple[str, ...]]] = []
    crashed = [Crash(b.name, b.error, b.name) for b in broken]
    for case in cases:
        run = case.check(checks)
        own = case.verdicts(run, beats)
        numbered = _renumber(own, len(verdicts))
        verdicts += numbered
        subjects = _subject_names(case, own, numbered)
        for found in run.found:
            reported.append(Reported(found, subjects.get(id(found.subject), ()), fingerprint(found, nodes)))
        for check_id, objects in run.passed.items():
            passed.setdefault(check_id, []).extend(n for o in objects for n in subjects.get(id(o), ()))
        not_run.update({k: v for k, v in run.not_run.items() if k not in passed})
        for undecided in run.undecided:
            cannot_tell.append(_undecided(undecided, subjects))
        crashed += run.crashed
    ran = {f.found.check.id for f in reported} | set(passed)
    return Report(
        inputs=tuple(i for m in materials.values() for i in m.inputs),
        verdicts=tuple(verdicts),
        findings=tuple(_once(reported)),
        calls=tuple(c for case in cases for c in case.calls),
        calls_total=sum(_calls_total(c, materials[c.name]) for c in cases),
        passed={k: tuple(dict.fromkeys(v)) for k, v in passed.items() if k not in {f.found.check.id for f in reported}},
        not_run={k: v for k, v in not_run.items() if k not in ran},
        cannot_tell=tuple(dict.fromkeys(cannot_tell)),
        crashed=tuple(crashed),
        notes=tuple(n for c in cases for n in c.notes),
        clocks={c.name: _clock(c) for c in cases},
        binding={c.name: c.binding for c in cases},
        checks_total=len({c.id for c in checks} | set(not_run)),
        command=options.command,
        sketches=tuple(s for c in cases for s in c.sketches),
        families={c.id: c.family for c in checks},
        passed_over=sum(m.passed_over for m in materials.values()),
    )


def _beats(checks: Iterable[Check]) -> dict[str, tuple[str, ...]]:
    """What each id beats; an id may have one function for configuration and one for the wire."""
    direct: dict[str, tuple[str, ...]] = {}
    for check in checks:
        direct[check.id] = tuple(dict.fromkeys((*direct.get(check.id, ()), *check.beats)))
    return direct


def _renumber(verdicts: Sequence[Verdict], before: int) -> list[Verdict]:
    """Ids of transfers are unique in a report, also over several cases."""
    if not before:
        return list(verdicts)
    return [replace(v, transfer=replace(v.transfer, id=f"t{before + n}")) for n, v in enumerate(verdicts, 1)]


def _subject_names(case: _Case, own: Sequence[Verdict], numbered: Sequence[Verdict]) -> dict[int, tuple[str, ...]]:
    """The ids of the transfers that each subject concerns."""
    names: dict[int, list[str]] = {}
    for verdict, final in zip(own, numbered, strict=True):
        for subject in case.about(verdict.transfer):
            names.setdefault(subject, []).append(final.transfer.id)
    return {k: tuple(v) for k, v in names.items()}


def _undecided(item: Undecided, subjects: dict[int, tuple[str, ...]]) -> tuple[str, str, Where | None, tuple[str, ...]]:
    return item.check.id, item.cannot_tell.needs, item.cannot_tell.at, subjects.get(id(item.subject), ())


def _once(reported: Iterable[Reported]) -> list[Reported]:
    """The same check at the same place with the same words is one finding, counted."""
    first: dict[tuple[object, ...], Reported] = {}
    for item in reported:
        finding = item.found.finding
        key = (item.found.check.id, finding.at, finding.template, tuple(map(str, finding.values.values())))
        if key in first and finding.at is not None:
            known = first[key]
            names = tuple(dict.fromkeys((*known.transfers, *item.transfers)))
            first[key] = replace(known, transfers=names, count=known.count + 1)
        else:
            first[key if finding.at is not None else (*key, len(first))] = item
    return sorted(first.values(), key=_position)


def _position(item: Reported) -> tuple[object, ...]:
    at = item.found.finding.at
    if at is None:
        return ("", 0, 0, item.found.check.id)
    number = int(at.input.removeprefix("in") or 0) if at.input.removeprefix("in").isdigit() else 0
    place = (at.number or at.line or 0) if isinstance(at, Frame) else (at.line or 0)
    return ("x", number, place, item.found.check.id)


def _calls_total(case: _Case, material: _Material) -> int:
    """Calls of the case, with those of captures whose messages were not all kept."""
    kept = {leg.call_id for call in case.calls for leg in call.legs}
    others = sum(1 for s in case.sketches if s.call_id not in kept and "INVITE" in s.methods)
    return len(case.calls) + others


def _clock(case: _Case) -> float | None:
    times = [p.frame.time for p in case.packets if p.frame.time is not None]
    if times:
        return min(times)
    opened = [c.opened.time for c in case.around.connections if c.opened.time is not None]
    return min(opened, default=None)
