"""What cannot be read is said: which connections, whose, how they went, and how to get at them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sipdiag.model.encrypted import opened_elsewhere, unread_connections
from sipdiag.options import Options
from sipdiag.pipeline import examine
from sipdiag.places import Frame
from sipdiag.raw import Packet, Wire
from sipdiag.reports.words import nothing_seen
from sipdiag.sources.captures import read_capture
from sipdiag.sources.inputs import Reading

LAB = Path(__file__).parents[2] / "fixtures" / "captures" / "lab"
TLS = LAB / "s03-tls-with-keylog-complete.pcapng"


def test_a_capture_of_tls_is_no_capture_without_transfers() -> None:
    report = examine([str(TLS)])
    told = report.inputs[0].problems
    assert told[:2] == (
        "frame 1: 203.0.113.5:47202 to 203.0.113.10:5061 runs inside TLS 1.2 (certificate of 203.0.113.5), was set up, "
        "carried its last data after 2.7 s, was open at the end",
        "frame 16: 203.0.113.10:44244 to 203.0.113.5:5061 runs inside TLS 1.2 (certificate of 203.0.113.5), was set up, "
        "carried its last data after 0.1 s, was open at the end",
    )
    assert "--keylog" in told[2]
    assert not report.inputs[0].failed


def test_a_failed_handshake_needs_no_keys() -> None:
    told = unread_connections(read_capture(LAB / "s22-tls-expired-certificate.pcap", "in1"))
    assert told
    assert "with the alert" in told[0]
    assert not any("--keylog" in line for line in told)


def test_nothing_is_said_of_what_was_read_or_has_nothing_to_do_with_sip() -> None:
    wire = read_capture(TLS, "in1")
    opened = [replace(c, messages=3) for c in wire.connections]
    assert unread_connections(replace(wire, connections=tuple(opened))) == ()
    web = [replace(c, server=replace(c.server, port=443)) for c in wire.connections]
    clear = read_capture(LAB / "s08-refer-603.pcap", "in1")
    elsewhere = tuple(
        replace(c, client=replace(c.client, host="192.0.2.90"), server=replace(c.server, host="192.0.2.91"))
        for c in web
    )
    assert unread_connections(replace(clear, connections=elsewhere)) == ()


def test_many_are_counted() -> None:
    wire = read_capture(TLS, "in1")
    told = unread_connections(replace(wire, connections=wire.connections * 10))
    assert len(told) == 7
    assert told[5] == "15 more connections inside TLS were not read"


def test_what_another_input_tells_with_frame_numbers_was_read() -> None:
    wire = read_capture(TLS, "in1")
    first = wire.connections[0]
    sent = Packet(b"", Frame("in2", number=12), first.server, first.client, "tls")
    logged = replace(sent, frame=Frame("in3", line=4))
    (_, one), _, _ = opened_elsewhere([("in1", wire), ("in2", Wire((sent,))), ("in3", Wire((logged,)))])
    assert [c.messages for c in one.connections] == [1, 0]
    assert len(unread_connections(one)) == len(unread_connections(wire)) - 1
    (_, same), _ = opened_elsewhere([("in1", wire), ("in3", Wire((logged,)))])
    assert same == wire, "an endpoint's log may leave messages out"


def test_no_report_says_that_nothing_was_there_where_something_was_closed() -> None:
    report = examine([str(TLS)])
    assert report.inputs[0].unread == 2
    assert nothing_seen(report) == "No call could be read: calls and transfers may be in 2 connections inside TLS."
    failed = examine([str(LAB / "s22-tls-expired-certificate.pcap")])
    assert failed.inputs[0].unread == 0  # its handshake failed: nothing was sent in it
    assert nothing_seen(failed) == "No call and no transfer in these inputs."
    clear = examine([str(LAB / "s14-cancelled-before-answer.pcap"), str(TLS)])
    assert not clear.verdicts
    assert "More calls, and transfers, may be in 2 connections inside TLS" in nothing_seen(clear)


def test_keys_that_open_nothing_are_said_to() -> None:
    wire = read_capture(TLS, "in1")
    assert not any("keys that were given" in line for line in unread_connections(wire))
    assert any("keys that were given open none" in line for line in unread_connections(wire, keys_given=True))


def test_without_tshark_what_is_in_clear_is_read_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text("CLIENT_RANDOM 00 00\n", "utf-8")
    monkeypatch.setenv("PATH", str(tmp_path))
    report = examine([str(TLS)], Options(reading=Reading(keylog=keys)))
    assert not report.inputs[0].failed
    assert any("tshark" in line and "install" in line for line in report.inputs[0].problems)
    assert any(line.startswith("frame 1: ") for line in report.inputs[0].problems)
