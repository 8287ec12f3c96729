"""The name of a kind of fact, as a reader is told of it."""

from __future__ import annotations


def in_words(name: str) -> str:
    """The name of a type in words.

    >>> in_words("TransferRule")
    'transfer rule'
    """
    return "".join(" " + c.lower() if c.isupper() else c for c in name).strip()
