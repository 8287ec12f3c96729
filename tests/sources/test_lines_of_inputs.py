"""The lines that a report quotes are those that the reader of the format counted."""

from __future__ import annotations

from sipdiag.excerpts import Excerpts


def test_lines_end_where_the_readers_say() -> None:
    text = "a\x0cb\u2028c\r\nd\re\n".encode()
    assert list(Excerpts(text, "json")) == ["a\x0cb\u2028c", "d", "e"]
    assert list(Excerpts(text, "yaml")) == ["a\x0cb", "c", "d", "e"]
    assert list(Excerpts(b"")) == []
