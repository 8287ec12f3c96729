"""Event logs of hosted platforms, under whatever keys they use."""

from __future__ import annotations

import json

import pytest

from sipdiag.facts.record import CallRecord
from sipdiag.platforms import adapt
from sipdiag.sources.documents import read_document
from tests.support.adapted import adapted


def log(*events: object) -> CallRecord:
    (record,) = adapted("\n".join(json.dumps(e) for e in events), name="app.log").records
    return record


CALL = {"type": "tool_call", "name": "transfer_call", "arguments": {"number": "+12025550150"}}
RESULT = {"type": "tool_result", "name": "transfer_call"}


@pytest.mark.parametrize(
    "event",
    [
        {"t": 4, "type": "tool_call", "name": "transfer_call", "arguments": {"number": "+12025550150"}},
        {"t": 4, "tool_call": {"name": "transfer", "params": {"transfer_number": "+12025550150"}}},
        {"t": 4, "toolCalls": [{"function": {"name": "transferCall", "arguments": '{"destination": "+12025550150"}'}}]},
        {"t": 4, "event": "function_call", "function": "hand_off", "input": {"to": {"number": "+12025550150"}}},
        {"t": 4, "method": "POST", "url": "https://api.example/v1/calls/1/transfer", "body": {"to": "+12025550150"}},
        {"t": 4, "type": "api.request", "api": "TransferSIPParticipant", "request": {"transfer_to": "+12025550150"}},
    ],
)
def test_an_attempt_is_found(event: object) -> None:
    record = log({"t": 0, "type": "call_started", "call_id": "abcdef123"}, event)
    (call,) = record.calls
    assert (str(call.destination), call.at, call.succeeded) == ("+12025550150", 4.0, None)
    assert record.ids == ("abcdef123",)


@pytest.mark.parametrize(
    ("result", "succeeded", "status", "refused"),
    [
        ({"ok": False, "content": "no permission to perform the transfer"}, False, None, True),
        ({"is_error": True, "result": "No transfer rule matches"}, False, None, False),
        ({"success": True}, True, None, False),
        ({"error": "sip status: 603 Decline"}, False, 603, False),
        ({"sip_status_code": 202}, True, 202, False),
        ({"http_status": 403, "message": "missing scope"}, False, None, True),
        ({"status": "failed"}, False, None, False),
        ({"content": "transfer queued"}, None, None, False),
    ],
)
def test_a_result_says_what_became_of_it(
    result: dict[str, object], succeeded: bool | None, status: int | None, refused: bool
) -> None:
    record = log(CALL, RESULT | result)
    (call,) = record.calls
    assert (call.succeeded, call.status, call.refused) == (succeeded, status, refused)
    assert record.transfer_failed == (None if succeeded is None else not succeeded)


def test_results_are_matched_by_id() -> None:
    record = log(
        {"type": "tool_call", "id": "b", "name": "transfer_call", "arguments": {"to": "1"}},
        {"type": "tool_call", "id": "c", "name": "transfer_call", "arguments": {"to": "2"}},
        {"type": "tool_result", "id": "b", "ok": True},
        {"type": "tool_result", "id": "c", "ok": False},
    )
    assert [(str(c.destination), c.succeeded) for c in record.calls] == [("1", True), ("2", False)]


def test_times_count_from_the_start_of_the_call() -> None:
    record = log(
        {"ts": "2026-02-03T09:14:00Z", "type": "call_started"},
        CALL | {"ts": "2026-02-03T09:14:02Z"},
        RESULT | {"ts": "2026-02-03T09:14:03.5Z", "ok": False},
    )
    assert (record.start, record.calls[0].at, record.calls[0].latency) == (1770110040.0, 2.0, 1.5)


def test_a_tool_with_any_name_counts_when_its_result_speaks_of_a_transfer() -> None:
    asked = {"type": "tool_call", "name": "front_desk", "arguments": {}}
    record = log(asked, {"type": "tool_result", "name": "front_desk", "ok": False, "content": "Transfer failed"})
    assert len(record.calls) == 1
    assert not log(asked, {"type": "tool_result", "name": "front_desk", "ok": True}, CALL).calls[1:]


def test_words_of_the_agent_and_notes_about_sip() -> None:
    record = log(
        {"role": "user", "message": "I am transferring you money"},
        {"role": "agent", "message": "One moment, I'm connecting you to a colleague."},
        {"type": "sip_log", "note": "no outbound REFER for this call"},
    )
    assert [str(w) for w in record.announced] == ["One moment, I'm connecting you to a colleague."]
    assert str(record.states_no_refer) == "no outbound REFER for this call"
    assert record.states_no_refer.where is not None
    assert record.states_no_refer.where.line == 3


@pytest.mark.parametrize(
    "text", ['{"a": 1}\n{"b": 2}', '[{"type": "order", "message": "hi"}]', '{"ts": 1, "level": "info"}']
)
def test_other_json_is_no_event_log(text: str) -> None:
    assert adapt(read_document(text.encode(), "x.log", "in1"), "x.log", "in1") is None


def test_a_request_is_known_by_its_destination_and_the_error_behind_it_answers() -> None:
    record = log(
        {"ts": "2026-03-01T10:00:00Z", "level": "info", "msg": "participant joined", "identity": "agent-7"},
        {"ts": "2026-03-01T10:00:02Z", "level": "info", "msg": "asked", "request": {"transfer_to": "tel:+12025550150"}},
        {"ts": "2026-03-01T10:00:03Z", "level": "error", "msg": "TwirpError", "message": "no such participant agent-7"},
    )
    (call,) = record.calls
    assert (str(call.destination), call.at, call.succeeded) == ("tel:+12025550150", 2.0, False)
    assert str(call.result) == "no such participant agent-7"


def test_a_tool_transfers_where_a_rule_has_its_name() -> None:
    record = log(
        {"t": 1, "type": "tool_call", "name": "to_office", "arguments": {"number": "front desk"}},
        {"t": 2, "type": "tool_result", "name": "to_office", "ok": False, "content": "Invalid phone number"},
        {"t": 3, "type": "tool_call", "name": "weather", "arguments": {}},
    )
    assert record.calls == ()
    known = record.knowing({"to_office"})
    assert [(str(c.name), str(c.destination), c.succeeded) for c in known.calls] == [("to_office", "front desk", False)]
    assert [str(c.name) for c in known.others] == ["weather"]
    assert known.transfer_failed is True
    assert record.knowing({"other"}) is record


def test_the_words_of_an_answer_are_found_in_its_body() -> None:
    asked = {
        "type": "api.request",
        "method": "POST",
        "url": "https://api.example/calls/rtc_1/refer",
        "body": {"target_uri": "tel:+12025550150"},
    }
    record = log(
        asked, {"type": "api.response", "status": 500, "body": {"error": {"message": "Internal server error"}}}
    )
    (call,) = record.calls
    assert (call.succeeded, str(call.result)) == (False, "Internal server error")
    assert not call.told
