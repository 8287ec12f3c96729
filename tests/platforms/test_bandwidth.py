"""Bandwidth: its <Refer>, which is near to that of TwiML, and what it says of one that has ended."""

import pytest

from tests.support.adapted import adapted, only_record

CALL = "eventType: referComplete, callId: c-1, from: '+15550100123', to: 'sip:desk@example.com'"


@pytest.mark.parametrize(
    ("codes", "failed", "answer", "report"),
    [
        ("referCallStatus: success, referSipResponseCode: 202, notifySipResponseCode: 200", False, 202, 200),
        ("referCallStatus: success", False, None, None),
        ("referCallStatus: failure, referSipResponseCode: 405", True, 405, None),
        ("referCallStatus: failure, referSipResponseCode: 202, notifySipResponseCode: 486", True, 202, 486),
        ("referCallStatus: failure, referSipResponseCode: 202", True, 202, None),
        ("referCallStatus: later", None, None, None),
    ],
)
def test_the_codes_tell_the_stage(codes: str, failed: bool | None, answer: int | None, report: int | None) -> None:
    record = only_record(f"{{{CALL}, {codes}}}")
    (attempt,) = record.calls
    assert (record.platform, record.transfer_failed, record.ids) == ("bandwidth", failed, ("c-1",))
    assert (attempt.told.answer.value, attempt.told.report.value) == (answer, report)


def test_a_list_of_callbacks_is_read() -> None:
    found = adapted(f"[{{{CALL}, referCallStatus: success}}, {{{CALL}, referCallStatus: failure}}]")
    assert [r.transfer_failed for r in found.records] == [False, True]
