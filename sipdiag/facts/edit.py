"""Changes to a document that would mend what is found, as data: where, what stands there, what should.

They are made where the value is understood (a platform's module, a check) and carried out by the one that writes.
`safe` tells that the edit only writes down what the document means already; one that is not safe changes who is called,
or what a call does.
"""

from __future__ import annotations

from typing import TypeAlias, TypeVar

from sipdiag.dataclass import dataclass
from sipdiag.places import Place, Read


@dataclass(frozen=True, slots=True)
class Replace:
    """Write another text for a value. Equal texts ask for the same text in quotes."""

    at: Place
    old: str
    new: str
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Switch:
    """Turn a boolean, in whatever words it is written."""

    at: Place
    on: bool
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Insert:
    """Add a key to the mapping that begins here."""

    at: Place
    key: str
    value: str
    safe: bool = False


# Words for on and off: whichever stands there, its opposite is written in the same words.
_PAIRS = (("true", "false"), ("yes", "no"), ("on", "off"), ("1", "0"), ("enabled", "disabled"), ("y", "n"))
T = TypeVar("T")
Edit: TypeAlias = Replace | Switch | Insert


def switched(written: str, *, on: bool) -> str | None:
    """The word that turns a boolean, in the same words and case; None where the opposite does not stand there.

    >>> switched("No", on=True), switched("yes", on=True), switched("$${allowed}", on=True)
    ('Yes', None, None)
    """
    for yes, no in _PAIRS:
        wanted, other = (yes, no) if on else (no, yes)
        if written.strip().lower() == other:
            return wanted.upper() if written.isupper() else wanted.title() if written[:1].isupper() else wanted
    return None


def chosen(setting: Read[T], written: str, word: str) -> Edit | None:
    """Have a setting say this word: written over what stands there, or added where the document does not say.

    None where the place is not known.
    """
    if setting.where is None:
        return None
    if written:
        return Replace(setting.where, written, word)
    return Insert(setting.where, setting.setting, word) if setting.setting else None
