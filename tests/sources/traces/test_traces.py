"""What the walk takes for a message, and what it takes for a log line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sipdiag.raw import Endpoint
from sipdiag.sources.traces import Trace, read_trace
from sipdiag.sources.traces.formats import formats
from tests.support.render import FORMATS

HEADERS = (
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\nFrom: <sip:a@x>;tag=1\nTo: <sip:b@x>\nCall-ID: 1@x\nCSeq: 1 BYE\n"
)
BYE = f"BYE sip:b@x SIP/2.0\n{HEADERS}Content-Length: 0\n\n"
NOTIFY = f"NOTIFY sip:b@x SIP/2.0\n{HEADERS}Content-Type: message/sipfrag\nContent-Length: 18\n\n"


def read(text: str | bytes) -> Trace:
    trace = read_trace(text, "in1")
    assert trace is not None
    return trace


def starts(trace: Trace) -> list[str]:
    return [packet.data.split(b"\r\n")[0].decode() for packet in trace.wire.packets]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-05-14 10:22:31 INFO nothing of the kind",
        "agent: {platform: other}\n",
        "2024-05-14 10:22:31 INFO got SIP/2.0 200 OK from peer\nINFO: call ended\n",
        "INVITE sip:a@x SIP/2.0\n",
        "the first line reads INVITE sip:a@x SIP/2.0 and then nothing\n\nVia the carrier\n",
    ],
)
def test_no_message(text: str) -> None:
    assert read_trace(text, "in1") is None


def test_every_format_has_a_name_of_its_own_and_is_proven() -> None:
    names = [format_.name for format_ in formats()]
    assert len(set(names)) == len(names)
    root = Path(__file__).parents[3] / "fixtures" / "traces"
    read_by_fixture = {
        name for file in root.rglob("*.yaml") for name in yaml.safe_load(file.read_text("utf-8"))["formats"]
    }
    assert set(names) - {"dotted-messages"} <= read_by_fixture
    assert {name.partition("/")[0] for name in FORMATS} <= read_by_fixture


def test_log_lines_keep_number_and_time() -> None:
    trace = read(f"10:22:30 asked for a transfer\n{BYE}10:22:32 done\n")
    assert [(line.text, line.frame.line, line.frame.time) for line in trace.wire.log] == [
        ("10:22:30 asked for a transfer", 1, 37350.0),
        ("10:22:32 done", 10, 37352.0),
    ]
    assert trace.format == "plain-messages"
    assert trace.wire.packets[0].frame.time is None


def test_a_line_above_a_message_tells_its_direction_only_where_it_speaks_of_a_message() -> None:
    told = read(f"10:22:31 received request from udp:192.0.2.9:5060\n{BYE}").wire.packets[0]
    assert (told.source, told.sent, told.frame.time) == (Endpoint("192.0.2.9", 5060), False, 37351.0)
    other = read(f"10:22:31 received an error, trying again with 192.0.2.9:5060\n{BYE}").wire.packets[0]
    assert (other.source, other.destination, other.sent, other.frame.time) == (None, None, None, None)
    both = read(f"sent response to the request received from 192.0.2.9\n{BYE}").wire.packets[0]
    assert (both.source, both.sent) == (None, None)


def test_frame_line_does_not_reach_over_log_lines() -> None:
    frame = "2024/05/14 10:22:31.149511 192.0.2.10:5060 -> 198.51.100.20:5060\n"
    assert read(frame + "log\n" * 6 + BYE).wire.packets[0].source is None
    assert read(frame + "log\n" + BYE).wire.packets[0].source == Endpoint("192.0.2.10", 5060)


def test_frame_line_is_used_once() -> None:
    frame = "2024/05/14 10:22:31.149511 192.0.2.10:5060 -> 198.51.100.20:5060\n"
    assert [packet.source is None for packet in read(frame + BYE + BYE).wire.packets] == [False, True]


@pytest.mark.parametrize(
    ("below", "found"),
    [
        ("SIP/2.0 200 OK\n" + HEADERS, ["NOTIFY sip:b@x SIP/2.0", "SIP/2.0 200 OK"]),  # its body was left out
        ("SIP/2.0 100 Trying\n\nSIP/2.0 200 OK\n" + HEADERS, ["NOTIFY sip:b@x SIP/2.0", "SIP/2.0 200 OK"]),
        ("SIP/2.0 100 Trying\nSIP/2.0 200 OK\n" + HEADERS, ["NOTIFY sip:b@x SIP/2.0", "SIP/2.0 200 OK"]),
        ("SIP/2.0 100 Trying", ["NOTIFY sip:b@x SIP/2.0"]),
    ],
)
def test_status_line_below_a_notify(below: str, found: list[str]) -> None:
    trace = read(NOTIFY + below)
    assert starts(trace) == found
    assert trace.wire.packets[0].data.endswith(b"SIP/2.0 100 Trying") is ("Trying" in below)


def test_sipfrag_with_headers() -> None:
    fragment = "SIP/2.0 486 Busy Here\r\nTo: <sip:c@x>;tag=9\r\nRetry-After: 5\r\n"
    notify = NOTIFY.replace("18", str(len(fragment)))
    trace = read(notify + fragment.replace("\r", "") + "\n" + BYE)
    assert starts(trace) == ["NOTIFY sip:b@x SIP/2.0", "BYE sip:b@x SIP/2.0"]
    assert trace.wire.packets[0].data.endswith(fragment.encode())


def test_masked_addresses_do_not_cut() -> None:
    body = "v=0\r\no=- 1 1 IN IP4 192.0.2.101\r\ns=-\r\nc=IN IP4 192.0.2.101\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
    head = f"INVITE sip:b@x SIP/2.0\n{HEADERS}Content-Type: application/sdp\nContent-Length: {len(body)}\n\n"
    masked = read(head + body.replace("192.0.2.101", "x.x.x.x") + "app: rings\n").wire
    assert not masked.packets[0].cut
    assert [line.text for line in masked.log] == ["app: rings"]
    assert read(head + body[:40]).wire.packets[0].cut


def test_body_with_bare_line_feeds_is_whole() -> None:
    body = b"v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nt=0 0\nm=audio 4000 RTP/AVP 0\na=sendrecv\n"
    head = f"INVITE sip:b@x SIP/2.0\n{HEADERS}Content-Type: application/sdp\nContent-Length: {len(body)}\n\n"
    assert read(head.encode() + body + BYE.encode()).wire.packets[0].data.endswith(b"\r\n\r\n" + body)


def test_bytes_that_are_no_text_are_kept() -> None:
    trace = read(BYE.replace("1@x", "caf\u00e9@x").encode("latin-1"))
    assert b"Call-ID: caf\xe9@x\r\n" in trace.wire.packets[0].data


def test_methods_nobody_knows() -> None:
    assert starts(read(BYE.replace("BYE", "X-NEW.method"))) == ["X-NEW.method sip:b@x SIP/2.0"]


def test_ansi_art_and_fences_are_not_log_lines() -> None:
    assert read(f"```\n-----\n#\n{BYE}\n=====\n```\n").wire.log == ()
