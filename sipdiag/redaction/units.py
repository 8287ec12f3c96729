"""Texts in which characters are written in several ways: percent escapes, JSON escapes, backslashes."""

from __future__ import annotations

import re
from collections.abc import Callable

from sipdiag.dataclass import dataclass
from sipdiag.patterns import pattern

_UNIT = pattern(r"\\u[0-9A-Fa-f]{4}|\\.|%(?:25)*[0-9A-Fa-f]{2}", re.DOTALL)
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}


@dataclass(frozen=True, slots=True)
class Units:
    """Characters, and how each is written."""

    text: str
    raw: tuple[str, ...]

    def written(self, text: str) -> str:
        """Another text of as many characters, each written like the one that stood there."""
        return "".join(
            raw if new == old else _spelled(raw, new) for raw, old, new in zip(self.raw, self.text, text, strict=True)
        )


def units(raw: str) -> Units:
    """Take a text apart.

    >>> units("%2B1555%40pbx").text
    '+1555@pbx'
    """
    text: list[str] = []
    parts: list[str] = []
    at = 0
    for match in _UNIT.finditer(raw):
        text += raw[at : match.start()]
        parts += raw[at : match.start()]
        text.append(_meant(match[0]))
        parts.append(match[0])
        at = match.end()
    text += raw[at:]
    parts += raw[at:]
    return Units("".join(text), tuple(parts))


def _meant(unit: str) -> str:
    if unit[0] == "%":
        return chr(int(unit[-2:], 16))
    if len(unit) == 6:
        return chr(int(unit[2:6], base=16))
    # A letter behind a backslash that escapes nothing is no letter of the word that follows.
    return _CONTROL.get(unit[1], "\\" if unit[1].isalnum() else unit[1])


def _spelled(raw: str, new: str) -> str:
    if raw[0] == "%" and len(raw) > 1:
        code = f"{ord(new) & 0xFF:02X}" if raw[-2:].isupper() or raw[-2:].isdigit() else f"{ord(new) & 0xFF:02x}"
        return raw[:-2] + code
    if len(raw) == 6 and raw[0] == "\\":
        return f"\\u{ord(new) & 0xFFFF:04x}"
    return new if len(raw) == 1 else raw


def through_units(raw: str, change: Callable[[str], str]) -> str:
    """Change what is meant, and write it as it was written."""
    if "%" not in raw and "\\" not in raw:
        return change(raw)
    taken = units(raw)
    changed = change(taken.text)
    return taken.written(changed) if len(changed) == len(taken.text) else changed
