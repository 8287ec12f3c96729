"""URIs: their parts and places, what breaks them, and how they compare."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.sip.errors import SipSyntaxError
from sipdiag.sip.uri import Uri, parse_uri, read_uri
from sipdiag.values import Secret


def test_every_part_has_its_place() -> None:
    text = "sips:al%69ce:p%40w@Host.Example:5061;transport=TCP;lr?Subject=a%20b&Priority=urgent"
    uri = parse_uri(text)
    parts = {
        "scheme": "sips",
        "user": "al%69ce",
        "password": "p%40w",
        "host": "Host.Example",
        "port": "5061",
        "params": ";transport=TCP;lr",
        "param:transport": "transport=TCP",
        "param:lr": "lr",
        "headers": "?Subject=a%20b&Priority=urgent",
        "header:subject": "Subject=a%20b",
    }
    for part, written in parts.items():
        span = uri.span(part)
        assert span is not None, part
        assert text[span[0] : span[1]] == written
    assert uri.span("nothing") is None
    assert str(uri) == text


def test_values_are_decoded_and_kept_raw_beside() -> None:
    uri = parse_uri("sip:sips%3Auser%40example.com@example.net;%6Cr;n%61me=v%61lue%25%34%31?X=%3Ca%3E")
    assert (uri.user, uri.raw_user) == ("sips:user@example.com", "sips%3Auser%40example.com")
    assert uri.param("lr") == ""
    assert uri.param("NAME") == "value%41"
    assert uri.param("transport") is None
    assert uri.header("x") == "<a>"
    assert uri.raw_headers == (("X", "%3Ca%3E"),)


def test_a_password_is_never_shown() -> None:
    uri = parse_uri("sip:alice:hunter2@example.com")
    assert uri.password == Secret("hunter2")
    assert "hunter2" not in f"{uri.password} {uri.password!r}"


@pytest.mark.parametrize(
    ("text", "host", "key", "port", "is_ip"),
    [
        ("sip:a@192.0.2.1:5060", "192.0.2.1", "192.0.2.1", 5060, True),
        ("sip:a@[2001:DB8:0::1]:5070", "2001:DB8:0::1", "2001:db8::1", 5070, True),
        ("sip:PBX.Example.", "PBX.Example.", "pbx.example", None, False),
        ("sip:my_container:5060;transport=udp", "my_container", "my_container", 5060, False),
        ("SIP:a@192.0.2.1.example", "192.0.2.1.example", "192.0.2.1.example", None, False),
        ("tel:+15550100", "", "", None, False),
        ("http://www.example.com/?a=b", "", "", None, False),
    ],
)
def test_hosts(text: str, host: str, key: str, port: int | None, is_ip: bool) -> None:
    uri = parse_uri(text)
    assert (uri.host, uri.host_key, uri.port, uri.is_ip) == (host, key, port, is_ip)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("sip:+15550100@h", "+15550100"),
        ("sip:%2B1-555-(0100)@h", "+15550100"),
        ("sip:1001@h", "1001"),
        ("sip:+1555;ext=3@h", "+1555"),
        ("tel:+1.555.0100;phone-context=+1", "+15550100"),
        ("sip:alice@h", None),
        ("sip:*98@h", None),
        ("sip:10.0.0.1@h", None),
        ("sip:++1@h", None),
        ("sip:h", None),
        ("sip:---@h", None),
    ],
)
def test_numbers(text: str, number: str | None) -> None:
    assert parse_uri(text).number == number


@pytest.mark.parametrize(
    "text",
    [
        "sip:user;par=u%40example.net@example.com",
        "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
        "sip:null-%00-null@example.com",
        "soap.beep://192.0.2.103:3002",
        "nobodyKnowsThisScheme:totallyopaquecontent",
        "urn:service:sos",
        "sip:proxy.example;lr;r2=on;ftag=a-b;did=9c1.e2;vsf=AAA==",
        "tel:7042;phone-context=example.com",
    ],
)
def test_unusual_but_legal(text: str) -> None:
    assert parse_uri(text).raw == text


def test_an_unescaped_replaces_is_no_user() -> None:
    uri = parse_uri("sip:b.example;transport=tcp?Replaces=12@a.example;to-tag=1;from-tag=2")
    assert (uri.user, uri.host, uri.transport) == (None, "b.example", "tcp")
    assert uri.header("replaces") == "12@a.example;to-tag=1;from-tag=2"


@pytest.mark.parametrize(
    ("text", "column", "word"),
    [
        ("alice@example.com", 1, "scheme"),
        ("+15550100", 1, "scheme"),
        ("", 1, "scheme"),
        ("sip:", 5, "host"),
        ("sip:@example.com", 5, "before '@'"),
        ("sip:alice@", 11, "host"),
        ("sip:alice@;lr", 11, "host"),
        ("sip:al ice@example.com", 7, "user"),
        ("sip:al<ice@example.com", 7, "user"),
        ('sip:"a"@example.com', 5, "user"),
        ("sip:#9@example.com", 5, "user"),
        ("sip:a%4@example.com", 6, "hex digits"),
        ("sip:{{number}}@example.com", 5, "user"),
        ("sip:a:p w@example.com", 8, "password"),
        ("sip:a@b@example.com", 8, "'@'"),
        ("sip:a@example.com:port", 19, "port"),
        ("sip:a@example.com:", 19, "port"),
        ("sip:a@example.com:70000", 19, "port"),
        ("sip:a@example.com:0", 19, "port"),
        ("sip:a@exa mple.com", 10, "host"),
        ("sip:a@[::g]", 7, "host"),
        ("sip:a@[1::2::3]", 7, "IPv6"),
        ("sip:a@example.com;", 19, "empty parameter"),
        ("sip:a@example.com;;lr", 19, "empty parameter"),
        ("sip:a@example.com; lr", 19, "parameter"),
        ("sip:a@example.com?Replaces", 19, "URI header"),
        ("sip:a@example.com?X=a b", 22, "URI header"),
        ("sip:a@example.com/path", 18, "host"),
        ("tel:", 5, "number"),
        ("tel:+1 555", 7, "telephone"),
        ("tel:+1555@example.com", 10, "telephone"),
        ("http://a b", 9, "the URI"),
    ],
)
def test_the_first_fault_has_its_column(text: str, column: int, word: str) -> None:
    with pytest.raises(SipSyntaxError, match=word) as caught:
        parse_uri(text)
    assert caught.value.column == column


def test_what_can_be_read_of_a_broken_uri_is_read() -> None:
    uri, errors = read_uri("sip:two words@example.com:99999;;lr")
    assert uri is not None
    assert (uri.user, uri.host, uri.port, uri.param("lr")) == ("two words", "example.com", None, "")
    assert [e.column for e in errors] == [8, 27, 33]


def test_same_user_host() -> None:
    one = parse_uri("sip:%61lice@Example.com:5060;transport=udp")
    assert one.same_user_host(parse_uri("sips:alice@example.com."))
    assert not one.same_user_host(parse_uri("sip:Alice@example.com"))
    assert not one.same_user_host(parse_uri("sip:alice@example.org"))


@given(st.text(max_size=60))
def test_any_text_after_a_scheme_is_read_or_refused(text: str) -> None:
    for scheme in ("", "sip:", "tel:", "x:"):
        uri, errors = read_uri(scheme + text)
        assert uri is not None or errors
        assert all(e.column is not None and 1 <= e.column <= len(scheme + text) + 1 for e in errors)
        if uri is not None:
            _sound(uri)


def _sound(uri: Uri) -> None:
    for part, start, end in uri.spans:
        assert 0 <= start <= end <= len(uri.raw), part
    assert uri.number is None or uri.number.removeprefix("+").isascii()
    assert uri.host_key == uri.host_key.lower()


users = st.text("abcXYZ019-_.!~*'()&=+$,;?/", min_size=1, max_size=12).filter(lambda u: "=" not in u)
hosts = st.sampled_from(["example.com", "192.0.2.1", "[2001:db8::1]", "a-b.example"])


@given(users, hosts, st.none() | st.integers(1, 65535), st.lists(st.sampled_from(["lr", "transport=tls", "x=1"])))
def test_what_the_grammar_makes_is_read_back(user: str, host: str, port: int | None, params: list[str]) -> None:
    text = f"sip:{user}@{host}" + (f":{port}" if port else "") + "".join(f";{p}" for p in params)
    uri = parse_uri(text)
    assert (uri.user, uri.host, uri.port) == (user, host.strip("[]"), port)
    assert [n if v is None else f"{n}={v}" for n, v in uri.params] == params
