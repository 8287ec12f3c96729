"""What people and agents said: every word is masked but those that tell of a transfer, so that only that is left."""

from __future__ import annotations

import re
from functools import cache

from sipdiag.redaction.kept import listed
from sipdiag.redaction.units import through_units

_SHORT = 4  # letters from which a word is known by its beginning
_WORD = re.compile(r"[^\W_]+")
_STATUS = re.compile(r"\b(?:sip|status|response|code|2\.0)\W{1,4}\Z", re.IGNORECASE)  # what a SIP status stands behind


@cache
def _stems() -> tuple[frozenset[str], tuple[str, ...]]:
    words = listed("speech.txt")
    return words, tuple(sorted(w for w in words if len(w) >= _SHORT))


def masked(text: str) -> str:
    """Speech of which only the transfer can be told.

    >>> masked("Thanks Mary, I'm transferring you to billing.")
    "xxxxxx xxxx, I'm transferring you to xxxxxxx."
    """
    return through_units(text, lambda t: _WORD.sub(_mask, t))


def _mask(match: re.Match[str]) -> str:
    word = match[0].lower()
    whole, stems = _stems()
    if word in whole or word.startswith(stems):
        return match[0]
    if len(word) == 3 and word.isdigit() and _STATUS.search(match.string[: match.start()][-20:]):
        return match[0]
    return "".join("x" * max(1, min(1, len(c))) if c.isascii() else _wide(c) for c in match[0])


def _wide(character: str) -> str:
    """A letter of as many octets: what is said must not become shorter."""
    code = ord(character)
    return "\u00d7" if code < 0x800 else "\u3007" if 0x800 <= code < 0xD800 or 0xE000 <= code < 0x10000 else character
