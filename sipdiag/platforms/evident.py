"""How sure it is that a name means nothing, where documents may be given in part."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches

_ALIKE = 0.8
_LONGEST = 100


def misspelt(name: str, known: Collection[str]) -> bool:
    """Whether a name comes so near to a known one that it hardly means another; names that are counted never do.

    >>> [misspelt(n, ["carrier", "desk-1"]) for n in ("carier", "Carrier", "desk-2", "support")]
    [True, True, False, False]
    """
    spelled = {_plain(k) for k in known}
    return _plain(name) in spelled or any(
        re.sub(r"\d+", "", near) != re.sub(r"\d+", "", _plain(name))
        for near in get_close_matches(_plain(name), spelled, 1, _ALIKE)
    )


def _plain(name: str) -> str:
    return re.sub(r"[-_. ]+", "-", name[:_LONGEST].lower())
