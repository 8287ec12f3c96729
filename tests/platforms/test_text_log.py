"""Plain logs of applications: what their lines say of transfers becomes a record, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.facts.record import CallRecord
from sipdiag.pipeline import examine
from sipdiag.platforms import adapt
from sipdiag.platforms.transfer_words import statement
from sipdiag.sources.documents.read_log import read_log
from sipdiag.stages import Outcome
from tests.support.steps import steps


def records(text: str) -> tuple[CallRecord, ...]:
    node = read_log(text, "in1")
    adapted = adapt(node, "app.log", "in1") if node is not None else None
    return adapted.records if adapted is not None else ()


FAILED = """\
2026-05-14 10:22:29,101 INFO agent: call call-777777 connected
2026-05-14 10:22:30,101 INFO agent: transferring call call-777777 to +4930123456
2026-05-14 10:22:33,900 ERROR agent: transfer to +4930123456 failed: 603
2026-05-14 10:22:33,901 ERROR agent: Traceback (most recent call last):
TwirpError: failed to transfer call: sip status: 603 Decline
2026-05-14 10:22:34,001 INFO agent: call call-777777 ended
"""


def test_a_request_and_its_failure_are_one_attempt() -> None:
    (record,) = records(FAILED)
    (attempt,) = record.calls
    assert str(attempt.destination) == "+4930123456"
    assert attempt.at == pytest.approx(1.0)
    assert attempt.latency == pytest.approx(3.799)
    assert (attempt.succeeded, attempt.status) == (False, 603)
    assert attempt.where.line == 2
    assert attempt.result.where is not None
    assert attempt.result.where.line == 3
    assert record.transfer_failed is True
    assert record.duration == pytest.approx(4.9)


def test_the_report_says_what_only_the_record_says(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text(FAILED, "utf-8")
    report = examine([str(log)])
    (verdict,) = report.verdicts
    assert verdict.outcome is Outcome.FAILED
    assert verdict.cause is None
    assert (report.inputs[0].kind, report.inputs[0].format) == ("record", "text-log")


def test_a_second_try_is_a_second_attempt() -> None:
    (record,) = records(
        FAILED + "2026-05-14 10:22:40 INFO agent: transferring call to sip:500@pbx.example\n"
        "2026-05-14 10:22:42 INFO agent: call transfer completed\n"
    )
    assert [(str(a.destination), a.succeeded) for a in record.calls] == [
        ("+4930123456", False),
        ("sip:500@pbx.example", True),
    ]
    assert record.transfer_failed is False


def test_calls_that_a_log_tells_apart_are_records_of_their_own() -> None:
    found = records(
        "10:22:30 INFO call_id=aaaa-1111 transferring call to +4930123456\n"
        "10:22:31 INFO call_id=bbbb-2222 transferring call to +4930999999\n"
        "10:22:33 ERROR call_id=aaaa-1111 transfer failed: 486 Busy Here\n"
        "10:22:34 INFO call_id=bbbb-2222 transfer succeeded\n"
    )
    assert [(r.id, r.calls[0].succeeded, r.calls[0].status) for r in found] == [
        ("aaaa-1111", False, 486),
        ("bbbb-2222", True, None),
    ]


def test_words_of_the_agent_announce_and_ask_nothing() -> None:
    (record,) = records("10:22:30 INFO assistant: One moment, I'm transferring you now.\n10:22:50 INFO call ended\n")
    assert [str(a) for a in record.announced] == ["10:22:30 INFO assistant: One moment, I'm transferring you now."]
    assert record.calls == ()


SAID = {
    "2024-05-14 10:22:33 ERROR livekit.agents failed to transfer SIP participant to tel:+15551230001": ("failed", None),
    "Channel PJSIP/trunk-00000001: transfer failed with 403": ("failed", 403),
    "SIP REFER rejected: 405 Method Not Allowed": ("failed", 405),
    '-- Executing [s@ivr:3] Transfer("PJSIP/a-00000001", "PJSIP/1002@trunk") in new stack': ("asked", None),
    "EXECUTE [depth=0] sofia/internal/1000@pbx.example deflect(sip:1002@pbx.example)": ("asked", None),
    "sending REFER to sip:500@pbx.example for call c-1": ("asked", None),
    "blind transfer of call 7 timed out after 30 s": ("failed", None),
    "call 7 successfully transferred to extension 500": ("succeeded", None),
}


@pytest.mark.parametrize("words", SAID)
def test_plain_statements(words: str) -> None:
    said = statement(words)
    assert said is not None
    assert (said.kind, said.status) == SAID[words]


@pytest.mark.parametrize(
    "words",
    [
        "file transfer failed for call recording 7",
        "if the transfer fails, the agent says sorry to the caller",
        "loaded transfer rules for agent sales: 3",
        "Transfer-Encoding: chunked, call 7",
        "REFER accepted (202) for call 7",
        "the caller prefers a transfer",
        "please refer to the documentation of the call API, request failed",
        "no transfer was requested in this call",
        "transfer of 14 MB completed",
        "money transfer failed, caller asks for an agent",
        "the agent can transfer the call when asked",
    ],
)
def test_what_is_no_statement_about_a_call(words: str) -> None:
    assert statement(words) is None
    assert records(f"10:22:30 INFO {words}\n") == ()


@pytest.mark.parametrize(
    "text", ["", "a letter about a transfer of a call that failed\n", "10:22:30 INFO nothing of it\n"]
)
def test_other_text_is_no_log(text: str) -> None:
    assert read_log(text, "in1") is None


@pytest.mark.parametrize(
    "line",
    [
        "10:22:30 INFO transferring call to +4930123456\n",
        "10:22:30 INFO " + "transfer " * 40 + "\n",
        "10:22:30 INFO call_id=a{n}-1111 transfer failed\n",
        "10:22:30 " + "call to sip:" * 30 + "\n",
        "transfer\n",
    ],
)
def test_work_is_linear(line: str) -> None:
    def work(count: int) -> int:
        text = "10:22:30 INFO transfer\n" + "".join(line.replace("{n}", str(n)) for n in range(count))
        return steps(lambda: records(text))

    work(3)  # modules and caches
    once, twice, four = work(50), work(100), work(200)
    assert twice <= 2.2 * once + 500
    assert four <= 2.2 * twice + 500


def test_an_error_of_the_request_to_refer_is_a_failure_and_its_http_status_no_sip_status() -> None:
    said = statement("ERROR agent: refer failed: HTTP 500 Internal Server Error (call rtc_1)")
    assert said is not None
    assert (said.kind, said.status, bool(said.told)) == ("failed", None, False)
    assert statement("please refer to the call manual, it returned an error") is None
