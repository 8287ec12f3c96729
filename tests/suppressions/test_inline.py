"""Comments that spare a line: where they count, and where a text only looks like one."""

from __future__ import annotations

import pytest

from sipdiag.excerpts import Excerpts
from sipdiag.reports.report import Input
from sipdiag.suppressions.claim import Claim
from sipdiag.suppressions.inline import claims_in


def claims(text: str, syntax: str, kind: str = "config") -> list[Claim]:
    item = Input("in1", "k1", "x", kind, "other", "", syntax=syntax, excerpts=Excerpts(text.encode(), syntax))
    return claims_in(item, lambda name: None if name != "wrong" else f"no check or family {name!r}")


@pytest.mark.parametrize(
    ("text", "syntax", "line"),
    [
        ("a: 1\nb: 2  # sipdiag: ignore[x] why\n", "yaml", 2),
        ("# sipdiag: ignore[x] why\n\n# more\nb: 2\n", "yaml", 4),
        ("a: 'it''s # here'  #sipdiag:ignore[x] why\n", "yaml", 1),
        ("- a\n# sipdiag: ignore[x] why", "yaml", 2),
        ("[a]\ntype=endpoint ; sipdiag: ignore[x] why\n", "ini", 2),
        ("[a]\n;; sipdiag: ignore[x] why\ntype=endpoint\n", "ini", 3),
        ("route {\n  # sipdiag: ignore[x] why\n  t_relay();\n}", "cfg", 3),
        ("route {\n  t_relay(); // sipdiag: ignore[x] why\n}", "cfg", 2),
        ("<a>\n  <b/> <!-- sipdiag: ignore[x] why -->\n</a>", "xml", 2),
        ("<a>\n  <!-- sipdiag: ignore[x]\n why -->\n  <b/>\n</a>", "xml", 4),
    ],
)
def test_a_comment_spares_its_line_or_the_next(text: str, syntax: str, line: int) -> None:
    (claim,) = claims(text, syntax)
    assert (claim.names, claim.line, claim.broken) == (("x",), line, "")


@pytest.mark.parametrize(
    ("text", "syntax"),
    [
        ('a: "sip:1@x # sipdiag: ignore[x] why"\n', "yaml"),
        ("a: |\n  text\n  # sipdiag: ignore[x] why\n", "yaml"),
        ("a: b#sipdiag: ignore[x] why\n", "yaml"),
        ('{"a": "# sipdiag: ignore[x] why"}', "json"),
        ("[a]\nb=c\\; sipdiag: ignore[x] why\n", "ini"),
        ("<a><![CDATA[ <!-- sipdiag: ignore[x] why --> ]]></a>", "xml"),
        ("a: 1 # sipdiag: see the manual\n", "yaml"),
    ],
)
def test_what_is_no_comment_spares_nothing(text: str, syntax: str) -> None:
    assert claims(text, syntax) == []


def test_nothing_is_looked_for_in_what_others_wrote() -> None:
    assert claims("# sipdiag: ignore[x] why", "", "trace") == []
    assert claims("# sipdiag: ignore[x] why", "yaml", "trace") == []


def test_several_names_and_a_last_day() -> None:
    (claim,) = claims("a: 1 # sipdiag: ignore[x, y] until 2027-01-31: the carrier mends it\n", "yaml")
    assert (claim.names, str(claim.until), claim.reason) == (("x", "y"), "2027-01-31", "the carrier mends it")


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("ignore[x]", "it gives no reason"),
        ("ignore[x] until 2027-01-31", "it gives no reason"),
        ("ignore[] why", "it names no check"),
        ("ignore why", "it names no check"),
        ("ignore[x] until soon why", "'soon' is no date"),
        ("ignore[x, wrong] why", "no check or family 'wrong'"),
    ],
)
def test_what_is_not_whole_is_void(comment: str, words: str) -> None:
    (claim,) = claims(f"a: 1 # sipdiag: {comment}\n", "yaml")
    assert words in claim.broken
