"""Jumps of a dialplan, followed until an extension takes the call or none does."""

from __future__ import annotations

from sipdiag.facts.dialplan import LITERAL, REGEX, Context, Dialplan, Extension, Jump, look_up
from sipdiag.facts.onward import dead_end
from sipdiag.places import Place, Read
from sipdiag.values import Text

AT = Place("in1", 1, 1)


def sends(written: str, dialled: str, kind: str = LITERAL, otherwise: str = "") -> Extension:
    jump = Jump(Text(dialled), Text(""), AT, otherwise)
    return Extension(Read(Text(written), AT), kind, (), AT, jump=jump)


def ends(dialled: str, *extensions: Extension) -> str | None:
    plan = [Dialplan("d", "asterisk", AT, (Context(Text("c"), AT, extensions),))]
    end = dead_end(plan, "c", dialled, look_up(plan, "c", dialled))
    return end.dialled if end is not None else None


def test_a_number_that_nothing_takes() -> None:
    assert ends("1", sends("1", "2")) == "2"
    assert ends("1", sends("1", "2"), sends("2", "3")) == "3"
    assert ends("1", Extension(Read(Text("1"), AT), LITERAL, (), AT)) is None


def test_what_the_dialled_number_puts_in() -> None:
    assert ends("8123", sends(r"^8(\d+)$", "2$1", REGEX)) == "2123"
    assert ends("8123", sends(r"^8(\d+)$", "$2", REGEX)) is None
    assert ends("8123", sends("8123", "${EXTEN:1}")) == "123"
    assert ends("8123", sends("8123", "${DESK}")) is None
    assert ends("8123", sends(r"^(8)(x)?", "$1$2", REGEX)) is None  # it sends itself on to 8, which it takes again


def test_a_circle_ends_and_what_catches_all_takes_it() -> None:
    assert ends("1", sends("1", "2"), sends("2", "1")) is None
    assert ends("1", sends("1", "2", otherwise="i"), Extension(Read(Text("i"), AT), LITERAL, (), AT)) is None
