"""One case from its material to its verdicts: the facts bound to one another, the transfers climbed and decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING

from sipdiag.cases.heard import Heard, hear
from sipdiag.checking.run import Found, Run, Undecided, run_checks
from sipdiag.facts.config import Agent, Destination, TransferRule, Trunk, destination_of, oddities
from sipdiag.facts.record import CallRecord
from sipdiag.model.bind_documents import bind_documents
from sipdiag.model.bind_transfers import bind_calls, bind_transfer
from sipdiag.model.binding import Binding
from sipdiag.model.call_records import RecordedCalls
from sipdiag.model.ladder import climb
from sipdiag.model.predicted import predicted
from sipdiag.stages import Answer, Severity, Stage
from sipdiag.verdict import Verdict, bites, decide

if TYPE_CHECKING:
    from sipdiag.cases.material import Material
    from sipdiag.checking.check import Check
    from sipdiag.facts.transfer import Transfer
    from sipdiag.model.clocks import ClockOffset
    from sipdiag.options import Options
    from sipdiag.platforms.profiles import Profiles
    from sipdiag.reports.report import Input


class Case:
    """One case from its material to its verdicts. Its transfers are numbered behind the `before` of other cases."""

    def __init__(self, name: str, material: Material, options: Options, profiles: Profiles, before: int = 0) -> None:
        self.name, self.options, self._before = name, options, before
        self.inputs = material.inputs
        self.heard = hear(name, material.wires)
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
        recorded = RecordedCalls(self.heard.calls)
        by_call = recorded.by_call(records)
        of_a_call = {id(r) for own in by_call.values() for r in own}
        loose = [r for r in records if id(r) not in of_a_call]
        strangers = [r for r in loose if recorded.is_stranger(r)] if self.heard.calls else []
        self.transfers, self.notes = self._transfers(rules, by_call, loose, strangers, bool(material.wires))
        self.notes += [_clock_note(o, material.inputs) for o in self.heard.clocks]
        self.notes += list(
            dict.fromkeys(_doubt_note(t) for t in self.transfers if t.call is not None and t.call.doubts)
        )
        self.expectation = options.expectation_of(i.path for i in material.inputs)
        dialplans = [p for d in material.adapted for p in d.dialplans]
        self.binding = Binding(everywhere=(self.expectation, *dialplans))
        b = self.binding
        for facts in (agents, rules, trunks, records, destinations, self.heard.calls, self.heard.legs, self.transfers):
            b.add(facts)
        b.unseen.update(id(t) for t in self.transfers if not t.wire)
        b.add([*oddities(agents, rules, trunks), *(m for d in material.adapted for m in d.misread)])
        bind_documents(b, agents, rules, trunks, records, destinations, profiles)
        predictions = dict(self._predicted)
        for t in self.transfers:
            rule = predictions.get(t)
            own = by_call.get(t.call.id, ()) if t.call is not None else t.recorded or (loose if rule is None else ())
            bind_transfer(b, t, records=own, rules=rules, agents=agents, trunks=trunks, rule=rule)
        bind_calls(b, self.transfers)
        self._about: dict[int, set[int]] = {}  # by transfer

    def _transfers(
        self,
        rules: Sequence[TransferRule],
        by_call: Mapping[str, tuple[CallRecord, ...]],
        loose: Sequence[CallRecord],
        strangers: Sequence[CallRecord],
        wire: bool,
    ) -> tuple[list[Transfer], list[str]]:
        self._predicted: list[tuple[Transfer, TransferRule]] = []
        if self.options.destination_alone:
            return [], []
        if self.options.command == "lint":
            self._predicted = predicted(self.name, rules, self._before + 1)
            return [t for t, _ in self._predicted], []
        from sipdiag.model.asked import Asked, without_refer
        from sipdiag.model.transfers import transfers

        done = transfers(self.heard.calls, self.heard.legs, self.name, self.heard.around)
        asked = Asked(
            expected=self.options.expect_transfer,
            expected_call=self.options.expect_call,
            agent=self.options.agent,
            records=by_call,
            loose_records=tuple(loose),
            strangers=tuple(strangers),
        )
        more, note = without_refer(self.name, self.heard.calls, self.heard.legs, done, self.heard.around, asked, wire)
        found = done + more
        if self.options.expect_transfer and not done:
            note = _only_counted(self.heard) or note
        if not found and not wire and not loose and not by_call:
            self._predicted = predicted(self.name, rules, self._before + 1)
            found = [t for t, _ in self._predicted]
        elif self._before:
            found = [replace(t, id=f"t{n}") for n, t in enumerate(found, self._before + 1)]
        return found, [note] if note else []

    def check(self, checks: Sequence[Check]) -> Run:
        run = run_checks(checks, self.binding)
        carried: dict[int, list[Transfer]] = {}
        for transfer in self.transfers:
            for trunk in self.binding.linked(transfer, Trunk) if transfer.leg is not None else ():
                carried.setdefault(id(trunk), []).append(transfer)
        sent = [t for t in self.transfers if t.attempts]
        return replace(run, found=[_weighed(f, carried, sent) for f in run.found])

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
        known = self._about.get(id(transfer))
        if known is None:
            known = self._about[id(transfer)] = self._concerned(transfer)
        return known

    def _concerned(self, transfer: Transfer) -> set[int]:
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
        if transfer.leg is None and not gaps and transfer.around.lost:
            gaps.append("capture-lossy")
        if transfer.leg is None and not gaps and not self.heard.packets and "config" not in transfer.asked_for_in:
            gaps.append("capture-has-no-sip")
        return gaps


def _weighed(found: Found, carried: Mapping[int, Sequence[Transfer]], sent: Sequence[Transfer]) -> Found:
    """What is wrong with a trunk did no harm to the calls that others carried, nor to those that it carried well.

    `carried` holds the transfers of calls that were seen, by the trunk (its `id`) that carried them. Where none is known
    to have carried any, no REFER that was `sent` met the trunk's refusal if all were accepted.
    """
    if not isinstance(found.subject, Trunk) or found.severity is not Severity.ERROR:
        return found
    own = carried.get(id(found.subject))
    if own is None and carried:
        unharmed = True
    else:
        met = sent if own is None else own
        unharmed = bool(met) and all(_passed(t, found.stage) for t in met)
    return replace(found, finding=found.finding.milder(Severity.WARNING)) if unharmed else found


def _passed(transfer: Transfer, stage: Stage) -> bool:
    """Whether messages show that nothing of a trunk stopped a transfer at a stage."""
    if stage is Stage.ACCEPTED:
        return transfer.decisive is not None and transfer.decisive.succeeded
    told = transfer.final_notify
    return stage is Stage.COMPLETED and told is not None and told.taken


def _doubt_note(transfer: Transfer) -> str:
    doubts = transfer.call.doubts if transfer.call is not None else ()
    fits = "another call" if max(len(d.others) for d in doubts) == 1 else "several calls alike"
    return (
        f"{transfer.id}: a leg of its call could be the other side of {fits}, and was joined to none; a header that "
        "both sides of the box keep (Session-ID, X-Call-ID) would tell"
    )


def _only_counted(heard: Heard) -> str | None:
    """What is to be said where calls of a large capture were left in it and any of them may be the one meant."""
    count = sum(1 for s in heard.sketches if "INVITE" in s.methods)
    if not count:
        return None
    return f"{count} calls were only counted; name the one that was to be transferred with --expect-transfer=CALL-ID"


def _clock_note(offset: ClockOffset, inputs: Sequence[Input]) -> str:
    path = {i.id: i.path for i in inputs}
    way = "ahead of" if offset.seconds > 0 else "behind"
    by = "1 message" if offset.messages == 1 else f"{offset.messages} messages"
    return (
        f"{path[offset.input]}: its clock is {abs(offset.seconds):.3f} s {way} that of {path[offset.reference]}, by {by} "
        "that both saw or a box passed on; its times are told by the other's clock"
    )
