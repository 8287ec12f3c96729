"""Logs with the newest line on top, as the search pages of log stores show and export them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sipdiag.sources.traces.stamps import DAY, Stamp

_FEWEST = 2  # steps back, by which a log runs backwards


def newest_first(stamps: Sequence[Stamp | None]) -> bool:
    """Whether the clock of a log runs backwards: it falls at least twice, and more often than it rises.

    >>> newest_first([Stamp(9.0), Stamp(9.0), Stamp(8.0), Stamp(5.0)]), newest_first([Stamp(5.0), Stamp(8.0)])
    (True, False)
    """
    clock = [stamp for stamp in stamps if stamp is not None and stamp.step is None]
    steps = [_step(one, other) for one, other in pairwise(clock)]
    falls = sum(step < 0 for step in steps)
    return falls >= _FEWEST and falls > sum(step > 0 for step in steps)


def _step(one: Stamp, other: Stamp) -> float:
    """How far the clock goes; a time of day goes the shorter way round midnight."""
    step = other.seconds - one.seconds
    if one.day is not None and other.day is not None:
        return step + (other.day - one.day) * DAY
    return (step + DAY / 2) % DAY - DAY / 2
