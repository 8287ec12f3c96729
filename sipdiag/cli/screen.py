"""What the place where text is printed can show: how many columns, and which characters."""

from __future__ import annotations

import os
import sys

_USUAL, _NARROWEST, _WIDEST = 80, 72, 400


def columns() -> int:
    """COLUMNS, where it is a number that text can be laid out for; else 80."""
    told = os.environ.get("COLUMNS", "")
    if not (told.isascii() and told.isdigit()):
        return _USUAL
    width = int(told[:9])
    return max(_NARROWEST, min(_WIDEST, width)) if width else _USUAL


def can_show(text: str) -> bool:
    """Whether standard output has these characters."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (UnicodeError, LookupError):
        return False
    return True
