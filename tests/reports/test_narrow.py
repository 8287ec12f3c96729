"""A report about some of its calls keeps what is said of them, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.pipeline import examine
from sipdiag.reports.narrow import Choice, NothingChosenError, narrow, seconds
from sipdiag.reports.report import Report
from sipdiag.stages import Severity
from tests.support.pcap import pcap
from tests.support.scenario import packets
from tests.support.sent import Sent

TWO = """
call
agent -> caller REFER  Refer-To: <sip:2003@example.com>
caller -> agent 603 Decline
+5s legb: call agent -> caller
legb: agent -> caller REFER  Refer-To: <sip:2004@example.com>
legb: caller -> agent 404 Not Found
"""


def sent() -> list[Sent]:
    return [
        Sent(p.frame.time, p.source, p.destination, p.transport or "udp", p.data)
        for p in packets(TWO)
        if p.frame.time is not None and p.source is not None and p.destination is not None
    ]


@pytest.fixture
def report(tmp_path: Path) -> Report:
    file = tmp_path / "two.pcap"
    file.write_bytes(pcap(sent()))
    return examine([str(file)])


def test_one_transfer_is_kept_with_what_concerns_it(report: Report) -> None:
    assert [v.transfer.id for v in report.verdicts] == ["t1", "t2"]
    second = narrow(report, Choice(transfer=2))
    assert [v.transfer.id for v in second.verdicts] == ["t2"]
    assert {t for f in second.findings for t in f.transfers} <= {"t2"}
    assert second.counted(Severity.ERROR) >= 1
    assert second.counted(Severity.ERROR) < report.counted(Severity.ERROR)
    assert [c.id for c in second.calls] == [report.calls[1].id]


@pytest.mark.parametrize(
    "choice", [Choice(call="2"), Choice(since="4"), Choice(since="4", until="3600"), Choice(since="22:13:24")]
)
def test_calls_are_chosen_by_id_and_by_time(report: Report, choice: Choice) -> None:
    assert [v.transfer.id for v in narrow(report, choice).verdicts] == ["t2"]


def test_what_ended_before_is_left_out(report: Report) -> None:
    assert [v.transfer.id for v in narrow(report, Choice(until="1")).verdicts] == ["t1"]


def test_a_number_fits_by_its_last_digits(report: Report) -> None:
    user = next(n.uri.user for n in [report.calls[0].main.first.message.from_] if n is not None and n.uri is not None)
    assert len(narrow(report, Choice(number=user)).verdicts) == 2
    for wrong in ("12", "00000000"):
        with pytest.raises(NothingChosenError):
            narrow(report, Choice(number=wrong))


def test_nothing_chosen_keeps_all(report: Report) -> None:
    assert narrow(report, Choice()) is report


def test_a_time_before_the_first_message_is_one_of_the_next_day() -> None:
    assert seconds("00:00:01", 86_399.0) == 2.0
    with pytest.raises(NothingChosenError, match="is no time"):
        seconds("soon", 0.0)
