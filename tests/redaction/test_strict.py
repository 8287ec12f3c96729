"""`--redact strict` drops countries, ports and times of day as well, and the diagnosis stays the same."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from sipdiag.cli import app
from sipdiag.pipeline import Options, examine
from sipdiag.raw import Endpoint
from sipdiag.redaction import Mode, Redactor, ports
from sipdiag.redaction.clock import moved
from sipdiag.redaction.files import redact_file
from sipdiag.sources.captures import read_capture
from sipdiag.sources.traces import read_trace
from tests.support.diagnosis import essence
from tests.support.hostile import call
from tests.support.pcap import pcap

FIXTURES = Path(__file__).parents[2] / "fixtures"
LAB = FIXTURES / "captures" / "lab"
CASES = [
    *sorted(p for p in LAB.iterdir() if p.suffix in (".pcap", ".pcapng")),
    *sorted(p for place in ("platforms", "cases", "traces/cases") for p in (FIXTURES / place).iterdir() if p.is_dir()),
]
KEY = bytes(range(32))
STAMPS = (
    "2026-05-14T10:22:31.123Z", "2026-05-14 10:22:31", "2026/05/14 10:22:31.123456", "14.05.2026 10:22:31",
    "May 14 10:22:31", "May  4 10:22:31", "14 May 2026 10:22:31", "14/May/2026:10:22:31", "05-14 10:22:31.5",
    "10:22:31", "10:22:31,123", "1790600000.25", "1790600000123",
)  # fmt: skip


def strict() -> Redactor:
    return Redactor(KEY, Mode.STRICT)


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.name)
def test_the_diagnosis_is_that_of_the_original(path: Path, tmp_path: Path) -> None:
    redactor = strict()
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    for _ in range(2):
        for file in files:
            copy = tmp_path / "copy" / file.relative_to(path.parent)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(redact_file(file.read_bytes(), file.name, redactor).data)
    for options in (Options(), Options(expect_refer=True)):
        assert essence(examine([str(tmp_path / "copy" / path.name)], options)) == essence(examine([str(path)], options))


@pytest.mark.parametrize("stamp", STAMPS)
def test_a_time_in_a_text_is_another_one_in_the_same_form(stamp: str) -> None:
    redactor = strict()
    left = redactor.text(stamp)
    assert left != stamp
    assert len(left) == len(stamp)
    form = [re.sub(r"[\d ]+|[A-Z][a-z]{2}", "0", t) for t in (left, stamp)]
    assert form[0] == form[1]
    assert Redactor(KEY).text(stamp) == stamp


@given(st.integers(1_500_000_000, 1_899_999_999), st.integers(0, 10**7), st.integers(0, 400 * 86_400))
def test_distances_stay(first: int, step: int, shift: int) -> None:
    for form in ("{}", "{}.5"):
        a, b = (float(moved(form.format(t), shift)) for t in (first, first + step))
        assert b - a == step


def test_captures_traces_and_records_are_moved_alike(tmp_path: Path) -> None:
    """A record is bound to its call by when it began: so it is after redaction."""
    sent = call(0)
    redactor = strict()
    capture = redact_file(pcap(sent), "call.pcap", redactor).data
    record = redact_file(
        json.dumps({"start_time_unix_secs": int(sent[0].time), "x": 1}).encode(), "r.json", redactor
    ).data
    written = "\n".join(
        f"2026/09/28 12:53:{n:02}.000000 {s.source} -> {s.destination}\n{s.text}\n" for n, s in enumerate(sent)
    )
    trace = read_trace(redact_file(written.encode(), "t.txt", redactor).data, "t")
    assert trace is not None
    times = [p.frame.time for p in read_capture(io.BytesIO(capture), "in1").packets]
    shifts = [round(t - s.time, 6) for t, s in zip(times, sent, strict=True) if t is not None]
    assert len(set(shifts)) == 1
    assert shifts[0] == redactor.pseudonyms.shift > 0
    assert json.loads(record)["start_time_unix_secs"] == int(sent[0].time) + shifts[0]
    whole = read_trace(written.encode(), "t")
    assert whole is not None
    pairs = zip(trace.wire.packets, whole.wire.packets, strict=True)
    assert {round(a.frame.time - b.frame.time) for a, b in pairs if a.frame.time and b.frame.time} == {shifts[0]}


@pytest.mark.parametrize("path", sorted(LAB.glob("*.pcapng")), ids=lambda p: p.name)
def test_interfaces_with_other_resolutions_are_moved_as_far(path: Path) -> None:
    redactor = strict()
    before = read_capture(path, "in1").packets
    after = read_capture(io.BytesIO(redact_file(path.read_bytes(), path.name, redactor).data), "in1").packets
    pairs = [(a.frame.time, b.frame.time) for a, b in zip(before, after, strict=True)]
    assert {round(b - a, 6) for a, b in pairs if a is not None and b is not None} <= {float(redactor.pseudonyms.shift)}


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_a_number_keeps_no_country_and_stays_as_possible(region: str) -> None:
    example = phonenumbers.example_number(region)
    assert example is not None
    number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    left = strict().pseudonyms.number(number)
    assert len(left) == len(number)
    if len(number) < 9:
        return  # of a few islands: no code of no country has numbers so short
    read = phonenumbers.parse(left)
    assert phonenumbers.is_possible_number(read)
    assert not phonenumbers.is_valid_number(read)
    code = str(example.country_code)
    assert not left.startswith(f"+{code}") or code in ("7", "20", "65")


def test_a_report_tells_no_time_of_day(tmp_path: Path) -> None:
    case = FIXTURES / "cases" / "rule-left-at-conference"
    for mode, told in (("on", True), ("strict", False)):
        done = CliRunner().invoke(app, ["diagnose", str(case), "--format", "json", "--redact", mode])
        assert bool(json.loads(done.stdout)["clock"]["k1"]) is told
    for form in ("html", "markdown", "text"):
        shown = CliRunner().invoke(app, ["diagnose", str(case), "--format", form, "--redact", "strict", "-v"]).stdout
        assert not re.search(r"\b(?:20\d\d-\d\d-\d\d|\d\d:\d\d:\d\d)\b", shown)


PORTS = (
    "192.0.2.1:{}", "pbx.example:{}", "[2001:db8::1]:{}", "udp|192.0.2.1|{}|", "port {}", "ports {}-7000", 'srcPort="{}"', "Src Port: {}",
)  # fmt: skip
PORTS_IN_A_MESSAGE = (
    "Via: SIP/2.0/UDP 192.0.2.1:{};branch=z9hG4bKa", "Via: SIP/2.0/UDP 192.0.2.1 : {}", "Via: SIP/2.0/UDP 192.0.2.1;rport={}",
    "Contact: <sip:x@192.0.2.1:{};ob>", "Refer-To: sip:x@pbx.example:{}?Replaces=a", "Route: 192.0.2.1:{}",
    "Refer-To: <sip:x@192.0.2.1?Route=%3Csip:192.0.2.2:{}%3E>",
)  # fmt: skip
PORTS_IN_SDP = (
    "m=audio {} RTP/AVP 0", "m=audio {}/2 RTP/AVP 0", "a=rtcp:{}", "a=rtcp:{} IN IP4 192.0.2.1",
    "a=candidate:1 1 UDP 2130706431 192.0.2.1 {} typ host", "a=candidate:1 1 UDP 2130706431 2001:db8::1 {} typ host",
    "a=candidate:1 1 UDP 1694498815 192.0.2.1 9 typ srflx raddr 192.0.2.2 rport {}", "a=remote-candidates:1 192.0.2.1 {}",
)  # fmt: skip


@given(st.integers(1024, 65535))
def test_a_port_becomes_another_one_as_long(number: int) -> None:
    moved = ports.port(KEY, number)
    assert len(str(moved)) == len(str(number))
    assert (moved < 5060, moved > 5061) == (number < 5060, number > 5061)
    if number % 2 == 0:
        assert ports.port(KEY, number + 1) == moved + 1, "RTCP stands beside its RTP"


def test_each_port_has_a_pseudonym_of_its_own() -> None:
    assert sorted(ports.port(KEY, n) for n in range(65536)) == list(range(65536))
    assert sum(ports.port(KEY, n) == n for n in range(1024, 65536)) < 20


@pytest.mark.parametrize("written", PORTS)
def test_a_port_in_a_text_is_dropped(written: str) -> None:
    moved = str(ports.port(KEY, 40000))
    assert moved in strict().text(written.format(40000))
    assert "40000" not in strict().text(written.format(40000))
    assert "40000" in Redactor(KEY).text(written.format(40000))


@pytest.mark.parametrize("line", [*PORTS_IN_A_MESSAGE, *PORTS_IN_SDP])
def test_a_port_in_a_message_is_dropped(line: str) -> None:
    sdp = line in PORTS_IN_SDP
    head = "REFER sip:x@192.0.2.1 SIP/2.0\r\n" + ("Content-Type: application/sdp\r\n\r\n" if sdp else "")
    original = (head + line.format(40000) + "\r\n").encode()
    shown = strict().message(original)
    assert str(ports.port(KEY, 40000)).encode() in shown
    assert b"40000" not in shown
    assert len(shown) == len(original)
    assert b"40000" in Redactor(KEY).message(original)


def test_ports_in_a_capture_are_those_in_its_messages() -> None:
    """A message names the port that it came from, and so it does afterwards."""
    sent = [replace(s, source=Endpoint(s.source.host, 40000)) for s in call(0)[:1]]
    [packet] = read_capture(io.BytesIO(redact_file(pcap(sent), "x.pcap", strict()).data), "in1").packets
    assert packet.source is not None
    assert packet.destination is not None
    assert (packet.source.port, packet.destination.port) == (ports.port(KEY, 40000), 5060)


def test_ports_in_settings_are_dropped_but_for_those_of_services() -> None:
    text = '{"trunk": {"port": 40000, "sip_port": "5061", "rtp_port_start": 40000, "address": "pbx.example:40000"}}'
    done = json.loads(strict().document(text))["trunk"]
    moved = ports.port(KEY, 40000)
    assert (done["port"], done["sip_port"], done["rtp_port_start"]) == (moved, "5061", moved)
    assert done["address"].endswith(f":{moved}")


def test_a_report_tells_no_port() -> None:
    path = LAB / "s01-blind-udp-complete.pcap"
    found = {}
    for mode in ("on", "strict"):
        done = CliRunner().invoke(app, ["diagnose", str(path), "--format", "json", "--redact", mode])
        found[mode] = [m["port"] for m in json.loads(done.stdout)["transfers"][0]["media"]]
    assert found["on"]
    assert len(set(found["on"])) == len(set(found["strict"]))
    assert not set(found["on"]) & set(found["strict"])
