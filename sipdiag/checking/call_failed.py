"""The finding that a new call failed, in which checks differ by codes, words and remedies only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sipdiag.checking.finding import Because, Finding
from sipdiag.values import Text

if TYPE_CHECKING:
    from sipdiag.facts.ending import Ending


def call_failed(failed: Ending, says: str, *, fix: str, **others: Any) -> Finding:
    """That the new call ended so, in a sentence with {target}, {status} and {reason}; `others` are those of `Finding`."""
    return Finding(
        says,
        target=failed.target,
        status=failed.code,
        reason=Text(failed.reason),
        at=failed.at,
        because=proofs(failed),
        fix=fix,
        **others,
    )


def proofs(failed: Ending) -> list[Because]:
    """What shows it."""
    return [Because(words, at=at, **values) for words, at, values in failed.proofs]
