"""Where a snap length cut the messages off, a report does not say that there was no call and no transfer."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from sipdiag.cli import app

FIXTURES = Path(__file__).parents[2] / "fixtures"
CUT = FIXTURES / "captures" / "recorded" / "baresip-snap-length-256.pcap"


def test_a_capture_of_which_only_beginnings_are_left_tells_what_was_not_read() -> None:
    said = CliRunner().invoke(app, ["diagnose", str(CUT)]).stdout
    assert "No call could be read: calls and transfers may be in the 38 messages cut off" in said
    assert "frame 10 and 1 more: a REFER was not read: message cut off" in said
    assert "an INVITE was not read" in said


def test_beside_a_call_that_was_read_no_transfer_is_denied() -> None:
    cut = FIXTURES / "evidence" / "capture-lossy--one-message-cut.pcap"
    said = CliRunner().invoke(app, ["diagnose", str(cut)]).stdout
    assert "no transfer was seen in it" in said
    assert "was asked for" not in said
    assert "cut off too early to be read" in said


def test_a_whole_capture_is_told_of_as_before() -> None:
    whole = FIXTURES / "verdicts" / "elevenlabs-handed-to-another-agent"
    said = CliRunner().invoke(app, ["diagnose", str(whole)]).stdout
    assert "no transfer was asked for in it" in said
    assert "cut off" not in said
