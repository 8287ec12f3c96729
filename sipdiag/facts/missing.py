"""Evidence that is not there."""

from __future__ import annotations

from sipdiag.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing of a kind is bound to a subject, and why: absent, ambiguous or unreadable."""

    why: str
