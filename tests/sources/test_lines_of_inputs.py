"""The lines that a report quotes are those that the reader of the format counted."""

from __future__ import annotations

from sipdiag.sources.texts import _lines


def test_lines_end_where_the_readers_say() -> None:
    text = "a\x0cb\u2028c\r\nd\re\n".encode()
    assert _lines(text, "json") == ("a\x0cb\u2028c", "d", "e")
    assert _lines(text, "yaml") == ("a\x0cb", "c", "d", "e")
    assert _lines(b"") == ()
