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


T = TypeVar("T")
Edit: TypeAlias = Replace | Switch | Insert


def chosen(setting: Read[T], written: str, word: str) -> Edit | None:
    """Have a setting say this word: written over what stands there, or added where the document does not say.

    None where the place is not known.
    """
    if setting.where is None:
        return None
    if written:
        return Replace(setting.where, written, word)
    return Insert(setting.where, setting.setting, word) if setting.setting else None
