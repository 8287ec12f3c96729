"""Header fields: names, lists, addresses, and those with a structure of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.sip.errors import SipSyntaxError
from sipdiag.sip.header import (
    CSeq,
    Reason,
    Via,
    Warn,
    parse_cseq,
    parse_event,
    parse_name_addr,
    parse_reason,
    parse_seconds,
    parse_subscription_state,
    parse_target_dialog,
    parse_via,
    parse_warning,
    read_params,
    split_list,
)
from sipdiag.sip.names import COMPACT_FORMS, canonical_name


def test_names() -> None:
    assert {canonical_name(short) for short in COMPACT_FORMS} == set(COMPACT_FORMS.values())
    for name in COMPACT_FORMS.values():
        assert canonical_name(name.upper()) == name
    assert canonical_name("www-AUTHENTICATE") == "WWW-Authenticate"
    assert canonical_name("min-se") == "Min-SE"


@pytest.mark.parametrize(
    ("value", "pieces"),
    [
        ("a", ["a"]),
        ("a , b,c", ["a", "b", "c"]),
        ('"x, \\", y" <sip:a,b@h>;p="1,2", <sip:c@h>', ['"x, \\", y" <sip:a,b@h>;p="1,2"', "<sip:c@h>"]),
        ("a,,b,", ["a", "", "b", ""]),
        ('"open, b', ['"open, b']),
        ("<open, b", ["<open, b"]),
        ("", [""]),
    ],
)
def test_lists(value: str, pieces: list[str]) -> None:
    found = split_list(value)
    assert [piece for _, piece in found] == pieces
    assert all(value.startswith(piece, at) for at, piece in found)


@pytest.mark.parametrize(
    ("text", "params", "columns"),
    [
        ("", (), []),
        (";lr", (("lr", None),), []),
        (" ; a = b ; c", (("a", "b"), ("c", None)), []),
        (';t="a;\\"b"', (("t", 'a;"b'),), []),
        (";a=b=c==", (("a", "b=c=="),), []),
        (";received=[2001:db8::1]", (("received", "[2001:db8::1]"),), []),
        (";;", (), [2, 3]),
        (";a b", (("a", None),), [4]),
        (';t="open', (("t", "open"),), [4]),
        ("x", (), [1]),
        (";(a)=1", (("(a)", "1"),), [2]),
    ],
)
def test_params(text: str, params: tuple[tuple[str, str | None], ...], columns: list[int]) -> None:
    found, faults = read_params(text, 0)
    assert found == params
    assert [f.column for f in faults] == columns


@pytest.mark.parametrize(
    ("value", "name", "uri", "tag"),
    [
        ('"Bell, A. \\"x\\"" <sip:a@h>;tag=1', 'Bell, A. "x"', "sip:a@h", "1"),
        ("caller<sip:a@h>;tag=323", "caller", "sip:a@h", "323"),
        ("sip:a@h;tag=9", None, "sip:a@h", "9"),
        ("<sip:a@h;tag=no>", None, "sip:a@h;tag=no", None),
        ("tel:+1555;tag=4", None, "tel:+1555", "4"),
        ("J\u00f6rg <sip:j@h> ; tag = 98asjd8", "J\u00f6rg", "sip:j@h", "98asjd8"),
        ('"" <sip:a@h>', "", "sip:a@h", None),
        ('"<not>" <sip:a@h>;tag=2', "<not>", "sip:a@h", "2"),
    ],
)
def test_addresses(value: str, name: str | None, uri: str, tag: str | None) -> None:
    read = parse_name_addr(value)
    assert (read.display_name, read.uri_text, read.tag, read.error) == (name, uri, tag, None)
    assert read.uri is not None
    assert value.startswith(uri, read.uri_at)
    assert read.quoted is value.startswith('"')
    assert read.bracketed is ("<s" in value)


@pytest.mark.parametrize(
    ("value", "column", "has_uri"),
    [
        ("Bell, A. <sip:a@h>", 5, True),
        ('"Mr. J. User <sip:a@h>', 1, True),
        ("< sip:a@h >", 2, True),
        ("<sip:a@h", 1, True),
        ("<sip:a@h>x", 10, True),
        ('"a" b <sip:a@h>', 4, True),
        ('"a" sip:a@h', 4, True),
        ("sip:a@h?Route=x", 8, True),
        ("sip:a@h,sip:b@h", 8, True),
        ("<sip:a@h>;;x", 11, True),
        ("a@h", 1, False),
        ("", 1, False),
        ("<>", 2, False),
        ("<sip:@>", 6, False),
    ],
)
def test_faults_of_addresses(value: str, column: int, has_uri: bool) -> None:
    read = parse_name_addr(value)
    assert read.error is not None
    assert read.error.column == column
    assert (read.uri is not None) is has_uri


def test_contact_star() -> None:
    read = parse_name_addr("*")
    assert (read.uri, read.uri_text, read.error) == (None, "*", None)


def test_via() -> None:
    via = parse_via("SIP/2.0/wss [2001:db8::1]:5061;branch=z9hG4bKx;received=192.0.2.1;rport=40000;alias")
    assert isinstance(via, Via)
    assert (via.transport, via.host, via.port) == ("WSS", "2001:db8::1", 5061)
    assert (via.branch, via.received, via.rport, via.asks_rport) == ("z9hG4bKx", "192.0.2.1", 40000, True)
    assert via.is_rfc3261


@pytest.mark.parametrize(
    ("value", "branch", "rport", "asks", "new"),
    [
        ("SIP/2.0/UDP h;rport;branch=z9hG4bK1", "z9hG4bK1", None, True, True),
        ("SIP/2.0/UDP h", None, None, False, False),
        ("SIP/2.0/UDP h;branch=390skdjuw", "390skdjuw", None, False, False),
        ("SIP/2.0/UDP h;branch=z9hG4bK", "z9hG4bK", None, False, False),
    ],
)
def test_branches(value: str, branch: str | None, rport: int | None, asks: bool, new: bool) -> None:
    via = parse_via(value)
    assert isinstance(via, Via)
    assert (via.branch, via.rport, via.asks_rport, via.is_rfc3261) == (branch, rport, asks, new)


@pytest.mark.parametrize("value", ["", "SIP/2.0/UDP", "SIP/2.0 UDP h", "SIP/2.0/UDP ;branch=1", "192.0.2.1"])
def test_no_via(value: str) -> None:
    assert isinstance(parse_via(value), SipSyntaxError)


@pytest.mark.parametrize(
    ("value", "cseq", "faults"),
    [
        ("8 INVITE", CSeq(8, "INVITE"), 0),
        ("0009\t INVITE", CSeq(9, "INVITE"), 0),
        ("0 ACK", CSeq(0, "ACK"), 0),
        ("7 refer", CSeq(7, "REFER"), 0),
        ("7 Notify", CSeq(7, "NOTIFY"), 0),
        ("7 chat", CSeq(7, "chat"), 0),
        ("2147483647 BYE", CSeq(2**31 - 1, "BYE"), 0),
        ("2147483648 BYE", CSeq(2**31, "BYE"), 1),
        ("4294967296 BYE", None, 1),
        ("9" * 5000 + " BYE", None, 1),
        ("-1 BYE", None, 1),
        ("8", None, 1),
        ("INVITE 8", None, 1),
        ("8 INVITE x", None, 1),
        ("\u0668 INVITE", None, 1),
    ],
)
def test_cseq(value: str, cseq: CSeq | None, faults: int) -> None:
    read, found = parse_cseq(value)
    assert read == cseq
    assert len(found) == faults


def test_event_and_subscription_state() -> None:
    event = parse_event("Refer ; id=93")
    assert event is not None
    assert (event.package, event.id) == ("refer", "93")
    assert parse_event("  ") is None
    state = parse_subscription_state("Terminated;reason=NoResource;expires=0;retry-after=5")
    assert state is not None
    assert (state.state, state.reason, state.expires) == ("terminated", "noresource", 0)
    active = parse_subscription_state("active;expires=x")
    assert active is not None
    assert (active.reason, active.expires) == (None, None)
    assert parse_subscription_state("") is None


def test_reason_warning_and_target_dialog() -> None:
    assert parse_reason('SIP ;cause=200 ;text="Call completed, elsewhere"') == Reason(
        "SIP", 200, "Call completed, elsewhere"
    )
    assert parse_reason("Q.850;cause=sixteen") == Reason("Q.850", None, None)
    assert parse_reason(";cause=1") is None
    assert parse_warning('399 pbx.example:5060 "Refer-To: \\"x\\""') == Warn(399, "pbx.example:5060", 'Refer-To: "x"')
    assert parse_warning("399 pbx no quotes") == Warn(399, "pbx", "no quotes")
    assert parse_warning('1812 overture "In Progress"') == Warn(None, "overture", "In Progress")
    assert parse_warning("399") is None
    dialog = parse_target_dialog("a@h ;local-tag=1;remote-tag=2")
    assert dialog is not None
    assert (dialog.call_id, dialog.local_tag, dialog.remote_tag) == ("a@h", "1", "2")
    assert parse_target_dialog("") is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("70", 70),
        ("0068", 68),
        ("18000;duration=3600", 18000),
        ("120 (in a meeting)", 120),
        (None, None),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("4294967296", None),
        ("9" * 10_000, None),
        ("Thu, 01 Dec 1994 16:00:00 GMT", None),
    ],
)
def test_seconds(value: str | None, seconds: int | None) -> None:
    assert parse_seconds(value) == seconds


texts = st.text(max_size=80) | st.text('<>";,=\\: sipSIP/2.0zx@', max_size=60)


@given(texts)
def test_any_value_is_read(value: str) -> None:
    address = parse_name_addr(value)
    assert address.uri is not None or address.error is not None or address.uri_text == "*"
    assert all(e.column is not None and 1 <= e.column <= len(value) + 1 for e in address.errors)
    for at, piece in split_list(value):
        assert value.startswith(piece, at)
    for fault in read_params(value, 0)[1]:
        assert fault.column is not None
        assert 1 <= fault.column <= len(value) + 1
    parse_via(value)
    parse_cseq(value)
    parse_event(value)
    parse_subscription_state(value)
    parse_reason(value)
    parse_warning(value)
    parse_target_dialog(value)
    parse_seconds(value)
