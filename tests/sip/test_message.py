"""Messages: split, typed on demand, judged, and never a traceback."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sipdiag.sip.message import Message, parse_message
from sipdiag.sip.stream import StreamReader
from tests.support.steps import steps

TORTURE = Path(__file__).parents[2] / "fixtures" / "torture"
with (TORTURE / "verdicts.tsv").open(encoding="utf-8") as _file:
    VERDICTS = {row["name"]: row["class"] for row in csv.DictReader(_file, delimiter="\t")}

REFER = (
    b"REFER sip:b@b.example;transport=tcp SIP/2.0\r\n"
    b"Via: SIP/2.0/TCP a.example;branch=z9hG4bK2, SIP/2.0/TCP c.example;branch=z9hG4bK1\r\n"
    b"v: SIP/2.0/UDP d.example;branch=z9hG4bK0\r\n"
    b"From: \"A\" <sip:a@a.example>;tag=1\r\nt: <sip:b@b.example>;tag=2\r\n"
    b"i: 7@a.example\r\nCSeq: 93809823 REFER\r\nMax-Forwards: 70\r\n"
    b"m: <sip:a@192.0.2.1:5060>, <sip:a@192.0.2.2>\r\n"
    b"Route: <sip:p1.example;lr>,<sip:p2.example;lr>\r\nRoute: <sip:p3.example;lr>\r\n"
    b"Record-Route: <sip:p1.example;lr>\r\n"
    b"r: <sip:c@c.example?Replaces=9%40c%3Bto-tag%3D1%3Bfrom-tag%3D2>\r\n"
    b"b: <sip:a@a.example>\r\n"
    b"Allow: INVITE, ack\r\nALLOW: Refer\r\nu: refer, Dialog\r\nk: Replaces, 100rel\r\nRequire: tdialog\r\n"
    b"Target-Dialog: 5@a;local-tag=1;remote-tag=2\r\nRefer-Sub: false\r\nReplaces: 3@a;to-tag=4;from-tag=5\r\n"
    b"Event: refer;id=2\r\nSubscription-State: active;expires=60\r\nExpires: 60\r\nRetry-After: 5 (busy)\r\n"
    b"Reason: Q.850;cause=16, SIP;cause=200\r\nWarning: 399 h \"w\"\r\nUnsupported: X\r\nServer: S/1\r\n"
    b"Content-Type: Application/SDP ;charset=utf-8\r\nl: 36\r\n\r\n"
    b"v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4 R"
)  # fmt: skip


def test_every_typed_value() -> None:
    m = parse_message(REFER)
    assert (m.is_request, m.is_response, m.method, m.status, m.reason) == (True, False, "REFER", None, None)
    assert m.uri_text == "sip:b@b.example;transport=tcp"
    assert m.uri is not None
    assert m.uri.transport == "tcp"
    assert m.call_id == "7@a.example"
    assert m.cseq is not None
    assert (m.cseq.number, m.cseq.method) == (93809823, "REFER")
    assert (m.from_tag, m.to_tag) == ("1", "2")
    assert m.from_ is not None
    assert m.from_.display_name == "A"
    assert [via.branch for via in m.vias] == ["z9hG4bK2", "z9hG4bK1", "z9hG4bK0"]
    assert m.branch == "z9hG4bK2"
    assert [c.uri_text for c in m.contacts] == ["sip:a@192.0.2.1:5060", "sip:a@192.0.2.2"]
    assert m.contact == m.contacts[0]
    assert [r.uri_text for r in m.routes] == ["sip:p1.example;lr", "sip:p2.example;lr", "sip:p3.example;lr"]
    assert len(m.record_routes) == 1
    assert m.refer_to is not None
    assert m.refer_to.replaces is not None
    assert m.refer_to.replaces.call_id == "9@c"
    assert len(m.refer_tos) == 1
    assert m.referred_by is not None
    assert m.referred_by.uri_text == "sip:a@a.example"
    assert m.allow == frozenset({"INVITE", "ACK", "REFER"})
    assert m.allow_events == frozenset({"refer", "dialog"})
    assert m.supported == frozenset({"replaces", "100rel"})
    assert m.require == {"tdialog"}
    assert m.unsupported == {"x"}
    assert m.target_dialog is not None
    assert m.target_dialog.remote_tag == "2"
    assert m.refer_sub is False
    assert m.replaces is not None
    assert m.replaces.to_tag == "4"
    assert m.event is not None
    assert m.event.id == "2"
    assert m.subscription_state is not None
    assert m.subscription_state.state == "active"
    assert (m.expires, m.retry_after, m.max_forwards, m.content_length) == (60, 5, 70, 36)
    assert [r.cause for r in m.reasons] == [16, 200]
    assert [w.text for w in m.warnings] == ["w"]
    assert m.user_agent == "S/1"
    assert m.content_type == "application/sdp"
    assert m.sdp is not None
    assert m.sdp.address == "192.0.2.1"
    assert m.sipfrag is None
    assert m.errors == ()


def test_what_is_absent_is_none_or_empty() -> None:
    m = parse_message(b"OPTIONS sip:a@b SIP/2.0\r\n\r\n")
    nones = (
        m.call_id, m.cseq, m.from_, m.to, m.from_tag, m.to_tag, m.contact, m.branch, m.allow, m.allow_events,
        m.supported, m.content_type, m.event, m.subscription_state, m.refer_to, m.referred_by, m.replaces,
        m.target_dialog, m.refer_sub, m.max_forwards, m.expires, m.retry_after, m.user_agent, m.sdp, m.sipfrag,
        m.header("Via"), m.get("Via"),
    )  # fmt: skip
    assert nones == (None,) * len(nones)
    empties = (
        m.contacts,
        m.vias,
        m.routes,
        m.record_routes,
        m.require,
        m.unsupported,
        m.reasons,
        m.warnings,
        m.all("Via"),
    )
    assert not any(empties)
    assert parse_message(b"BYE sip:a SIP/2.0\r\nAllow:\r\nk:\r\n\r\n").allow == frozenset()


def test_fields_are_found_by_any_of_their_names() -> None:
    m = parse_message(REFER)
    for name in ("refer-to", "R", "Refer-To"):
        assert m.get(name) == "<sip:c@c.example?Replaces=9%40c%3Bto-tag%3D1%3Bfrom-tag%3D2>"
    assert m.all("Via") == m.all("v")
    assert len(m.all("via")) == 2
    assert len(m.values("via")) == 3
    field = m.header("from")
    assert field is not None
    assert (field.name, field.canonical, field.line) == ("From", "From", 4)
    assert REFER[field.start : field.end] == b'From: "A" <sip:a@a.example>;tag=1'
    assert REFER[field.value_start : field.end] == b'"A" <sip:a@a.example>;tag=1'
    assert [f.line for f in m.headers] == list(range(2, 2 + len(m.headers)))


def test_folded_lines() -> None:
    data = b"BYE sip:a@b SIP/2.0\r\nTo :\r\n sip:a@b ;\r\n\ttag=1\r\nX: 1\r\n\r\n"
    m = parse_message(data)
    assert m.to_tag == "1"
    field = m.header("To")
    assert field is not None
    assert data[field.start : field.end] == b"To :\r\n sip:a@b ;\r\n\ttag=1"
    assert field.value == "sip:a@b ; tag=1"
    assert [f.line for f in m.headers] == [2, 5]
    assert m.errors == ()


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("before", [b"", b"\r\n\r\n", b"\n"])
def test_line_ends_and_leading_empty_lines(end: bytes, before: bytes) -> None:
    m = parse_message(before + REFER.replace(b"\r\n", end))
    assert m.method == "REFER"
    assert m.refer_to is not None
    assert m.sdp is not None
    assert m.sdp.address == "192.0.2.1"
    assert m.errors == ()
    assert m.headers[0].line == 2 + before.count(b"\n")


def test_an_empty_line_in_a_body_does_not_end_the_head() -> None:
    m = parse_message(b"MESSAGE sip:a@b SIP/2.0\r\nTo: x\r\n\r\none\n\ntwo")
    assert m.body == b"one\n\ntwo"
    mixed = parse_message(b"MESSAGE sip:a@b SIP/2.0\nTo: x\n\r\none\r\n\r\ntwo")
    assert mixed.body == b"one\r\n\r\ntwo"


SDP = b"v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4 RTP/AVP 0\r\na=sendonly\r\n"


def with_length(length: int | str, body: bytes) -> Message:
    head = f"INVITE sip:a@b SIP/2.0\r\nContent-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n"
    return parse_message(head.encode() + body)


def test_a_length_cuts_only_where_it_can_be_believed() -> None:
    exact = with_length(len(SDP), SDP + b"INVITE sip:x SIP/2.0\r\n")
    assert exact.body == SDP
    assert exact.trailing == b"INVITE sip:x SIP/2.0\r\n"
    assert exact.errors == ()
    inside = with_length(len(SDP) - 4, SDP)
    assert inside.body == SDP
    assert inside.sdp is not None
    assert inside.sdp.held
    assert ["inside a line" in e.message for e in inside.errors] == [True]


def test_a_pasted_body_may_be_shorter_than_its_length() -> None:
    pasted = SDP.replace(b"\r\n", b"\n").rstrip()
    assert with_length(len(SDP), pasted).errors == ()
    assert with_length(len(SDP), SDP.rstrip()).errors == ()
    assert with_length(len(SDP), SDP[:-12]).errors != ()
    assert with_length(len(SDP), b"").errors != ()
    assert with_length("-1", SDP).body == SDP


def test_parts_of_a_multipart_body() -> None:
    body = b"preamble\r\n--b\r\nContent-Type: application/sdp\r\n\r\n" + SDP
    body += b"--b\r\nc: message/sipfrag;version=2.0\r\n\r\nSIP/2.0 486 Busy\r\n--b--\r\n"
    head = b'NOTIFY sip:a@b SIP/2.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    m = parse_message(head + body)
    assert m.sdp is not None
    assert m.sdp.held
    assert m.sipfrag is not None
    assert m.sipfrag.code == 486
    assert m.part("text/plain") is None
    assert parse_message(head.replace(b'b"', b'zz"') + body).sdp is None
    assert parse_message(head.replace(b"; boundary", b"; other") + body).sdp is None


def test_a_sipfrag_without_content_type_is_read_and_its_absence_told() -> None:
    m = parse_message(b"NOTIFY sip:a@b SIP/2.0\r\n\r\nSIP/2.0 200 OK\r\n")
    assert m.content_type is None
    assert m.sipfrag is not None
    assert m.sipfrag.code == 200
    other = parse_message(b"NOTIFY sip:a@b SIP/2.0\r\nc: text/plain\r\n\r\nSIP/2.0 200 OK\r\n")
    assert other.sipfrag is None


@pytest.mark.parametrize(
    ("line", "status", "reason", "faults"),
    [
        (b"SIP/2.0 202 Accepted", 202, "Accepted", 0),
        (b"SIP/2.0 100", 100, "", 0),
        (b"SIP/2.0 100 ", 100, "", 0),
        (b"SIP/2.0 603 D\xc3\xa9clin", 603, "D\u00e9clin", 0),
        (b"SIP/2.0 603 \xff", 603, "\ufffd", 0),
        (b"SIP/2.0  486 Busy", 486, "Busy", 1),
        (b"SIP/3.0 486 Busy", 486, "Busy", 1),
    ],
)
def test_status_lines(line: bytes, status: int, reason: str, faults: int) -> None:
    m = parse_message(line + b"\r\n\r\n")
    assert (m.is_response, m.status, m.reason, m.method, m.uri) == (True, status, reason, None, None)
    assert len(m.errors) == faults


@pytest.mark.parametrize(
    "data", [b"", b"\r\n\r\n", b"hello", b"GET / HTTP/1.1\r\n\r\n", b"SIP/2.0 700 x\r\n\r\n", b"A sip:b SIP/2.0x"]
)
def test_what_is_no_message_says_so(data: bytes) -> None:
    m = parse_message(data)
    assert not m.is_request
    assert not m.is_response
    assert m.errors


def test_errors_have_line_header_and_column() -> None:
    m = parse_message(b"BYE sip:a b@c SIP/2.0\r\nFrom: <sip:x y@z>;tag=1\r\nrubbish\r\n folded\r\nCSeq: 1 ACK\r\n\r\n")
    assert [(e.line, e.header, e.column) for e in m.errors] == [
        (1, None, 10),
        (2, "From", 13),
        (3, None, 1),
        (4, None, 1),
        (5, "CSeq", 7),
    ]
    assert str(m.errors[1]) == "line 2, column 13: From: ' ' must be escaped in the user"
    assert m.from_tag == "1"


def test_messages_compare_by_their_bytes() -> None:
    assert parse_message(REFER) == parse_message(REFER)
    assert len({parse_message(REFER), parse_message(REFER)}) == 1
    assert "REFER" in repr(parse_message(REFER))


# RFC 4475. What stands in the application's section is the business of whoever receives it: no error of the grammar.


@pytest.mark.parametrize(
    "name", [n for n, c in VERDICTS.items() if c in ("valid", "application", "backward-compatible")]
)
def test_torture_messages_that_are_well_formed_read_in_full(name: str) -> None:
    data = (TORTURE / f"{name}.dat").read_bytes()
    m = parse_message(data)
    assert m.errors == ()
    assert m.is_request or m.is_response
    assert data.endswith(m.body + m.trailing)
    assert name == "dblreq" or not m.trailing
    assert name == "insuf" or m.call_id
    assert m.cseq is not None
    assert m.vias
    for address in (m.from_, m.to, *m.contacts, *m.routes, *m.record_routes):
        assert name == "insuf" or address is not None
        if address is not None:
            assert address.uri is not None
    if m.is_request:
        assert m.uri is not None


# Where the fault stands: line and column, from 1.
FAULTY = {
    "badinv01": (7, 29), "clerr": (10, 17), "ncl": (10, 17), "scalar02": (5, 7), "scalarlg": (5, 7), "quotbal": (2, 5),
    "ltgtruri": (1, 8), "lwsruri": (1, 29), "lwsstart": (1, 8), "trws": (1, 46), "escruri": (1, 28), "baddate": (8, 33),
    "regbadct": (8, 30), "badaspec": (5, 23), "baddn": (4, 14), "badvers": (1, 34), "mismatch01": (6, 7),
    "mismatch02": (6, 7), "bigcode": (1, 9), "badbranch": (5, None),
}  # fmt: skip


@pytest.mark.parametrize("name", [n for n, c in VERDICTS.items() if c in ("invalid", "transaction")])
def test_torture_messages_that_are_not_survive_with_their_fault(name: str) -> None:
    m = parse_message((TORTURE / f"{name}.dat").read_bytes())
    assert m.errors
    first = m.errors[0]
    assert (first.line, first.column) == FAULTY[name]
    assert m.call_id is not None
    assert m.call_id.startswith(name)
    assert m.vias


def test_torture_is_complete() -> None:
    assert len(VERDICTS) == 49
    assert {p.stem for p in TORTURE.glob("*.dat")} == set(VERDICTS)


def test_tortuous_values() -> None:
    def read(name: str) -> Message:
        return parse_message((TORTURE / f"{name}.dat").read_bytes())

    wsinv = read("wsinv")
    assert (wsinv.to_tag, wsinv.from_tag, wsinv.max_forwards) == ("1918181833n", "98asjd8", 68)
    assert [(v.transport, v.host, v.branch) for v in wsinv.vias] == [
        ("UDP", "192.0.2.2", "390skdjuw"),
        ("TCP", "spindle.example.com", "z9hG4bK9ikj8"),
        ("UDP", "192.168.255.111", "z9hG4bK30239"),
    ]
    assert wsinv.contact is not None
    assert wsinv.contact.display_name == 'Quoted string ""'
    assert wsinv.contact.param("q") == "0.33"
    assert wsinv.sdp is not None
    assert wsinv.sdp.address == "192.0.2.4"
    esc01 = read("esc01")
    assert esc01.uri is not None
    assert esc01.uri.raw_user == "sips%3Auser%40example.com"
    assert read("semiuri").uri is not None
    assert len(read("esc02").contacts) == 2  # C%6Fntact is another header field
    assert read("dblreq").trailing.lstrip().startswith(b"INVITE ")
    cparam01 = read("cparam01").contact
    assert cparam01 is not None
    assert (cparam01.param("unknownparam"), cparam01.uri_text) == ("", "sip:+19725552222@gw1.example.net")
    reason = read("unreason").reason
    assert reason is not None
    assert reason.startswith("= 2**3 * 5**2 \u043d\u043e")
    assert "\ufffd" not in reason


# A stream begins a message only with SIP/2.0 and a code of three digits: these two are skipped there, and reported.
NO_START = {"badvers", "bigcode"}


@pytest.mark.parametrize("name", sorted(set(VERDICTS) - NO_START))
@pytest.mark.parametrize("step", [1, 13, 100_000])
def test_torture_messages_in_a_stream_with_a_tail(name: str, step: int) -> None:
    data = (TORTURE / f"{name}.dat").read_bytes()
    m = parse_message(data)
    message = data[: len(data) - len(m.trailing)]
    stream = message + REFER
    reader = StreamReader()
    pieces = [p for at in range(0, len(stream), step) for p in reader.feed(stream[at : at + step])]
    pieces += reader.close()
    assert [p.data for p in pieces if p.kind == "message"] == [message, REFER]


@pytest.mark.parametrize("name", sorted(NO_START))
def test_torture_messages_that_begin_nothing_are_skipped_whole(name: str) -> None:
    data = (TORTURE / f"{name}.dat").read_bytes()
    reader = StreamReader()
    pieces = [*reader.feed(data + REFER), *reader.close()]
    assert [(p.kind, p.start, p.end) for p in pieces] == [
        ("skipped", 0, len(data)),
        ("message", len(data), len(data + REFER)),
    ]


# Hostile input: nothing raises, and time grows with size.

SIGNS = [b"<", b">", b'"', b";", b",", b" ", b"\r\n", b"\r\n\r\n"]
STARTS = [REFER, b"SIP/2.0 200 OK\r\n", b"Via:", b"v: SIP/2.0/UDP x", b"From: "]
pieces_of_messages = st.sampled_from([*STARTS, *SIGNS])


def touch(m: Message) -> None:
    """Ask for everything a message can say."""
    for name in dir(type(m)):
        if not name.startswith("_"):
            getattr(m, name)
    for field in m.headers:
        assert 0 <= field.start <= field.value_start <= field.end <= len(m.data)
        m.values(field.name)
        assert m.header(field.name) is not None
    assert m.data.endswith(m.body + m.trailing)
    for error in m.errors:
        assert error.column is None or error.column >= 1
        assert error.line is not None


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_arbitrary_bytes_never_raise(data: bytes) -> None:
    touch(parse_message(data))
    touch(
        parse_message(
            b"REFER sip:a@b SIP/2.0\r\nr: " + data + b"\r\nVia: " + data + b"\r\nc: application/sdp\r\n\r\n" + data
        )
    )


@given(st.lists(pieces_of_messages | st.binary(max_size=12), max_size=12).map(b"".join))
@settings(deadline=None)
def test_almost_messages_never_raise(data: bytes) -> None:
    touch(parse_message(data))


@given(st.integers(0, len(REFER)), st.integers(0, len(REFER)), st.binary(max_size=8))
@example(REFER.find(b"i: 7"), 0, b"\x0b")
@settings(deadline=None)
def test_damaged_messages_never_raise(start: int, end: int, noise: bytes) -> None:
    touch(parse_message(REFER[:start] + noise + REFER[end:]))


HEAD = b"REFER sip:a@b SIP/2.0\r\n"
HOSTILE: dict[str, Callable[[int], bytes]] = {
    "spaces in the start line": lambda n: b"REFER" + b" " * n + b"x",
    "one endless word": lambda n: b"a" * n,
    "empty lines": lambda n: b"\r\n" * (n // 2),
    "header fields": lambda n: HEAD + b"a: b\r\n" * (n // 6),
    "folds": lambda n: HEAD + b"To:" + b"\r\n x" * (n // 4),
    "spaces in a header": lambda n: HEAD + b"To: " + b" " * n + b"x\r\n\r\n",
    "commas": lambda n: HEAD + b"m: " + b"," * n + b"\r\n\r\n",
    "quotes": lambda n: HEAD + b"m: " + b'"' * n + b"\r\n\r\n",
    "open quotes in a list": lambda n: HEAD + b"m: " + b'a,"' * (n // 3) + b"\r\n\r\n",
    "backslashes": lambda n: HEAD + b'f: "' + b"\\" * n + b"\r\n\r\n",
    "brackets": lambda n: HEAD + b"m: " + b"<" * n + b"\r\n\r\n",
    "pairs of brackets": lambda n: HEAD + b"m: " + b"<>," * (n // 3) + b"\r\n\r\n",
    "parameters": lambda n: HEAD + b"f: <sip:a@b>" + b";a=b" * (n // 4) + b"\r\n\r\n",
    "uri parameters": lambda n: HEAD + b"f: <sip:a@b" + b";a=b" * (n // 4) + b">\r\n\r\n",
    "uri headers": lambda n: HEAD + b"r: <sip:a?" + b"a=b&" * (n // 4) + b"@>\r\n\r\n",
    "question marks": lambda n: HEAD + b"r: <sip:" + b"?a" * (n // 2) + b"@b>\r\n\r\n",
    "at signs": lambda n: HEAD + b"r: <sip:" + b"@" * n + b">\r\n\r\n",
    "escapes": lambda n: HEAD + b"r: <sip:" + b"%41" * (n // 3) + b"@b>\r\n\r\n",
    "digits": lambda n: (
        HEAD + b"CSeq: " + b"9" * n + b" REFER\r\nl: " + b"9" * n + b"\r\nr: sip:" + b"1" * n + b"\r\n\r\n"
    ),
    "slashes in Via": lambda n: HEAD + b"v: " + b"SIP/" * (n // 4) + b"\r\n\r\n",
    "vias": lambda n: HEAD + b"v: SIP/2.0/UDP h;branch=z9hG4bK1\r\n" * (n // 34) + b"\r\n",
    "sdp lines": lambda n: HEAD + b"c: application/sdp\r\n\r\n" + b"m=audio 1 RTP/AVP 0\r\n" * (n // 21),
    "rtpmaps": lambda n: (
        HEAD + b"c: application/sdp\r\n\r\nm=audio 1 RTP/AVP 0\r\n" + b"a=rtpmap:0 a/8\r\n" * (n // 16)
    ),
    "boundaries": lambda n: HEAD + b"c: multipart/mixed;boundary=b\r\n\r\n" + b"--b\r\n" * (n // 5),
    "status lines": lambda n: HEAD + b"c: message/sipfrag\r\n\r\n" + b"SIP/2.0 200 OK\r\n" * (n // 16),
}


@pytest.mark.parametrize("shape", list(HOSTILE))
def test_work_is_linear(shape: str) -> None:
    def work(size: int) -> int:
        data = HOSTILE[shape](size)
        return steps(lambda: touch_lightly(parse_message(data)))

    work(100)  # modules and caches
    once, twice, four = work(4_000), work(8_000), work(16_000)
    assert twice <= 2.2 * once + 200
    assert four <= 2.2 * twice + 200


def touch_lightly(m: Message) -> None:
    for name in dir(type(m)):
        if not name.startswith("_"):
            getattr(m, name)
