"""Refer-To, Replaces and sipfrag: what is asked for, what is wrong with it, and where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.sip.refer import parse_refer_to, parse_replaces, parse_sipfrag


@pytest.mark.parametrize(
    "value",
    [
        "<sip:+15550100@pbx.example>",
        "sip:1001@pbx.example",
        '"Support, EU" <sips:1001@pbx.example:5061;transport=tls>',
        "Support <sip:1001@192.0.2.1>;x=y",
        "<tel:+15550100>",
        "tel:+1-555-0100",
        "<sip:**611@fritz.example>",
        "<sip:1001@[2001:db8::1]:5060>",
        "<sip:a%20b@pbx.example>",
        "<urn:service:sos>",
        "<sip:bob@b.example?Replaces=1%40a%3Bto-tag%3D1%3Bfrom-tag%3D2>",
        "<sip:bob@b.example?Replaces=1@a;to-tag=1;from-tag=2>",
    ],
)
def test_nothing_is_wrong_with_a_good_one(value: str) -> None:
    assert parse_refer_to(value).faults == ()


@pytest.mark.parametrize(
    ("value", "faults"),
    [
        ("", [("empty", 1)]),
        ("<>", [("empty", 2)]),
        ("  ", [("empty", 3)]),
        ("+15550100", [("missing-scheme", 1), ("missing-domain", 10)]),
        ("1001", [("missing-scheme", 1), ("missing-domain", 5)]),
        ("<1001>", [("missing-scheme", 2), ("missing-domain", 6)]),
        ('"Bob" <+15550100>', [("missing-scheme", 8), ("missing-domain", 17)]),
        ("<user@pbx.example>", [("missing-scheme", 2)]),
        ("user@pbx.example", [("missing-scheme", 1)]),
        ("pbx.example:5060", [("missing-scheme", 1)]),
        ("localhost:5060", [("missing-scheme", 1), ("missing-domain", 15)]),
        ("<bob:secret@pbx.example>", [("missing-scheme", 2)]),
        ("user@", [("missing-scheme", 1), ("missing-domain", 6)]),
        ("<sip:5559990000>", [("missing-domain", 6)]),
        ("<sip:+15559990000>", [("missing-domain", 6)]),
        ("<sip:%2B15559990000>", [("missing-domain", 6)]),
        ("<sip:1-555-0100;user=phone>", [("missing-domain", 6)]),
        ("<sip:1001:5060>", [("missing-domain", 6)]),
        ("<sip:1001@>", [("missing-domain", 11)]),
        ("<sip:>", [("missing-domain", 6)]),
        ("<sip:;transport=tcp>", [("missing-domain", 6)]),
        ("<sip:pbx.example>", [("missing-user", 6)]),
        ("<sip:192.0.2.1:5060>", [("missing-user", 6)]),
        ("<sip:@pbx.example>", [("missing-user", 6), ("malformed", 6)]),
        ("sip:1001@pbx.example;transport=tcp", [("missing-angle-brackets", 21)]),
        ("sip:1001@pbx.example?Replaces=1%40a", [("missing-angle-brackets", 21)]),
        ("sip:1001@a.example,sip:1002@b.example", [("missing-angle-brackets", 19), ("malformed", 19)]),
        ("<sip:10 01@pbx.example>", [("malformed", 8)]),
        ("<sip: 1001@pbx.example>", [("malformed", 6)]),
        ("< sip:1001@pbx.example >", [("malformed", 2)]),
        ("<sip:1001@pbx.example:5o60>", [("malformed", 23)]),
        ("<sip:1001@pbx.example", [("malformed", 1)]),
        ("<sip:1001@pbx.example> hello", [("malformed", 24)]),
        ('"Bob <sip:1001@pbx.example>', [("malformed", 1)]),
        ('<sip:"bob"@pbx.example>', [("malformed", 6)]),
        ("<sip:1001@pbx@example>", [("malformed", 14)]),
        ("<tel:+1 555 0100>", [("malformed", 8)]),
        ("<tel:+15550100@pbx.example>", [("malformed", 15)]),
        ("<sip:{{destination}}@pbx.example>", [("malformed", 6)]),
    ],
)
def test_faults_have_kind_and_column(value: str, faults: list[tuple[str, int]]) -> None:
    read = parse_refer_to(value)
    assert [(f.kind, f.column) for f in read.faults] == faults
    assert all(f.why for f in read.faults)
    assert read.fault(read.faults[0].kind) == read.faults[0]


def test_parts() -> None:
    read = parse_refer_to('"Q 1" <sip:1001@pbx.example;transport=tcp?Require=replaces,x&X-Case=7>;method=INVITE')
    assert (read.display_name, read.bracketed, read.params) == ("Q 1", True, (("method", "INVITE"),))
    assert read.uri is not None
    assert (read.uri.user, read.uri.transport, read.uri.header("x-case")) == ("1001", "tcp", "7")
    assert read.require == {"replaces", "x"}
    assert read.replaces is None
    assert read.raw_replaces is None


@pytest.mark.parametrize(
    ("raw", "reserved"),
    [
        ("12%40a.example%3Bto-tag%3D7%2B1%3Bfrom-tag%3D8", ()),
        ("12%40a.example%3Bto-tag%3D7+1%3Bfrom-tag%3D8", ("+",)),
        ("12@a.example;to-tag=7+1;from-tag=8", (";", "=", "@", "+")),
        ("12%40a.example;to-tag=7%2b1;from-tag=8", (";", "=")),
    ],
)
def test_replaces_in_the_uri(raw: str, reserved: tuple[str, ...]) -> None:
    read = parse_refer_to(f"<sip:bob@b.example?replaces={raw}>")
    assert read.raw_replaces == raw
    assert read.replaces is not None
    found = (read.replaces.call_id, read.replaces.to_tag, read.replaces.from_tag)
    assert found == ("12@a.example", "7+1", "8")
    assert read.replaces.reserved_raw == reserved


@pytest.mark.parametrize(
    ("text", "call_id", "to_tag", "from_tag", "early"),
    [
        ("a@b;to-tag=1;from-tag=2", "a@b", "1", "2", False),
        (" a@b ; from-tag = 2 ; early-only ;to-tag=1", "a@b", "1", "2", True),
        ("a@b;to-tag=1", "a@b", "1", None, False),
        ("a@b", "a@b", None, None, False),
        ("a@b;to-tag=;from-tag=0", "a@b", None, "0", False),
        ("", "", None, None, False),
    ],
)
def test_replaces(text: str, call_id: str, to_tag: str | None, from_tag: str | None, early: bool) -> None:
    read = parse_replaces(text)
    assert (read.call_id, read.to_tag, read.from_tag, read.early_only) == (call_id, to_tag, from_tag, early)


@pytest.mark.parametrize(
    ("body", "code", "reason"),
    [
        (b"SIP/2.0 200 OK\r\n", 200, "OK"),
        (b"SIP/2.0 200 OK", 200, "OK"),
        (b"\r\n\n SIP/2.0 603 Decline\n", 603, "Decline"),
        (b"SIP/2.0 100\r\n", 100, ""),
        (b"SIP/2.0 100 \r\n", 100, ""),
        (b"SIP/2.0  486  Busy Here\r\nReason: Q.850;cause=17\r\n", 486, "Busy Here"),
        (b"sip/2.0 503 R\xc3\xa9seau", 503, "R\u00e9seau"),
    ],
)
def test_sipfrag(body: bytes, code: int, reason: str) -> None:
    read = parse_sipfrag(body)
    assert read is not None
    assert (read.code, read.reason) == (code, reason)


@pytest.mark.parametrize(
    "body", [b"", b"\r\n", b"200 OK", b"SIP/2.0", b"SIP/2.0 20 x", b"SIP/2.0 2000 x", b"INVITE sip:a SIP/2.0"]
)
def test_no_sipfrag(body: bytes) -> None:
    assert parse_sipfrag(body) is None


def test_sipfrag_headers_end_at_the_empty_line() -> None:
    read = parse_sipfrag(b"SIP/2.0 302 Moved\r\nContact: <sip:c@d>\r\nrubbish\r\n\r\nTo: x\r\n")
    assert read is not None
    assert read.headers == (("Contact", "<sip:c@d>"),)


@given(st.text(max_size=80) | st.text('<>;?@:"\\ sip+=%,0a', max_size=40))
def test_any_value_is_judged(value: str) -> None:
    read = parse_refer_to(value)
    assert read.raw == value
    assert read.uri is not None or read.faults
    assert all(1 <= f.column <= len(value) + 1 for f in read.faults)
    parse_replaces(value)


@given(st.binary(max_size=80))
def test_any_body_may_be_asked_for_a_sipfrag(body: bytes) -> None:
    for prefix in (b"", b"SIP/2.0 200 OK\r\n"):
        read = parse_sipfrag(prefix + body)
        assert read is None or 100 <= read.code <= 999
