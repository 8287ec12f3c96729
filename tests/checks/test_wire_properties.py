"""Whatever becomes of the packets of a fixture, no check crashes and no verdict claims what nothing shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sipdiag.facts.transfer import Transfer
from sipdiag.raw import Packet, Wire
from sipdiag.stages import Answer, Outcome, Stage
from sipdiag.verdict import Verdict
from tests.support.scenario import statements
from tests.support.verdicts import verdicts
from tests.support.wire_case import case_of_statements, wire_of

FIXTURES = Path(__file__).parents[2] / "fixtures" / "checks"
SCENARIOS = [statements(f.read_text("utf-8")) for f in sorted(FIXTURES.glob("*/*/*.scenario"))]
CASES = [(lines, wire) for lines in SCENARIOS if (wire := wire_of(lines)).packets]
few = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def numbered(packets: list[Packet]) -> tuple[Packet, ...]:
    return tuple(replace(p, frame=replace(p.frame, number=n)) for n, p in enumerate(packets, 1))


def judge(lines: list[str], wire: Wire, packets: list[Packet]) -> list[Verdict]:
    return verdicts(case_of_statements(lines, replace(wire, packets=numbered(packets))))


def check_claims(found: list[Verdict]) -> None:
    for verdict in found:
        transfer = verdict.transfer
        if verdict.outcome is Outcome.COMPLETED:
            assert shows_success(transfer), "completed, and neither a final NOTIFY nor an answer of the target"
        if verdict.cause is not None:
            assert verdict.outcome.is_failure
        if transfer.attempts:
            assert verdict.ladder[Stage.EMITTED].answer is Answer.YES
            assert verdict.outcome is not Outcome.NOT_EMITTED


def shows_success(transfer: Transfer) -> bool:
    reported = any(
        n.status is not None and 200 <= n.status < 300 for n in (*transfer.notifies, *transfer.relayed_notifies)
    )
    return reported or any(t.answered for t in transfer.targets)


@few
@given(st.data())
def test_packets_in_any_order(data: st.DataObject) -> None:
    lines, wire = data.draw(st.sampled_from(CASES))
    check_claims(judge(lines, wire, data.draw(st.permutations(wire.packets))))


@few
@given(st.data())
def test_packets_that_were_lost_or_seen_twice(data: st.DataObject) -> None:
    lines, wire = data.draw(st.sampled_from(CASES))
    times = data.draw(st.lists(st.integers(0, 3), min_size=len(wire.packets), max_size=len(wire.packets)))
    packets = [p for p, n in zip(wire.packets, times, strict=True) for _ in range(n)]
    check_claims(judge(lines, wire, packets))


@few
@given(st.data())
def test_packets_that_came_late(data: st.DataObject) -> None:
    lines, wire = data.draw(st.sampled_from(CASES))
    late = data.draw(st.lists(st.floats(0, 90), min_size=len(wire.packets), max_size=len(wire.packets)))
    moved = [
        replace(p, frame=replace(p.frame, time=(p.frame.time or 0.0) + d))
        for p, d in zip(wire.packets, late, strict=True)
    ]
    check_claims(judge(lines, wire, sorted(moved, key=lambda p: p.frame.time or 0.0)))


@few
@given(st.data())
def test_packets_without_time_or_address(data: st.DataObject) -> None:
    lines, wire = data.draw(st.sampled_from(CASES))
    peer_only = data.draw(st.booleans())
    packets = []
    for p in wire.packets:
        bare = replace(p, frame=replace(p.frame, time=None), transport=None)
        sent = p.source is not None and p.source.host == "192.0.2.20"
        ends = replace(bare, source=None if sent else p.source, destination=p.destination if sent else None, sent=sent)
        packets.append(ends if peer_only else replace(bare, source=None, destination=None, sent=None))
    check_claims(judge(lines, replace(wire, last_time=None), packets))


@few
@given(st.data())
def test_bytes_that_were_damaged(data: st.DataObject) -> None:
    lines, wire = data.draw(st.sampled_from(CASES))
    which = data.draw(st.integers(0, len(wire.packets) - 1))
    packets = list(wire.packets)
    text = bytearray(packets[which].data)
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
        if not text:
            break
    packets[which] = replace(packets[which], data=bytes(text))
    check_claims(judge(lines, wire, packets))
