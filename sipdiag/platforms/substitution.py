"""Variables of configuration files in place of their names, as deep as they stand within one another."""

from __future__ import annotations

from collections.abc import Callable

_DEEPEST = 8  # variables within variables


def settled(text: str, substitute: Callable[[str], str], longest: int) -> str:
    """A text that has been substituted until nothing changes any more, or until it would grow beyond `longest`.

    >>> settled("a", lambda t: {"a": "b", "b": "c"}.get(t, t), 10), settled("x", lambda t: t + t, 3)
    ('c', 'xx')
    """
    for _ in range(_DEEPEST):
        said = substitute(text)
        if said == text or len(said) > longest:
            break
        text = said
    return text
