"""Dumps of octets are read as the capture that they print: the same messages, ends and streams, at lines of the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipdiag.raw import Packet
from sipdiag.sources.dumped import has_rows
from sipdiag.sources.hexdump import read_dump
from tests.support.steps import steps

DUMPS = Path(__file__).parents[2] / "fixtures" / "dumps"
A, B = "192.0.2.10", "198.51.100.20"
BEGUN = 10 * 3600 + 22 * 60 + 31.149511  # seconds of the day, where the dump tells no date
DATED = 1715682151.149511


def row(packet: Packet) -> tuple[str, str, str, str | None, int | None]:
    start = packet.data.split(b"\r\n")[0].decode().removesuffix(" SIP/2.0").removeprefix("SIP/2.0 ")
    return start.partition(" ")[0], str(packet.source), str(packet.destination), packet.transport, packet.frame.line


def datagrams(*lines: int) -> list[tuple[str, str, str, str, int]]:
    ends = ((f"{A}:5060", f"{B}:5060"), (f"{B}:5060", f"{A}:5060"), (f"{B}:5060", f"{A}:5060"))
    return [(what, *ends[n], "udp", lines[n]) for n, what in enumerate(("REFER", "202", "NOTIFY"))]


def stream(*lines: int) -> list[tuple[str, str, str, str, int]]:
    """A request in two segments, an answer and a request in one."""
    ends = ((f"{A}:40000", f"{B}:5060"), (f"{B}:5060", f"{A}:40000"), (f"{B}:5060", f"{A}:40000"))
    return [(what, *ends[n], "tcp", lines[n]) for n, what in enumerate(("REFER", "202", "NOTIFY"))]


READ: dict[str, tuple[list[tuple[str, str, str, str, int]], list[float | None]]] = {
    "tcpdump-text": (datagrams(5, 26, 50), [BEGUN, BEGUN + 0.023331, BEGUN + 2]),
    "tcpdump-x": (stream(19, 31, 31), [BEGUN + 0.0002, BEGUN + 0.02, BEGUN + 0.02]),
    "tcpdump-link-and-text": (stream(21, 34, 34), [DATED + 0.0002, DATED + 0.02, DATED + 0.02]),
    "tshark-x": (stream(21, 53, 53), [None, None, None]),
    "ngrep-x": (datagrams(5, 25, 47), [DATED, DATED + 0.023331, DATED + 2]),
    "ngrep-x-tcp": (stream(17, 28, 28), [DATED + 0.0002, DATED + 0.02, DATED + 0.02]),
    "xxd": (datagrams(5, 27, 52), [None, None, None]),
    "hexdump-c": (datagrams(6, 29, 56), [None, None, None]),
}


@pytest.mark.parametrize("name", READ)
def test_fixture(name: str) -> None:
    messages, times = READ[name]
    wire = read_dump((DUMPS / f"{name}.txt").read_bytes(), "in1")
    assert wire is not None
    assert [row(p) for p in wire.packets] == messages
    assert [p.frame.time for p in wire.packets] == [t if t is None else pytest.approx(t, abs=2e-6) for t in times]
    assert all(p.frame.number is None and p.frame.input == "in1" for p in wire.packets)
    assert not any(p.cut for p in wire.packets)
    assert not wire.problems
    if times[0] is None:
        assert (wire.first_time, wire.last_time) == (None, None)


def test_every_fixture_is_read() -> None:
    assert set(READ) == {file.stem for file in DUMPS.glob("*.txt")}


@pytest.mark.parametrize(("name", "like"), [("ngrep-x", "tcpdump-text"), ("ngrep-x-tcp", "tcpdump-link-and-text")])
def test_rows_without_offsets_hold_the_same_octets(name: str, like: str) -> None:
    one, other = (read_dump((DUMPS / f"{dump}.txt").read_bytes(), "in1") for dump in (name, like))
    assert one is not None
    assert other is not None
    assert [p.data for p in one.packets] == [p.data for p in other.packets]


def test_a_packet_of_which_a_row_is_missing_is_no_packet() -> None:
    rows = (DUMPS / "xxd.txt").read_text("utf-8").splitlines(keepends=True)
    wire = read_dump("".join(rows[:10] + rows[11:]).encode(), "in1")
    assert wire is not None
    assert [row(p)[0] for p in wire.packets] == ["202", "NOTIFY"]


@pytest.mark.parametrize("name", ["tcpdump-text", "ngrep-x"])
def test_quoted_and_indented_by_a_mail_program(name: str) -> None:
    text = (DUMPS / f"{name}.txt").read_text("utf-8")
    quoted = "".join(f"> {line}\r\n" for line in text.splitlines())
    wire = read_dump(quoted.encode(), "in1")
    assert wire is not None
    assert [row(p) for p in wire.packets] == READ[name][0]


@pytest.mark.parametrize("year", ["1012", "2906"])
def test_a_clock_that_no_capture_can_have_is_none(year: str) -> None:
    text = (DUMPS / "ngrep-x.txt").read_text("utf-8").replace("2024/05/14", f"{year}/05/14", 1)
    wire = read_dump(text.encode(), "in1")
    assert wire is not None
    assert [p.frame.time for p in wire.packets] == [None] * 3


@pytest.mark.parametrize("text", ["", "0000 nothing", "0x0010:  4500 0134\n", "2024-05-14 10:22:31 INFO SIP\n" * 3])
def test_other_text_is_no_dump(text: str) -> None:
    assert not has_rows(text)
    assert read_dump(text.encode(), "in1") is None


ROW = st.builds(
    lambda offset, octets, tail: f"{offset:04x}  {octets.hex(' ')}   {tail}",
    st.integers(0, 80).map(lambda n: n * 16),
    st.binary(min_size=1, max_size=18),
    st.text(st.characters(max_codepoint=0x17F, exclude_characters="\r\n"), max_size=20),
)


@settings(deadline=None)
@given(st.lists(ROW, max_size=12).map("\n".join))
def test_whatever_the_rows_hold_nothing_is_raised(text: str) -> None:
    start = (DUMPS / "xxd.txt").read_text("utf-8")
    wire = read_dump(f"{start}\n{text}".encode("utf-8", "replace"), "in1")
    assert wire is not None
    assert len(wire.packets) >= 3


FRAME = "U 2024/05/14 10:22:31.149511 192.0.2.10:5060 -> {}:5060 #1\n"
BARE_ROW = st.builds(
    lambda one, two, gap, tail: f"  {one.hex(' ')}{' ' * gap}{two.hex(' ')}    {tail}",
    st.binary(max_size=9),
    st.binary(max_size=9),
    st.integers(0, 8),
    st.text(st.characters(max_codepoint=0x17F, exclude_characters="\r\n"), max_size=20),
)


@settings(deadline=None)
@given(
    st.lists(
        BARE_ROW | st.sampled_from([FRAME.format(host) for host in ("192.0.2.1", "2001:db8::1", "x")]), max_size=12
    )
)
def test_whatever_rows_without_offsets_hold_nothing_is_raised(lines: list[str]) -> None:
    start = (DUMPS / "ngrep-x.txt").read_text("utf-8")
    wire = read_dump("\n".join([start, *lines, ""]).encode("utf-8", "replace"), "in1")
    assert wire is not None
    assert len(wire.packets) >= 3


@pytest.mark.parametrize("name", ["xxd", "ngrep-x"])
@pytest.mark.parametrize(
    "line",
    [
        "0000  45 00\n",
        "0010  45 00\n",
        "0000  " + "45 " * 60 + "\n",
        "x" * 200 + "\n",
        "> " * 6 + "0000  4500\n",
        FRAME.format("192.0.2.1"),
        "  49 4e 56 49 54 45 20 73    69 70 3a 61 67 65 6e 74    INVITE sip:agent\n",
        FRAME.format("192.0.2.1") + "  49 4e 56\n",
        "U -> " * 30 + "\n",
    ],
)
def test_work_is_linear(line: str, name: str) -> None:
    start = (DUMPS / f"{name}.txt").read_bytes()

    def work(count: int) -> int:
        return steps(lambda: read_dump(start + line.encode() * count, "in1"))

    work(3)  # modules and caches
    once, twice, four = work(200), work(400), work(800)
    assert twice <= 2.2 * once + 300
    assert four <= 2.2 * twice + 300
