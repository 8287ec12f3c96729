"""A ring of capture files is read as one capture: no message is lost where one file ends and the next begins."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipdiag.sources.find import find_sources
from sipdiag.sources.inputs import Reading, read_sources
from sipdiag.sources.source import Opened
from tests.sources.captures.test_transport import ONE, OPEN, THREE, TWO, down, up
from tests.support.frames import ethernet, pcap

START = 1_700_000_000.0
STREAM = ONE + TWO + THREE


def written(folder: Path, files: list[list[bytes]], gap: float = 0.01) -> list[Opened]:
    """What is read of captures of these packets, each file `gap` seconds after the one before it."""
    time, paths = START, []
    for number, packets in enumerate(files):
        path = folder / f"ring{number:03}.pcap"
        path.write_bytes(pcap([ethernet(p) for p in packets], start=time))
        time += len(packets) * 0.01 + gap
        paths.append(str(path))
    return list(read_sources(find_sources(paths).sources, Reading()))


def messages(read: list[Opened]) -> list[tuple[str, int | None, bytes]]:
    return [(p.frame.input, p.frame.number, p.data) for o in read if o.wire for p in o.wire.packets]


def segments(cuts: list[int]) -> list[bytes]:
    return [up(STREAM[a:b], 1 + a) for a, b in pairwise([0, *cuts, len(STREAM)]) if b > a]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, len(STREAM) - 1), min_size=1, max_size=8, unique=True).map(sorted),
    st.lists(st.integers(0, 9), max_size=3),
)
def test_cut_into_segments_and_files_anywhere(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], ends: list[int]
) -> None:
    packets = OPEN + segments(cuts)
    bounds = sorted({0, len(packets), *(min(3 + e, len(packets)) for e in ends)})
    files = [packets[a:b] for a, b in pairwise(bounds)]
    read = written(tmp_path_factory.mktemp("ring"), files)
    assert [data for _, _, data in messages(read)] == [ONE, TWO, THREE]
    assert not [lost for o in read if o.wire for lost in o.wire.lost]


def test_a_message_has_the_frame_of_its_last_octet(tmp_path: Path) -> None:
    read = written(tmp_path, [[*OPEN, up(ONE + TWO[:50])], [down(flags=0x10), up(TWO[50:], 1 + len(ONE) + 50)]])
    assert messages(read) == [("in1", 4, ONE), ("in2", 2, TWO)]
    assert [o.id for o in read] == ["in1", "in2"]


def test_a_message_over_three_files(tmp_path: Path) -> None:
    read = written(tmp_path, [[*OPEN, up(ONE[:50])], [up(ONE[50:90], 51)], [up(ONE[90:], 91)]])
    assert messages(read) == [("in3", 1, ONE)]
    assert not [lost for o in read if o.wire for lost in o.wire.lost]


def test_a_segment_that_was_sent_again_in_the_next_file(tmp_path: Path) -> None:
    read = written(tmp_path, [[*OPEN, up(ONE[:50])], [up(ONE[:50]), up(ONE[50:], 51)]])
    assert messages(read) == [("in2", 2, ONE)]


@pytest.mark.parametrize("later", [{"gap": 3600.0}, {"at": 1_000_000}])
def test_another_stream_is_not_the_rest(tmp_path: Path, later: dict[str, float]) -> None:
    """The same ports an hour later, or octets of somewhere else: what was begun stays lost, and is said."""
    rest = up(ONE[50:], int(later.get("at", 51)))
    read = written(
        tmp_path,
        [[*OPEN, up(ONE[:50])], [rest, up(TWO, int(later.get("at", 51)) + len(ONE) - 50)]],
        later.get("gap", 0.01),
    )
    assert messages(read) == [("in2", 2, TWO)]
    first = read[0].wire
    assert first is not None
    assert [lost.start for lost in first.lost] == [ONE[:50]]


def test_other_cases_have_nothing_to_do_with_it(tmp_path: Path) -> None:
    for number, packets in enumerate(([*OPEN, up(ONE[:50])], [up(ONE[50:] + TWO, 51)])):
        folder = tmp_path / f"case{number}"
        folder.mkdir()
        (folder / "x.pcap").write_bytes(pcap([ethernet(p) for p in packets], start=START + number / 10))
    read = list(read_sources(find_sources([str(tmp_path)]).sources, Reading()))
    assert [data for _, _, data in messages(read)] == [TWO]
    assert read[0].wire is not None
    assert len(read[0].wire.lost) == 1


def test_what_comes_between_two_captures_keeps_its_place(tmp_path: Path) -> None:
    for number, packets in enumerate(([*OPEN, up(ONE[:50])], [up(ONE[50:], 51)])):
        (tmp_path / f"{number}.pcap").write_bytes(pcap([ethernet(p) for p in packets], start=START + number / 10))
    (tmp_path / "0.txt").write_text("agent: {platform: other}\n")
    read = list(read_sources(find_sources([str(tmp_path)]).sources, Reading()))
    assert [Path(o.source.path).name for o in read] == ["0.pcap", "0.txt", "1.pcap"]
    assert [o.id for o in read] == ["in1", "in2", "in3"]
    assert messages(read) == [("in3", 1, ONE)]
