"""Inputs from both sides of a call: one clock, one order, each message once; and rotated files joined."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest

from sipdiag.model.clocks import aligned, clock_offsets
from sipdiag.pipeline import examine
from sipdiag.raw import Wire
from sipdiag.reports.report import Report
from sipdiag.sources.captures import read_capture

LAB = Path(__file__).parents[2] / "fixtures" / "captures" / "lab"
FAILED, TIMEOUT = LAB / "s06-refer-403-by-carrier.pcap", LAB / "s15-refer-timeout.pcap"


def records(capture: Path) -> tuple[bytes, list[tuple[float, bytes]]]:
    data = capture.read_bytes()
    at, found = 24, []
    while at < len(data):
        seconds, ticks, size, _ = struct.unpack_from("<IIII", data, at)
        found.append((seconds + ticks / 1e6, data[at + 16 : at + 16 + size]))
        at += 16 + size
    return data[:24], found


def written(head: bytes, frames: list[tuple[float, bytes]]) -> bytes:
    return head + b"".join(
        struct.pack("<IIII", *divmod(round(time * 1_000_000), 1_000_000), len(f), len(f)) + f for time, f in frames
    )


def sides(capture: Path, ahead: float, folder: Path) -> list[str]:
    """The capture as two hosts took it, of which the second has a clock that is ahead."""
    head, frames = records(capture)
    one, other = folder / "one.pcap", folder / "other.pcap"
    one.write_bytes(written(head, frames))
    other.write_bytes(written(head, [(time + ahead + 0.004, frame) for time, frame in frames]))
    return [str(one), str(other)]


def rotated(capture: Path, folder: Path) -> list[str]:
    head, frames = records(capture)
    names = []
    for n in range(0, len(frames), 5):
        file = folder / f"part-{n:03}.pcap"
        file.write_bytes(written(head, frames[n : n + 5]))
        names.append(str(file))
    return names


def verdicts(report: Report) -> list[tuple[str, str | None]]:
    return [(v.outcome.value, v.cause.check.id if v.cause is not None else None) for v in report.verdicts]


@pytest.mark.parametrize("capture", [FAILED, TIMEOUT], ids=lambda file: file.stem)
@pytest.mark.parametrize("ahead", [0.0, 2.5, -3_600.0])
def test_both_sides_are_one_call(capture: Path, ahead: float, tmp_path: Path) -> None:
    alone, both = examine([str(capture)]), examine(sides(capture, ahead, tmp_path))
    assert verdicts(both) == verdicts(alone)
    assert len(both.calls) == len(alone.calls)
    one, joined = alone.verdicts[0].transfer, both.verdicts[0].transfer
    assert [len(a.repeats) for a in joined.attempts] == [len(a.repeats) for a in one.attempts]
    assert bool([n for n in both.notes if "clock" in n]) is (ahead != 0.0)


@pytest.mark.parametrize("capture", [FAILED, TIMEOUT], ids=lambda file: file.stem)
def test_rotated_files_are_one_capture_in_any_order(capture: Path, tmp_path: Path) -> None:
    names = rotated(capture, tmp_path)
    assert verdicts(examine(names[::-1])) == verdicts(examine([str(capture)]))


def wires(*shifts: float) -> list[tuple[str, Wire]]:
    head, frames = records(FAILED)
    return [
        (f"in{n}", read_capture(io.BytesIO(written(head, [(t + shift, f) for t, f in frames])), f"in{n}"))
        for n, shift in enumerate(shifts, 1)
    ]


def test_offsets_are_told_and_taken_off() -> None:
    both = aligned(wires(0.0, 2.5, -7.0))
    moved, told = both.wires, both.offsets
    assert both.clocks == {"in2": "in1", "in3": "in1"}
    assert [(o.input, o.reference) for o in told] == [("in2", "in1"), ("in3", "in1")]
    assert [o.seconds for o in told] == pytest.approx([2.5, -7.0], abs=1e-3)
    times = [[p.frame.time for p in wire.packets] for _, wire in moved]
    assert times[1] == pytest.approx(times[0], abs=1e-3)
    assert times[2] == pytest.approx(times[0], abs=1e-3)


def test_inputs_without_a_message_in_common_keep_their_clocks() -> None:
    one = wires(0.0)[0][1]
    other = read_capture(LAB / "s08-refer-603.pcap", "in2")
    assert clock_offsets({"in1": one, "in2": other}) == []
