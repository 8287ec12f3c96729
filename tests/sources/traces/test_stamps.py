from __future__ import annotations

import pytest

from sipdiag.sources.traces.stamps import Stamp, dated, line_stamp, read_stamp


@pytest.mark.parametrize(
    ("text", "epoch"),
    [
        ("2024/05/14 10:22:31.149511 192.0.2.1", 1715682151.149511),
        ("2024-05-14T10:22:31.149Z", 1715682151.149),
        ("2024-05-14T12:22:31,149+02:00 x", 1715682151.149),
        ("2024-05-14 10:22:31:149 belle-sip", 1715682151.149),
        ("Tue May 14 2024 12:22:31 GMT+0200 (CEST)", 1715682151.0),
        ("May 14, 2024 10:22:31.149511000 UTC", 1715682151.149511),
        ("May 14 10:22:31 2024", 1715682151.0),
        ("[14/May/2024:10:22:31 +0000]", 1715682151.0),
        ("14/5/2024 10:22:31:149 (437 bytes)", 1715682151.149),
        ("time 1715682151.149511", 1715682151.149511),
        ("5/14 then 2024-05-14 10:22:31 PM", 1715725351.0),
    ],
)
def test_moment_with_year(text: str, epoch: float) -> None:
    assert dated([read_stamp(text)]) == [pytest.approx(epoch, abs=1e-6)]


@pytest.mark.parametrize(
    "text",
    ["May 14 10:22:31", "[Time:14-05@10:22:31]", "0514102231|sip  |0|", "05-14 10:22:31.000", "at 10:22:31.000:"],
)
def test_moment_without_year_counts_from_midnight(text: str) -> None:
    assert dated([read_stamp(text)]) == [37351.0]


@pytest.mark.parametrize(
    "text", ["192.0.2.1:5060", "25:00:00", "2024-02-31 10:00:00", "m=audio 11370", "00:0c:29:00:11:22", ""]
)
def test_no_moment(text: str) -> None:
    stamp = read_stamp(text)
    assert stamp is None or stamp.day is None


def test_only_the_beginning_of_a_log_line_tells_when() -> None:
    assert line_stamp("x" * 100 + " 10:22:31") is None


def test_midnight_rolls_over_forward() -> None:
    times = dated([Stamp(86_399.0), Stamp(1.0), Stamp(0.5), Stamp(86_398.0), Stamp(3.0)])
    assert times == [86_399.0, 86_401.0, 86_400.5, 86_398.0, 86_403.0]


def test_new_year_rolls_over_forward() -> None:
    first, second = read_stamp("Dec 31 23:59:59"), read_stamp("Jan 01 00:00:01")
    assert dated([first, second]) == [86_399.0, 86_401.0]


def test_time_of_day_goes_to_the_day_of_its_neighbours() -> None:
    day = read_stamp("2024-05-14 23:59:59")
    assert dated([Stamp(86_398.0), day, Stamp(1.0)]) == [1715731198.0, 1715731199.0, 1715731201.0]


def test_date_without_year_takes_the_year_of_its_neighbours() -> None:
    stamps = [read_stamp("2023-12-31 23:59:59"), read_stamp("Jan  1 00:00:01")]
    assert dated(stamps) == [1704067199.0, 1704067201.0]


def test_steps_add_up_from_zero_and_tell_nothing_beside_a_clock() -> None:
    assert dated([Stamp(step=0.5), None, Stamp(step=1.0)]) == [0.5, None, 1.5]
    assert dated([Stamp(step=0.5), Stamp(10.0)]) == [None, 10.0]
