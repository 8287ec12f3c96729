"""A log that writes a message on one line, and cuts lines that are too long, lacks what it lacks and proves nothing by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.pipeline import examine
from sipdiag.sources.traces import read_trace
from sipdiag.stages import Severity
from tests.support.exchange import LOCAL, exchange
from tests.support.render import FORMATS
from tests.support.scenario import perform, statements

LOG = FORMATS["application-log/kamailio"].write(exchange(), LOCAL)
CALL = """call
agent -> caller REFER  Refer-To: <sip:2003@example.com>
caller -> agent 202 Accepted
caller -> agent NOTIFY 200 OK
agent -> caller 200 OK
agent -> caller BYE
caller -> agent 200 OK
"""


def shortened(longest: int) -> str:
    return "".join(f"{line[:longest]}\n" for line in LOG.splitlines())


def test_a_message_that_was_cut_is_marked() -> None:
    trace = read_trace(shortened(600), "in1")
    assert trace is not None
    whole = [len(line) <= 600 for line in LOG.splitlines()]
    assert [not p.cut for p in trace.wire.packets] == whole
    assert {True, False} == set(whole)


def test_nothing_is_cut_in_lines_that_are_whole() -> None:
    trace = read_trace(LOG, "in1")
    assert trace is not None
    assert not any(p.cut for p in trace.wire.packets)


@pytest.mark.parametrize("longest", range(250, 700, 25))
def test_nobody_is_blamed_for_what_was_cut_off(longest: int, tmp_path: Path) -> None:
    lines = []
    for p in perform(statements(CALL)).packets:
        text = p.data.decode().replace("\r\n", "#015#012")
        lines.append(f"Mar 11 14:07:52 sbc kamailio[7]: INFO: sent udp {p.source} -> {p.destination} message: {text}")
    file = tmp_path / "syslog"
    file.write_text("".join(f"{line[:longest]}\n" for line in lines))
    report = examine([str(file)])
    assert not [f.check.id for v in report.verdicts for f in v.findings if f.severity is Severity.ERROR]


def test_it_is_said_which_messages_were_cut(tmp_path: Path) -> None:
    file = tmp_path / "syslog"
    file.write_text(shortened(600))
    (read,) = examine([str(file)]).inputs
    assert any("was not read: message cut off" in problem for problem in read.problems)
