"""Expressions that are compiled when they are first used."""

import re

import pytest

from sipdiag.patterns import pattern


def test_a_pattern_answers_as_a_compiled_one() -> None:
    late, early = pattern(r"(?P<digits>\d+)x", re.IGNORECASE), re.compile(r"(?P<digits>\d+)x", re.IGNORECASE)
    assert [m["digits"] for m in late.finditer("1x 22X y")] == [m["digits"] for m in early.finditer("1x 22X y")]
    assert late.sub("-", "a1Xb") == early.sub("-", "a1Xb") == "a-b"
    assert (late.pattern, late.groupindex) == (early.pattern, early.groupindex)


def test_octets_are_taken_too() -> None:
    assert pattern(rb"\r\n?|\n").split(b"a\r\nb\nc") == [b"a", b"b", b"c"]


def test_a_wrong_expression_shows_at_its_first_use() -> None:
    late = pattern("(")
    with pytest.raises(re.error, match="unterminated"):
        late.match("x")
