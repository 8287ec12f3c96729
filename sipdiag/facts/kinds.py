"""The name of a kind of fact, as a reader is told of it."""

from __future__ import annotations

_WORDS = {"Misread": "value in question", "Deprecated": "deprecated key"}


def in_words(name: str) -> str:
    """The name of a type in words.

    >>> in_words("TransferRule"), in_words("Misread")
    ('transfer rule', 'value in question')
    """
    if name in _WORDS:
        return _WORDS[name]
    return "".join(" " + c.lower() if c.isupper() else c for c in name).strip()
