"""Calls that are moved to one queue at one time: each transfer has its own new call, or says that it may be another's."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from sipdiag.pipeline import examine
from sipdiag.raw import Packet
from sipdiag.reports.report import Report
from sipdiag.verdict import Verdict
from tests.support.beside import recorded
from tests.support.scenario import play

BUSY, TAKEN = ("accepted-but-target-failed", "target-busy"), ("completed", None)
CALLER, WITHHELD = "+1555010{n:04}@carrier.example", "anonymous@anonymous.invalid"
_STORY = """
    caller aor sip:+1555010{n:04}@carrier.example
    leg{n}: call caller -> pbx
    legb{n}: pbx -> bot INVITE  From: <sip:+1555010{n:04}@carrier.example>;tag=pbx-legb{n}
    legb{n}: bot -> pbx 200 OK
    legb{n}: pbx -> bot ACK
    legb{n}: +{at}s bot -> pbx REFER  Refer-To: <sip:7000@pbx.example>
    legb{n}: pbx -> bot 202 Accepted
    legt{n}: pbx -> queue INVITE sip:7000@queue.example  From: <sip:{seen}>;tag=pbx-legt{n}
    legt{n}: +1s queue -> pbx {status}
    legt{n}: pbx -> queue ACK
    legb{n}: pbx -> bot NOTIFY {status}
    legb{n}: bot -> pbx 200 OK
    legb{n}: bot -> pbx BYE
    legb{n}: pbx -> bot 200 OK
"""


@dataclass(frozen=True)
class Moved:
    """A call that is moved to the queue: its number, and when its REFER is sent."""

    number: int
    at: float

    @property
    def end(self) -> tuple[str, str | None]:
        return TAKEN if self.number % 2 else BUSY

    def packets(self, seen: str) -> list[Packet]:
        status = "200 OK" if self.end == TAKEN else "486 Busy Here"
        told = _STORY.format(n=self.number, at=3 + self.at, status=status, seen=seen.format(n=self.number))
        return list(play(told).packets)


def moved(calls: list[Moved], seen: str, folder: Path, *, reported: bool = True) -> Report:
    packets = [p for call in calls for p in call.packets(seen)]
    if not reported:
        packets = [p for p in packets if not re.search(rb"\r\nCSeq: \d+ NOTIFY\r\n", p.data)]
    packets.sort(key=lambda p: p.frame.time or 0.0)
    (folder / "pbx.pcap").write_bytes(recorded(packets))
    return examine([str(folder / "pbx.pcap")])


def one_by_one(count: int, apart: float) -> list[Moved]:
    return [Moved(n, n * apart) for n in range(count)]


def crossing(count: int, apart: float) -> list[Moved]:
    """So close that a REFER may come before the new call of the one before it."""
    chance = random.Random(3)
    return [Moved(n, round(chance.uniform(0, count * apart), 3)) for n in range(count)]


def number(verdict: Verdict) -> int:
    leg = verdict.transfer.leg
    assert leg is not None
    return int(leg.call_id.partition("@")[0].removeprefix("legb"))


def ends(report: Report) -> dict[int, tuple[str, str | None]]:
    return {number(v): (v.outcome.value, v.cause.check.id if v.cause is not None else None) for v in report.verdicts}


def wrong(report: Report) -> list[tuple[int, str]]:
    """New calls that a transfer has for certain and that are another's."""
    return [
        (number(v), t.leg.call_id)
        for v in report.verdicts
        for t in v.transfer.targets
        if t.certain and t.leg.call_id != f"legt{number(v)}@sip.example"
    ]


@pytest.mark.parametrize("reported", [True, False], ids=["reported", "not reported"])
@pytest.mark.parametrize("seen", [CALLER, WITHHELD], ids=["numbers shown", "numbers withheld"])
@pytest.mark.parametrize(("count", "apart"), [(2, 0.5), (5, 0.1), (20, 0.06)])
def test_each_of_many_has_its_own(count: int, apart: float, seen: str, reported: bool, tmp_path: Path) -> None:
    calls = one_by_one(count, apart)
    report = moved(calls, seen, tmp_path, reported=reported)
    assert [len(v.transfer.targets) for v in report.verdicts] == [1] * count
    assert wrong(report) == []
    if reported:
        assert ends(report) == {call.number: call.end for call in calls}


@pytest.mark.parametrize("count", [5, 20])
def test_the_caller_tells_those_that_cross(count: int, tmp_path: Path) -> None:
    calls = crossing(count, 0.05)
    report = moved(calls, CALLER, tmp_path)
    assert [len(v.transfer.targets) for v in report.verdicts] == [1] * count
    assert wrong(report) == []
    assert ends(report) == {call.number: call.end for call in calls}


@pytest.mark.parametrize("count", [5, 20])
def test_what_nothing_tells_apart_is_certain_for_none(count: int, tmp_path: Path) -> None:
    calls = crossing(count, 0.05)
    report = moved(calls, WITHHELD, tmp_path)
    assert wrong(report) == []
    assert [t for v in report.verdicts for t in v.transfer.targets if not t.certain]
    assert ends(report) == {call.number: call.end for call in calls}
