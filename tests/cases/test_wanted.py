"""In a large capture, a call without REFER is read where a record or an option asks about it."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest

from sipdiag.options import Options
from sipdiag.pipeline import examine
from sipdiag.reports.report import Report
from sipdiag.sources.captures import Limits, reader
from sipdiag.stages import Outcome
from tests.support.frames import ethernet, ip, pcap, udp

CALLS = 30


@pytest.fixture(autouse=True)
def _small_captures_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "Limits", functools.partial(Limits, all_below=10))


def call(number: int) -> list[bytes]:
    """A call of +1555010NNNN to +4420700000NN that is answered and ended by the one called."""

    def message(start: str, cseq: str, ends: tuple[str, str]) -> bytes:
        lines = [
            start,
            f"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{number}{cseq.replace(' ', '')}",
            f"From: {ends[0]}",
            f"To: {ends[1]}",
            f"Call-ID: call-{number}-of-many",
            f"CSeq: {cseq}",
            f"X-Conversation: conversation-{number:04}",
            "Content-Length: 0",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    caller, callee = f"<sip:+1555010{number:04}@a.example>;tag=f", f"<sip:+442070000{number:03}@b.example>"
    said = [
        message(f"INVITE sip:+442070000{number:03}@b.example SIP/2.0", "1 INVITE", (caller, callee)),
        message("SIP/2.0 200 OK", "1 INVITE", (caller, f"{callee};tag=t")),
        message("ACK sip:b.example SIP/2.0", "1 ACK", (caller, f"{callee};tag=t")),
        message("BYE sip:a.example SIP/2.0", "1 BYE", (f"{callee};tag=t", caller)),
        message("SIP/2.0 200 OK", "1 BYE", (f"{callee};tag=t", caller)),
    ]
    to, back = ("192.0.2.1", "198.51.100.2"), ("198.51.100.2", "192.0.2.1")
    return [ethernet(ip(udp(m), 17, *ends)) for m, ends in zip(said, (to, back, to, back, to), strict=True)]


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    file = tmp_path / "call.pcap"
    file.write_bytes(pcap([frame for n in range(CALLS) for frame in call(n)], step=10))
    return file


def asked(report: Report) -> list[tuple[Outcome, tuple[str, ...]]]:
    return [(v.outcome, v.transfer.call.call_ids if v.transfer.call else ()) for v in report.verdicts]


def test_nothing_is_asked(capture: Path) -> None:
    report = examine([str(capture)], Options())
    assert (report.verdicts, report.calls, report.calls_total) == ((), (), CALLS)


def test_the_call_that_was_expected_to_be_transferred(capture: Path) -> None:
    report = examine([str(capture)], Options(expect_call="call-17-of-many"))
    assert asked(report) == [(Outcome.NOT_EMITTED, ("call-17-of-many",))]


def test_no_call_of_that_name(capture: Path) -> None:
    report = examine([str(capture)], Options(expect_call="call-99-of-many"))
    assert "--expect-transfer names no call of this case: call-99-of-many" in report.notes


def test_which_of_many_is_not_guessed(capture: Path) -> None:
    report = examine([str(capture)], Options(expect_transfer=True))
    assert [v.outcome for v in report.verdicts] == [Outcome.UNKNOWN]
    assert report.notes == (
        f"{CALLS} calls were only counted; name the one that was to be transferred with --expect-transfer=CALL-ID",
    )


@pytest.mark.parametrize("named", ["id", "numbers"])
def test_the_call_of_a_record(capture: Path, named: str) -> None:
    phone = {"external_number": "+15550100021", "agent_number": "+442070000021", "direction": "inbound"}
    if named == "id":
        phone = {"call_sid": "conversation-0021", "direction": "inbound"}
    record = {
        "conversation_id": "conv_1",
        "agent_id": "agent_1",
        "status": "done",
        "transcript": [
            {
                "role": "agent",
                "message": "I will transfer you",
                "tool_calls": [
                    {
                        "tool_name": "transfer_to_number",
                        "params_as_json": '{"transfer_number": "+442079460000"}',
                        "type": "system",
                    }
                ],
                "tool_results": [
                    {"tool_name": "transfer_to_number", "result_value": "Failed to transfer the call", "is_error": True}
                ],
            }
        ],
        "metadata": {"start_time_unix_secs": 1_700_000_000 + 21 * 50, "phone_call": {"type": "sip_trunking", **phone}},
    }
    (capture.parent / "conversation.json").write_text(json.dumps(record))
    report = examine([str(capture), str(capture.parent / "conversation.json")], Options())
    assert asked(report) == [(Outcome.NOT_EMITTED, ("call-21-of-many",))]
