"""Legs on the two sides of a B2BUA that share no id: joined where one fits best, and never to another call's."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sipdiag.model.beyond import likeness
from sipdiag.pipeline import examine
from sipdiag.reports import flow
from sipdiag.reports.report import Report
from sipdiag.reports.show import Show
from tests.support.pcap import pcap
from tests.support.sent import Sent
from tests.support.switchboard import Dialled, both_sides

SKEWS = (0.0, 0.4, 2.5, -3_600.0)  # seconds that the clock of the capture inside is ahead
MINUTE, CALLS = 60.0, 200


def captured(calls: Sequence[Dialled], folder: Path, keep: Callable[[Sent], bool] = lambda m: True) -> Report:
    """One capture on the box itself."""
    outside, inside = both_sides(calls)
    messages = sorted((m for m in (*outside, *inside) if keep(m)), key=lambda m: m.time)
    (folder / "box.pcap").write_bytes(pcap(messages))
    return examine([str(folder / "box.pcap")])


def beside(
    calls: Sequence[Dialled], folder: Path, ahead: float, keep: Callable[[Sent], bool] = lambda m: True
) -> Report:
    """A capture on each side of the box, of which the second is by a clock that is ahead."""
    outside, inside = both_sides(calls)
    files = folder / "outside.pcap", folder / "inside.pcap"
    files[0].write_bytes(pcap([m for m in outside if keep(m)]))
    files[1].write_bytes(pcap([replace(m, time=m.time + ahead) for m in inside if keep(m)]))
    return examine([str(f) for f in files])


def joined(report: Report) -> Counter[bool]:
    """How many joins there are, by whether they are right."""
    return Counter(_number(j.first.call_id) == _number(j.second.call_id) for c in report.calls for j in c.joins)


def _number(call_id: str) -> int:
    return int(call_id.partition("@")[0].partition("-")[2])


def centre(**alike: Any) -> list[Dialled]:
    """A minute of a call centre: calls to one number, each taken when somebody is free; `alike` is so in all of them."""
    chance = random.Random(7)
    calls = [
        Dialled(
            n, chance.uniform(0, MINUTE), caller=f"+155501{n:05}", rings=chance.uniform(0.1, 0.5),
            answers=chance.uniform(2, 20), ends=chance.uniform(30, 200), by_caller=chance.random() < 0.5,
            box=chance.uniform(0.005, 0.05),
        )
        for n in range(CALLS)
    ]  # fmt: skip
    return [replace(call, **alike) for call in calls]


def load_test(**alike: Any) -> list[Dialled]:
    """Calls of a generator: each like the one before it, and so long after it."""
    return [replace(Dialled(n, n * 0.3, **alike)) for n in range(CALLS)]


CENTRES = {
    "callers of their own": centre(),
    "sent on to another name": centre(sent_to="ai"),
    "callers rewritten": centre(seen_as="+15550109999"),
    "numbers withheld": centre(caller="anonymous"),
    "one caller": centre(caller="+15550109999"),
    "answered at once, numbers withheld": centre(caller="anonymous", rings=0.05, answers=0.1),
    "load test": load_test(),
    "load test, numbers withheld": load_test(caller="anonymous"),
}
ALL_TOLD_APART = ("callers of their own", "sent on to another name", "numbers withheld", "one caller")


@pytest.mark.parametrize("kind", CENTRES)
def test_no_call_of_many_alike_is_joined_to_another_in_one_capture(kind: str, tmp_path: Path) -> None:
    found = joined(captured(CENTRES[kind], tmp_path))
    assert found[False] == 0
    assert found[True] == CALLS or kind not in ALL_TOLD_APART


@pytest.mark.parametrize("ahead", [0.0, 2.5])
@pytest.mark.parametrize("kind", CENTRES)
def test_no_call_of_many_alike_is_joined_to_another_in_two_captures(kind: str, ahead: float, tmp_path: Path) -> None:
    report = beside(CENTRES[kind], tmp_path, ahead)
    found = joined(report)
    assert found[False] == 0
    if kind in ALL_TOLD_APART:
        assert found[True] == CALLS
        assert bool([n for n in report.notes if "clock" in n]) is (ahead != 0.0)


@pytest.mark.parametrize("missing", ["outer", "inner"])
@pytest.mark.parametrize("kind", CENTRES)
def test_a_leg_whose_other_side_was_not_captured_is_joined_to_no_other(kind: str, missing: str, tmp_path: Path) -> None:
    """The box sends every other call over a link that nobody captures."""

    def keep(m: Sent) -> bool:
        at = m.data.find(f"{missing}-".encode())
        return at < 0 or int(m.data[at + len(missing) + 1 :].partition(b"@")[0]) % 2 == 0

    report = (
        captured(CENTRES[kind], tmp_path, keep) if missing == "outer" else beside(CENTRES[kind], tmp_path, 2.5, keep)
    )
    assert joined(report)[False] == 0


@pytest.mark.parametrize("ahead", SKEWS)
@pytest.mark.parametrize(
    "call",
    [
        Dialled(1, 0.0),
        Dialled(1, 0.0, by_caller=False),
        Dialled(1, 0.0, sent_to="ai"),
        Dialled(1, 0.0, seen_as="+15550109999", box=0.2),
        Dialled(1, 0.0, rings=9.0, answers=9.1, ends=400.0, refers_to="sip:7@x.example"),
    ],
)
def test_one_call_is_aligned_and_joined_across_two_captures(call: Dialled, ahead: float, tmp_path: Path) -> None:
    report = beside([call], tmp_path, ahead)
    assert joined(report) == Counter({True: 1})
    assert len(report.calls) == 1
    (note,) = [n for n in report.notes if "clock" in n] or [""]
    assert (f"{abs(ahead):.3f} s" in note) is (ahead != 0.0)


def test_what_differs_in_nothing_else_is_told_apart_by_an_id_of_the_makers_own(tmp_path: Path) -> None:
    calls = [
        replace(call, headers=(f"X-Vendor-Ref: 8f21-{call.number:06}",))
        for call in load_test(caller="anonymous", sent_to="ai")
    ]
    assert joined(captured(calls, tmp_path)) == Counter({True: CALLS})


def test_a_setting_that_all_calls_have_is_no_id(tmp_path: Path) -> None:
    calls = load_test(caller="anonymous", sent_to="ai", headers=("X-Tenant: customer-0001",))
    assert joined(captured(calls, tmp_path)) == Counter()


def test_the_reasons_are_told(tmp_path: Path) -> None:
    report = beside([Dialled(1, 0.0, refers_to="sip:7@x.example")], tmp_path, 2.5)
    told = " ".join(flow.render("text", report, Show(), flow.choose(report), 80, True).split())
    assert "the second leg was answered inside the first; same From; same destination;" in told
    assert "ringing, answer and BYE passed on at once; 0.020 s later" in told


def test_a_leg_that_several_would_fit_is_said_to_be_joined_to_none(tmp_path: Path) -> None:
    """Three calls at the same moment, of which nothing tells the one from the other."""
    calls = [Dialled(n, n * 0.001, caller="anonymous", refers_to="sip:7@x.example") for n in range(3)]
    report = captured(calls, tmp_path)
    assert joined(report) == Counter()
    assert [n for n in report.notes if "joined to none" in n]


def test_the_work_grows_with_the_calls_and_not_with_their_square(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Counter[int]()

    def counted(size: int) -> int:
        def compared(*args: Any, **more: Any) -> Any:
            asked[size] += 1
            return likeness(*args, **more)

        with monkeypatch.context() as patch:
            patch.setattr("sipdiag.model.joining.likeness", compared)
            captured([replace(call, at=n * 0.1) for n, call in enumerate((centre() * 8)[:size])], tmp_path)
        return asked[size]

    assert counted(800) <= 2.5 * counted(400)
