"""How sure it is that a name means nothing, where documents may be given in part."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

_ALIKE = 0.85
_SHORTEST = 4  # letters of a name in which a slip can be told from another name
_LONGEST = 100
_MOST_KNOWN = 2000


def misspelt(name: str, known: frozenset[str]) -> bool:
    """Whether a name comes so near to a known one that it hardly means another; names that are counted never do.

    >>> [misspelt(n, frozenset(("carrier", "desk-1"))) for n in ("carier", "Carrier", "desk-2", "support")]
    [True, True, False, False]
    """
    plain = _plain(name)
    return any(_near(plain, other) for other in _spelled(known))


def _near(one: str, other: str) -> bool:
    if one == other:
        return True
    if abs(len(one) - len(other)) > 2 or (one[:1] != other[:1] and one[-1:] != other[-1:]):
        return False
    words = re.sub(r"\d+", "", one), re.sub(r"\d+", "", other)
    if words[0] == words[1] or min(map(len, words)) < _SHORTEST:
        return False
    matcher = SequenceMatcher(None, *words)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


@lru_cache(16)
def _spelled(known: frozenset[str]) -> tuple[str, ...]:
    """Names as they are compared; none where there are so many that some are always near."""
    return tuple({_plain(k) for k in known}) if len(known) <= _MOST_KNOWN else ()


def _plain(name: str) -> str:
    return re.sub(r"[-_. ]+", "-", name[:_LONGEST].lower())
