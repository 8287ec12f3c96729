"""What a diagnosis needs of logs and records, and what tells nobody's name, stays as it is."""

from __future__ import annotations

import json
import re

import pytest

from sipdiag.redaction import Mode, Redactor
from sipdiag.redaction.files import redact_file
from sipdiag.redaction.verify import search
from sipdiag.sources.traces import read_trace
from tests.support.hostile import call

KEY = bytes(range(32))


def test_a_log_that_begins_with_a_bracket_is_no_configuration() -> None:
    """Its header fields are redacted as such: a Call-ID stays one wherever it stands."""
    sent = call(0)
    log = "".join(
        f"[14:03:{n:02} DBG] Request received: udp:{s.source}->udp:{s.destination}\n[14:03:{n:02} DBG] {s.text}\n"
        for n, s in enumerate(sent)
    ).replace("\r\n", "\n")
    done = redact_file(log.encode(), "app.log", Redactor(KEY))
    assert done.kind == "trace"
    trace = read_trace(done.data, "in1")
    assert trace is not None
    assert len(trace.wire.packets) == len(sent)


@pytest.mark.parametrize("mode", [Mode.ON, Mode.STRICT])
def test_messages_of_a_dump_without_a_date_keep_their_distances(mode: Mode) -> None:
    sent = call(0)
    dump = "".join(
        f"10:00:{n:02}.500000 IP {s.source.host}.5060 > {s.destination.host}.5060: SIP\nE..{s.text}\n"
        for n, s in enumerate(sent)
    ).replace("\r\n", "\n")
    before = read_trace(dump.encode(), "in1")
    after = read_trace(redact_file(dump.encode(), "tcpdump.txt", Redactor(KEY, mode)).data, "in1")
    assert before is not None
    assert after is not None
    times = [[p.frame.time for p in t.wire.packets] for t in (before, after)]
    assert [t is not None for t in times[1]] == [True] * len(sent)
    steps = [[(t or 0) - (row[0] or 0) for t in row] for row in times]
    assert steps[0] == steps[1]


@pytest.mark.parametrize("written", ["+12ms", "+1s", "took 350ms", "in 2m"])
def test_how_long_something_took_stays(written: str) -> None:
    assert Redactor(KEY).text(written) == written


@pytest.mark.parametrize("written", ["user 12ms", "1001x"])
def test_what_only_looks_like_it_does_not(written: str) -> None:
    redactor = Redactor(KEY)
    redactor.pseudonyms.name("12ms")
    assert redactor.text(written) != written


@pytest.mark.parametrize(
    "written",
    ['"error_code": "13801"', "ErrorCode=13801&x=1", '"code": 603', '"hangup_code": 50003', "error code: 34002"],
)
def test_the_number_of_an_error_stays(written: str) -> None:
    assert Redactor(KEY).document("{" + written + "}") == "{" + written + "}"


@pytest.mark.parametrize(
    "written", ['"area_code": "13801"', '"pin_code": "13801"', "code 13801", '"access_code": 13801']
)
def test_other_codes_do_not(written: str) -> None:
    assert "13801" not in Redactor(KEY).document("{" + written + "}")


def test_a_type_that_nobody_knows_stays_and_is_no_leak() -> None:
    """It may name a setting as well, where nothing tells that it is a word of the format."""
    text = json.dumps({"type": "zzquux", "zzquux": {"x": 1}})
    redactor = Redactor(KEY)
    done = redactor.document(text)
    assert json.loads(done)["type"] == "zzquux"
    search(done.encode(), redactor.ledger, "document")


def test_a_type_that_is_somebodys_name_does_not() -> None:
    redactor = Redactor(KEY)
    redactor.pseudonyms.name("Featherstone")
    assert "Featherstone" not in redactor.document('{"provider": "Featherstone"}')


def test_both_ends_of_a_trace_of_avaya_are_replaced_and_stay_readable() -> None:
    sent = call(0)
    log = "".join(
        f"14/03/2026 10:00:{n:02}.500 -->\ningress: {{ L{s.destination}/R{s.source}/UDP/0x1f }}\n{s.text}\n"
        for n, s in enumerate(sent)
    ).replace("192.0.2.", "93.184.216.")
    done = redact_file(log.encode(), "trace.log", Redactor(KEY))
    trace = read_trace(done.data, "in1")
    assert b"93.184.216." not in done.data
    assert trace is not None
    assert all(p.source and p.destination for p in trace.wire.packets)


def test_octets_written_as_numbers_are_redacted_as_text() -> None:
    """As the journal writes a message, for the CR in it."""
    lines = "".join(json.dumps({"MESSAGE": list(s.data)}) + "\n" for s in call(0))
    done = redact_file(lines.encode(), "journal.json", Redactor(KEY))
    assert b"[8" not in done.data
    trace = read_trace(done.data, "in1")
    assert trace is not None
    assert len(trace.wire.packets) == len(call(0))


def test_a_link_to_an_address_is_redacted_as_the_address() -> None:
    text = "".join(f"{s.text}\n" for s in call(0)).replace("\r\n", "\n")
    linked = re.sub(r"([\w.+-]+@[\w.-]+)", r"<mailto:\1|\1>", text)
    assert (
        redact_file(linked.encode(), "a.txt", Redactor(KEY)).data
        == redact_file(text.encode(), "a.txt", Redactor(KEY)).data
    )
