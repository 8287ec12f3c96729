"""Destinations as texts: what they are, whether two are one, where they part, and what a URI among them lacks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.facts.matching import bare, same, typed, where_they_part
from sipdiag.facts.uri_text import read
from sipdiag.values import Number, Text, UriText


@pytest.mark.parametrize(
    ("text", "scheme", "host", "user", "target"),
    [
        ("sip:500@pbx.example", "sip", True, True, True),
        ("sips:500@[2001:db8::1]:5061;transport=tls", "sips", True, True, True),
        ("SIP:500@192.0.2.1", "sip", True, True, True),
        ("<sip:500@pbx.example>", "sip", True, True, True),
        ("sip:pbx.example", "sip", True, False, True),
        ("sip:500", "sip", False, False, True),
        ("sip:500@", "sip", False, True, True),
        ("sip:@pbx.example", "sip", True, False, True),
        ("sip:", "sip", False, False, False),
        ("tel:+12025550123", "tel", False, False, True),
        ("500@pbx.example", None, True, True, True),
        ("1001", None, False, False, True),
        ("pbx.example:5060", None, True, False, True),
        ("front desk", None, False, False, False),
        ("https://pbx.example/500", None, True, False, False),
        ("mailto:a@b.example", None, True, True, True),
        ("", None, False, False, False),
        ("  ", None, False, False, False),
        ("+", None, False, False, False),
    ],
)
def test_the_parts_of_a_text(text: str, scheme: str | None, host: bool, user: bool, target: bool) -> None:
    found = read(text)
    assert (found.scheme, found.is_target) == (scheme, target)
    if found.foreign is None:
        assert (found.has_host, found.has_user) == (host, user)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("+1 202 555 0123", Number),
        ("500", Number),
        ("*67", Number),
        ("sip:5@x", UriText),
        ("a@b", UriText),
        ("desk", Text),
    ],
)
def test_a_destination_has_the_type_that_says_what_it_gives_away(text: str, kind: type) -> None:
    assert type(typed(text)) is kind


@pytest.mark.parametrize(
    ("wanted", "configured", "words"),
    [
        ("12025550150", "+12025550150", "the leading '+' is missing"),
        ("+12025550150", "12025550150", "it has a leading '+' that the rule lacks"),
        ("+1 202 555 0150", "+12025550150", "only spaces or separators differ"),
        ("sip:a@x.example", "sips:a@x.example", "only the scheme differs"),
        ("+12025550158", "+12025550150", "they part at character 12"),
        ("+1202555015", "+12025550150", "they part at character 12"),
    ],
)
def test_where_two_destinations_part(wanted: str, configured: str, words: str) -> None:
    assert not same(wanted, configured)
    assert where_they_part(wanted, configured) == words


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    assert same(one, one)
    assert same(one, other) == same(other, one)
    assert bool(where_they_part(one, other))
    assert isinstance(bare(one), str)


@given(st.text(max_size=120))
def test_any_text_can_be_taken_apart(text: str) -> None:
    found = read(text)
    assert found.scheme in (None, "sip", "sips", "tel")
    assert isinstance(found.has_host, bool)
    assert isinstance(found.has_user, bool)
    assert isinstance(found.is_target, bool)
