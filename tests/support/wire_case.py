"""The facts of a case that holds one wire and little else, and what a check finds in it."""

from __future__ import annotations

import re
from dataclasses import replace

from sipdiag.checking.check import Check
from sipdiag.checking.finding import Finding
from sipdiag.checking.run import Found, Run, run_checks
from sipdiag.facts.call import Call
from sipdiag.facts.config import Agent, Expectation, Option, RuleHeader, TransferRule, Trunk
from sipdiag.facts.profile import Profile
from sipdiag.facts.record import CallRecord, Told, ToolCall
from sipdiag.facts.surroundings import Surroundings
from sipdiag.facts.transfer import Transfer
from sipdiag.model.asked import Asked, without_refer
from sipdiag.model.bind_transfers import bind_calls
from sipdiag.model.binding import Binding
from sipdiag.model.calls import calls
from sipdiag.model.hops import exchanges, hops
from sipdiag.model.legs import InputSpan, legs
from sipdiag.model.transfers import transfers
from sipdiag.places import Frame, Place, Read
from sipdiag.platforms.profiles import profile
from sipdiag.raw import Wire
from sipdiag.values import Text, Word
from tests.support.scenario import perform, statements


def surroundings(wire: Wire) -> Surroundings:
    encrypted = tuple(c for c in wire.connections if c.tls and c.tls.established and not c.tls.decrypted)
    return Surroundings(wire.connections, wire.unreachables, wire.media, wire.lost, wire.log, encrypted)


def case_of(
    wire: Wire,
    *,
    expected: bool = False,
    trunks: tuple[Trunk, ...] = (),
    profiles: tuple[Profile, ...] = (),
    bound: tuple[CallRecord | TransferRule | Agent, ...] = (),
) -> Binding:
    """Bind the transfers of one wire to the given facts. `expected` is what `--expect-transfer` says."""
    names = {p.frame.input for p in wire.packets}
    span = InputSpan(wire.last_time, wire.lost, wire.connections)
    requests, alone = exchanges(hops(wire.packets))
    all_legs = legs(requests, dict.fromkeys(names, span), alone)
    all_calls = calls(all_legs, "k1")
    around = replace(surroundings(wire), answers=alone)
    found: list[Transfer] = transfers(all_calls, all_legs, "k1", around)
    asked, _ = without_refer("k1", all_calls, all_legs, found, around, Asked(expected=expected), wire=True)
    found += asked
    binding = Binding(everywhere=(Expectation(refer=expected, transfer=expected),))
    binding.add(found)
    binding.add(all_calls)
    binding.add(trunks)
    for transfer in found:
        for fact in (*trunks, *profiles, *bound):
            binding.link(transfer, fact, "only-one")
    bind_calls(binding, found)
    assert all(isinstance(c, Call) for c in binding.subjects(Call))
    return binding


SURROUNDINGS = (
    "expect",
    "profile",
    "trunk",
    "record",
    "rule",
    "rules",
    "untimed",
)  # first words of statements that are not of the wire


def case_of_scenario(text: str) -> Binding:
    """A scenario with statements about its surroundings: `expect transfer`, `profile SLUG`, `trunk key=value …`,
    `untimed` for a trace that tells no times."""
    lines = statements(text)
    return case_of_statements(lines, wire_of(lines))


def wire_of(lines: list[str]) -> Wire:
    """What the statements of a scenario that are of the wire bring about."""
    wire = perform([s for s in lines if s.split()[0] not in SURROUNDINGS])
    if "untimed" not in lines:
        return wire
    bare = tuple(replace(p, frame=replace(p.frame, time=None)) for p in wire.packets)
    return replace(wire, packets=bare, first_time=None, last_time=None)


def case_of_statements(lines: list[str], wire: Wire) -> Binding:
    """The case of a wire, bound to what the other statements say."""
    trunks = tuple(_trunk(s) for s in lines if s.startswith("trunk "))
    profiles = tuple(p for s in lines if s.startswith("profile ") and (p := profile(s.split()[1])) is not None)
    bound: tuple[CallRecord | TransferRule | Agent, ...] = (
        *(_record(s) for s in lines if s.startswith("record ")),
        *(_rule(s) for s in lines if s.startswith("rule ")),
        *(_agent(s) for s in lines if s.startswith("rules ")),
    )
    return case_of(wire, expected="expect transfer" in lines, trunks=trunks, profiles=profiles, bound=bound)


def _record(statement: str) -> CallRecord:
    """`record succeeded` or `record failed [to=DESTINATION] [refer=CODE] [notify=CODE] [WORDS]`: what the platform claims."""
    here = Place("record", 1, 1)
    _, claim, *more = statement.split()
    options = dict(m.split("=", 1) for m in more if m.startswith(("to=", "refer=", "notify=")))
    to = options.get("to", "")
    codes = [Read(int(options[k]), here, k) if k in options else Read() for k in ("refer", "notify")]
    words = " ".join(m for m in more if m.partition("=")[0] not in options)
    call = ToolCall(
        here,
        succeeded=claim == "succeeded",
        destination=Read(Text(to.replace("_", " ")), here, "destination") if to else Read(),
        result=Read(Text(words), here, "result") if words else Read(),
        told=Told(codes[0], report=codes[1]),
    )
    return CallRecord("record", "other", here, calls=(call,), transfer_failed=not call.succeeded)


def _rule(statement: str) -> TransferRule:
    """`rule method=refer to=sip:2003@example.com header.X-Ticket=4711`."""
    options = dict(re.findall(r"([\w.-]+)=(\S+)", statement))
    here = Place("rule", 1, 1)
    return TransferRule(
        "rule", "other", here,
        method=Read(Word(options["method"]), here, "type"),
        destination=Read(Text(options["to"]), here, "to") if "to" in options else Read(),
        headers=tuple(
            RuleHeader(Read(n.removeprefix("header."), here, n), Read(Text(v), here, n), "static", here)
            for n, v in options.items() if n.startswith("header.")
        ),
    )  # fmt: skip


def _agent(statement: str) -> Agent:
    """`rules to=sip:2001@example.com to=sip:2002@example.com`: an agent with a rule for each."""
    here = Place("agent", 1, 1)
    wanted = re.findall(r"\bto=(\S+)", statement)
    return Agent("agent", "other", here, rules=tuple(_rule(f"rule method=refer to={to}") for to in wanted))


_OF_A_TRUNK = ("name", "leg", "address", "transport", "refer", "allow", "profile")


def _trunk(statement: str) -> Trunk:
    options = dict(re.findall(r"([\w-]+)=(\S+)", statement))
    here = Place("trunk", 1, 1)
    return Trunk(
        "trunk", "other", here,
        name=Read(Text(options.get("name", "trunk")), here, "name"),
        leg=Read(Word(options["leg"]), here, "leg") if "leg" in options else Read(),
        address=Read(Text(options["address"]), here, "address") if "address" in options else Read(),
        transports=tuple(Read(Word(t), here, "transport") for t in options.get("transport", "").split(",") if t),
        refer=Read(Word(options["refer"]), here, "refer") if "refer" in options else Read(),
        allow_from=tuple(Read(Text(a), here, "allow_from") for a in options.get("allow", "").split(",") if a),
        profile=options.get("profile"),
        options=tuple(Option(n, Read(Text(v), here, n)) for n, v in options.items() if n not in _OF_A_TRUNK),
    )  # fmt: skip


def run_on(check: Check, binding: Binding) -> Run:
    run = run_checks([check], binding)
    assert not run.crashed, run.crashed[0].trace
    return run


def findings(check: Check, binding: Binding) -> list[Found]:
    return run_on(check, binding).found


def plain(found: Found) -> str:
    """A finding as one line: the frame, the severity, the id, the sentence; the stage and owner where it sets them."""
    at = found.finding.at
    where = f"frame {at.number}" if isinstance(at, Frame) else "-" if at is None else f"line {at.line}"
    return f"{where}: {found.severity.slug} {found.check.id}: {found.finding.plain}{_set(found.finding)}"


def _set(finding: Finding) -> str:
    stage = f" @{finding.stage.slug}" if finding.stage is not None else ""
    owner = " !nobody" if finding.blameless else f" !{finding.owner.value}" if finding.owner is not None else ""
    return stage + owner
