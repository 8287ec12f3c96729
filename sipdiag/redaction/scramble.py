"""Keyed one-to-one replacement of characters: same length, same kind of character, in the same places.

Each character is moved within its alphabet by an amount that the key and its neighbours decide (HMAC-SHA-256). What is
before a character decides it alone in the forward direction, so equal beginnings stay equal beginnings; what is behind
it in the backward direction, so equal ends stay equal ends. Both are one to one among texts of one form.
"""

from __future__ import annotations

import hmac
from functools import lru_cache

_DIGITS = "0123456789"
_HEX, _REST = "abcdef", "ghijklmnopqrstuvwxyz"
_LETTERS = _HEX + _REST
# Letters that need as many octets in UTF-8 as the one they replace.
_TWO = "".join(chr(c) for c in range(0xE0, 0x100) if c != 0xF7)
_THREE = "".join(chr(c) for c in range(0x3042, 0x3094))
_FOUR = "".join(chr(c) for c in range(0x20000, 0x20040))


@lru_cache(maxsize=1 << 16)
def _amount(key: bytes, context: str) -> int:
    return int.from_bytes(hmac.digest(key, context.encode("utf-8", "surrogatepass"), "sha256")[:8], "big")


def _alphabet(character: str, hexadecimal: bool) -> str:
    if "0" <= character <= "9":
        return _DIGITS
    lower = character.lower()
    if "a" <= lower <= "z":
        if not hexadecimal:
            return _LETTERS
        return _HEX if lower in _HEX else _REST
    code = ord(character)
    if code < 0x80 or 0xD800 <= code < 0xE000:
        return ""
    return _TWO if code < 0x800 else _THREE if code < 0x10000 else _FOUR


def _move(key: bytes, character: str, context: str, hexadecimal: bool) -> str:
    alphabet = _alphabet(character, hexadecimal)
    if not alphabet:
        return character
    at = alphabet.find(character.lower())
    if at < 0:
        at = ord(character)
    moved = alphabet[(at + _amount(key, context)) % len(alphabet)]
    return moved.upper() if character.isascii() and character.isupper() else moved


def forward(key: bytes, text: str, hexadecimal: bool = True) -> str:
    """Replace each character by what stands before it. Upper and lower case differ in case alone.

    >>> one, two = forward(b"k", "7f3c91aa"), forward(b"k", "7f3c91aa02")
    >>> two.startswith(one), len(two)
    (True, 10)
    """
    lower = text.lower() if len(text.lower()) == len(text) else text
    return "".join(_move(key, c, f"f{hexadecimal:d}{lower[:i]}", hexadecimal) for i, c in enumerate(text))


def backward(key: bytes, text: str, hexadecimal: bool = False) -> str:
    """Replace each character by what stands behind it.

    >>> backward(b"k", "15550100123").endswith(backward(b"k", "5550100123"))
    True
    """
    if text.isascii() and text.isdigit():  # most are numbers, and come to this
        before = f"b{hexadecimal:d}"
        return "".join([_DIGITS[(int(c) + _amount(key, before + text[n:])) % 10] for n, c in enumerate(text, 1)])
    lower = text.lower() if len(text.lower()) == len(text) else text
    return "".join(_move(key, c, f"b{hexadecimal:d}{lower[i + 1 :]}", hexadecimal) for i, c in enumerate(text))


def word(key: bytes, text: str) -> str:
    """The pseudonym of a run of letters and digits.

    Words with digits are ids: their beginnings may be compared, and hexadecimal stays so. Of other words every
    character depends on all others.

    >>> word(b"k", "Alice").lower() == word(b"k", "alice"), word(b"k", "alice")[:3] == word(b"k", "alicia")[:3]
    (True, False)
    """
    if len(text) > 512:
        return "".join(word(key, text[i : i + 256]) for i in range(0, len(text), 256))
    if any("0" <= c <= "9" for c in text):
        return forward(key, text)
    return backward(key, forward(key, text, hexadecimal=False))
