"""What a platform's own record claims of a transfer: read in each vendor's words, and held against the wire.

The shapes are those of the vendors' documentation and SDKs (vapi-server-sdk 3.0.0, retell-sdk 6.2.13, livekit-protocol
1.1.29, twilio 9.13.0, elevenlabs 2.78.0); names, numbers and texts are made up.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sipdiag.pipeline import examine
from sipdiag.reports import text
from sipdiag.reports.report import Report
from sipdiag.reports.show import Show
from sipdiag.reports.words import summary
from tests.support.beside import recorded
from tests.support.scenario import play
from tests.support.tcp_call import tcp_capture

CALLER, AGENT, TARGET = "+15550100123", "+15550100171", "+15550100188"
Document = dict[str, Any]


def vapi(ended: str, tool: bool = True) -> Document:
    invoked = {"id": "t1", "type": "function", "function": {"name": "transferCall", "arguments": "{}"}}
    answered = {"role": "tool_call_result", "toolCallId": "t1", "name": "transferCall", "result": "Transfer initiated"}
    messages = [{"role": "tool_calls", "secondsFromStart": 12.0, "toolCalls": [invoked]}, answered]
    return {
        "id": "0c1", "orgId": "org", "type": "inboundPhoneCall", "phoneCallTransport": "sip", "status": "ended",
        "startedAt": "2026-09-01T10:00:00Z", "endedAt": "2026-09-01T10:01:00Z", "endedReason": ended, "assistantId": "a1",
        "customer": {"number": CALLER}, "phoneNumber": {"number": AGENT},
        "artifact": {"messages": messages if tool else []},
    }  # fmt: skip


def retell(reason: str, result: str | None = None) -> Document:
    turns: list[Document] = [
        {"role": "agent", "content": "One moment."},
        {"role": "tool_call_invocation", "tool_call_id": "x", "name": "to_support", "type": "transfer_call",
         "arguments": json.dumps({"number": TARGET})},
    ]  # fmt: skip
    if result is not None:
        turns.append({"role": "tool_call_result", "tool_call_id": "x", "content": result, "successful": False})
    return {
        "call_id": "call_1", "call_type": "phone_call", "call_status": "ended", "direction": "inbound", "from_number": CALLER,
        "to_number": AGENT, "start_timestamp": 1756720000000, "duration_ms": 60000, "disconnection_reason": reason,
        "transcript_with_tool_calls": turns,
    }  # fmt: skip


def livekit(status: str, reason: str, code: str | None = None) -> Document:
    told: Document = {
        "transfer_id": "TR_1", "sip_call_id": "SCL_1", "transfer_to": f"sip:{TARGET}@carrier.example",
        "transfer_status": status, "reason": reason, "transfer_initiated_at_ns": 1756720000000000000,
    }  # fmt: skip
    return told | ({"sip_status": {"code": code, "status": ""}} if code is not None else {})


def twilio(**callback: str) -> Document:
    return {"CallSid": "CA1", "From": CALLER, "To": AGENT, **callback}


def alert(code: str, words: str) -> Document:
    return {
        "sid": "NO1", "account_sid": "AC1", "error_code": code, "log_level": "error", "alert_text": words,
        "more_info": f"https://www.twilio.com/docs/errors/{code}", "resource_sid": "CA1",
        "date_created": "2026-09-01T10:00:00Z", "date_generated": "2026-09-01T10:00:00Z",
    }  # fmt: skip


def elevenlabs(result: Document, failed: bool = False) -> Document:
    call = {"type": "system", "request_id": "r1", "tool_name": "transfer_to_number", "tool_has_been_called": True,
            "params_as_json": json.dumps({"transfer_number": TARGET})}  # fmt: skip
    answer = {"type": "system", "request_id": "r1", "tool_name": "transfer_to_number", "result_value": json.dumps(result),
              "is_error": failed, "tool_has_been_called": True, "tool_latency_secs": 20.0, "result": result}  # fmt: skip
    phone = {"type": "sip_trunking", "direction": "inbound", "agent_number": AGENT, "external_number": CALLER,
             "call_sid": "SCL_1", "call_result": "answered"}  # fmt: skip
    return {
        "conversation_id": "conv_1", "agent_id": "ag", "status": "done",
        "metadata": {"start_time_unix_secs": 1756720000, "call_duration_secs": 60, "phone_call": phone},
        "transcript": [
            {"role": "agent", "message": "One moment.", "time_in_call_secs": 10, "tool_calls": [call], "tool_results": []},
            {"role": "agent", "message": None, "time_in_call_secs": 30, "tool_calls": [], "tool_results": [answer]},
        ],
    }  # fmt: skip


def refused(details: str) -> Document:
    return elevenlabs(
        {"result_type": "transfer_to_number_error", "error": "Failed to transfer the call", "details": details}, True
    )


SUCCESSES: dict[str, Document] = {
    "vapi": vapi("assistant-forwarded-call"),
    "vapi by a hook": vapi("call.ending.hook-executed-transfer"),
    "vapi by a hook without a tool": vapi("call.ringing.hook-executed-transfer", tool=False),
    "retell": retell("call_transfer"),
    "retell bridged": retell("transfer_bridged"),
    "livekit": livekit("STS_TRANSFER_SUCCESSFUL", "STR_COMPLETED", "SIP_STATUS_OK"),
    "twilio": twilio(ReferCallStatus="completed", ReferSipResponseCode="202", NotifySipResponseCode="200"),
    "elevenlabs": elevenlabs({"result_type": "transfer_to_number_sip_success", "transfer_number": TARGET}),
}
OUTBOUND = "call.in-progress.error-providerfault-outbound-sip-"
# name: the record, and what the report repeats of its words
FAILURES: dict[str, tuple[Document, str]] = {
    "vapi failed": (vapi("call.in-progress.error-transfer-failed"), "error-transfer-failed"),
    "vapi failed without a tool": (vapi("call.in-progress.error-transfer-failed", tool=False), "error-transfer-failed"),
    "vapi refused": (vapi(f"{OUTBOUND}403-forbidden"), "403-forbidden"),
    "vapi challenged": (vapi(f"{OUTBOUND}407-proxy-authentication-required"), "407-proxy"),
    "vapi timeout": (vapi(f"{OUTBOUND}408-request-timeout"), "408-request-timeout"),
    "vapi unavailable": (vapi(f"{OUTBOUND}480-temporarily-unavailable"), "480-temporarily"),
    "vapi server error": (vapi(f"{OUTBOUND}503-service-unavailable"), "503-service"),
    "vapi not connected": (vapi("call.in-progress.error-sip-outbound-call-failed-to-connect"), "failed-to-connect"),
    "vapi warm, cancelled": (vapi("call.in-progress.error-warm-transfer-assistant-cancelled"), "assistant-cancelled"),
    "vapi warm, too long": (vapi("call.in-progress.error-warm-transfer-max-duration"), "max-duration"),
    "vapi warm, silent": (vapi("call.in-progress.error-warm-transfer-silence-timeout"), "silence-timeout"),
    "vapi warm, no microphone": (vapi("call.in-progress.error-warm-transfer-microphone-timeout"), "microphone-timeout"),
    "vapi caller left before": (vapi("customer-ended-call-before-warm-transfer"), "before-warm-transfer"),
    "vapi caller left during": (vapi("customer-ended-call-during-transfer"), "during-transfer"),
    "vapi caller left after": (vapi("customer-ended-call-after-warm-transfer-attempt"), "after-warm-transfer-attempt"),
    "retell busy": (retell("user_hangup", "Transfer failed: the destination is busy"), "the destination is busy"),
    "retell no answer": (retell("agent_hangup", "Transfer failed: no answer"), "no answer"),
    "retell timeout": (retell("agent_hangup", "Transfer request timed out"), "timed out"),
    "retell routing": (retell("sip_routing_error"), "sip_routing_error"),
    "retell cancelled": (retell("transfer_cancelled"), "transfer_cancelled"),
    "livekit busy": (livekit("STS_TRANSFER_FAILED", "STR_REJECTED", "SIP_STATUS_BUSY_HERE"), "(SIP status 486)"),
    "livekit refused": (livekit("STS_TRANSFER_FAILED", "STR_REJECTED", "SIP_STATUS_FORBIDDEN"), "(SIP status 403)"),
    "livekit no answer": (livekit("STS_TRANSFER_FAILED", "STR_RINGING_TIMEOUT"), "str_ringing_timeout"),
    "twilio no NOTIFY": (twilio(ReferCallStatus="failed", ReferSipResponseCode="202"), "failed"),
    "elevenlabs timeout over UDP": (refused("sip status: 408: Request Timeout"), "sip status: 408: Request Timeout"),
    "elevenlabs timeout": (refused("request timed out"), "Failed to transfer the call: request timed out"),
}  # fmt: skip
# What the record tells of the steps, each apart: name: the record, its words, outcome and cause.
TOLD: dict[str, tuple[Document, str, str, str]] = {
    "vapi busy": (
        vapi("call.forwarding.operator-busy"), "operator-busy", "accepted-but-target-failed", "target-busy"),
    "vapi no answer": (
        vapi("call.forwarding.no-answer"), "no-answer", "accepted-but-target-failed", "target-no-answer"),
    "twilio busy": (
        twilio(ReferCallStatus="failed", ReferSipResponseCode="202", NotifySipResponseCode="486"),
        "(SIP status 486)", "accepted-but-target-failed", "target-busy"),
    "twilio nobody": (
        twilio(ReferCallStatus="no-answer", ReferSipResponseCode="202"),
        "no-answer", "accepted-but-target-failed", "target-no-answer"),
    "twilio refused": (
        twilio(ReferCallStatus="failed", ReferSipResponseCode="603"),
        "(SIP status 603)", "rejected", "refer-refused-by-policy"),
    "twilio trunk alert": (
        alert("32218", "SIP: Transfer not allowed"), "32218: SIP: Transfer not allowed", "rejected", "trunk-refer-disabled"),
    "twilio alerts": (
        {"alerts": [alert("11200", "HTTP retrieval failure"), alert("13802", "no referUrl")], "meta": {}},
        "13802: no referUrl", "rejected", "trunk-refer-disabled"),
    "elevenlabs busy": (
        refused("call transfer failed: sip status: 486: Busy Here"),
        "sip status: 486: Busy Here", "accepted-but-target-failed", "target-busy"),
    "elevenlabs no answer": (
        refused("call transfer failed: sip status: 480: Temporarily Unavailable"),
        "sip status: 480", "accepted-but-target-failed", "target-no-answer"),
    "elevenlabs declined": (
        refused("call transfer failed: sip status: 603: Decline"),
        "sip status: 603: Decline", "accepted-but-target-failed", "target-declined"),
    "livekit subscription": (
        livekit("STS_TRANSFER_FAILED", "STR_SUBSCRIPTION_TERMINATED"),
        "the REFER was accepted", "completed-but-broken", "subscription-ended-early"),
    "elevenlabs refused": (
        refused("SIP REFER failed with code 405"), "code 405", "rejected", "carrier-does-not-support-refer"),
}  # fmt: skip
SUCCEEDED_BUT_BUSY = """
    call
    agent -> caller REFER  Refer-To: <sip:+15550100188@carrier.example>
    caller -> agent 202 Accepted
    caller -> agent NOTIFY 486 Busy Here
    agent -> caller 200 OK
    agent -> caller BYE
    caller -> agent 200 OK
"""


def case(folder: Path, document: Document, capture: bytes | None = None) -> Report:
    (folder / "record.json").write_text(json.dumps(document))
    if capture is not None:
        (folder / "call.pcap").write_bytes(capture)
    return examine([str(folder)])


@pytest.mark.parametrize("name", FAILURES)
def test_a_record_alone_says_that_it_failed_and_in_which_words(name: str, tmp_path: Path) -> None:
    document, words = FAILURES[name]
    (verdict,) = case(tmp_path, document).verdicts
    assert verdict.outcome.value == "failed"
    assert verdict.cause is None
    assert words in summary(verdict, Show())


@pytest.mark.parametrize("name", TOLD)
def test_a_record_that_tells_the_steps_names_stage_and_cause(name: str, tmp_path: Path) -> None:
    document, words, outcome, cause = TOLD[name]
    (verdict,) = case(tmp_path, document).verdicts
    assert verdict.cause is not None
    assert (verdict.outcome.value, verdict.cause.check.id) == (outcome, cause)
    assert words in summary(verdict, Show())


@pytest.mark.parametrize("name", SUCCESSES)
def test_a_record_alone_proves_no_success(name: str, tmp_path: Path) -> None:
    (verdict,) = case(tmp_path, SUCCESSES[name]).verdicts
    assert verdict.outcome.value == "unknown"
    assert [c.succeeded for c in verdict.transfer.attempts] == []


@pytest.mark.parametrize("name", SUCCESSES)
def test_success_is_claimed_and_the_target_was_busy(name: str, tmp_path: Path) -> None:
    wire = recorded(list(play(SUCCEEDED_BUT_BUSY).packets))
    (verdict,) = case(tmp_path, SUCCESSES[name], wire).verdicts
    assert verdict.cause is not None
    assert (verdict.outcome.value, verdict.cause.check.id) == ("accepted-but-target-failed", "target-busy")
    told = [f.finding.plain for f in verdict.findings if f.check.id == "success-assumed-at-202"]
    assert told == ["the record says that the transfer succeeded, and the new call failed with 486"]


CONTRADICTED = {n: d for n, (d, *_) in (FAILURES | TOLD).items() if "alert" not in n and "without a tool" not in n}


@pytest.mark.parametrize("name", CONTRADICTED)
def test_failure_is_claimed_and_the_target_answered(name: str, tmp_path: Path) -> None:
    wire = recorded(list(play(SUCCEEDED_BUT_BUSY.replace("486 Busy Here", "200 OK")).packets))
    (verdict,) = case(tmp_path, CONTRADICTED[name], wire).verdicts
    assert verdict.outcome.value == "completed"
    told = [f for f in verdict.findings if f.check.id == "record-contradicts-wire"]
    assert {f.severity.slug for f in told} == {"warning"}
    assert "NOTIFY reported 200 OK, which the transferor took" in told[-1].finding.plain


def test_a_leg_that_is_no_sip_sent_no_refer(tmp_path: Path) -> None:
    (verdict,) = case(tmp_path, alert("13801", "Refer: the call leg is not SIP")).verdicts
    assert verdict.cause is not None
    assert (verdict.outcome.value, verdict.cause.check.id) == ("not-emitted", "call-leg-not-sip")


def test_a_timeout_is_claimed_and_the_connection_had_been_closed(tmp_path: Path) -> None:
    packets = list(play("transport tcp\ncall\n").packets)
    wire = tcp_capture(packets, "198.51.100.10", closed_after=33.0, until=60.0)
    report = case(tmp_path, refused("request timed out"), wire)
    (verdict,) = report.verdicts
    assert verdict.cause is not None
    assert (verdict.outcome.value, verdict.cause.check.id) == ("not-emitted", "signalling-connection-closed")
    shown = " ".join(text.render(report, Show()).split())
    assert (
        "no REFER was sent while the call stood; the record says: Failed to transfer the call: request timed out"
        in shown
    )
    assert "the last data on it, 33 s before it was closed" in shown
