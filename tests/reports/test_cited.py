"""A line of a message in the room there is: nothing that decides is cut off while rows are left."""

from __future__ import annotations

from sipdiag.reports.cited import Quoted

WARNING = 'Warning: 399 cucm "Replaces header not accepted by SIP Trunk Security Profile"'


def test_a_short_line_is_one_row_with_its_carets() -> None:
    assert list(Quoted("SIP/2.0 403 Forbidden", ((8, 11),)).lines(40)) == ["SIP/2.0 403 Forbidden", "        ^^^"]


def test_a_long_line_goes_on_in_further_rows() -> None:
    rows = list(Quoted(WARNING, ((35, 43),)).lines(40))
    assert rows == [WARNING[:40], " " * 35 + "^^^^^", WARNING[40:], "^^^"]
    assert "".join(r for r in rows if r.strip("^ ")) == WARNING


def test_what_goes_beyond_the_rows_is_marked_as_cut() -> None:
    rows = list(Quoted("x" * 200).lines(40))
    assert [len(r) for r in rows] == [40, 40, 40]
    assert rows[-1].endswith("x…")


def test_a_mark_beyond_the_rows_is_shown() -> None:
    rows = list(Quoted("x" * 300 + "here" + "y" * 50, ((300, 304),)).lines(40))
    assert rows[0].startswith("…xxx")
    assert any("here" in row for row in rows)
    assert "^^^^" in "".join(rows)


def test_an_empty_line_is_a_row() -> None:
    assert list(Quoted("").lines(40)) == [""]
