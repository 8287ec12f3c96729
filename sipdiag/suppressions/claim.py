"""A claim that findings need not count: for some files, for a check, or for one line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass
from sipdiag.reports.report import Suppression

if TYPE_CHECKING:
    from sipdiag.places import Place

KINDS = ("path", "check", "inline")  # the order in which they are asked; the baseline comes last


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Settings for paths, none of which is there."""

    patterns: tuple[str, ...]
    where: Place


@dataclass(frozen=True, slots=True)
class Claim:
    """`names` are ids of checks or families. `paths` tells whether a file, by its path as given, is meant (None: all
    are), `line` which line of the input of `where`. `until` is the last day on which it holds.

    `broken` says what makes it void: no reason, no such check, no date.
    """

    kind: str
    names: tuple[str, ...]
    reason: str
    where: Place
    until: date | None = None
    paths: Callable[[str], bool] | None = None
    line: int | None = None
    broken: str = ""

    def expired(self, today: date) -> bool:
        return self.until is not None and self.until < today

    def covers(self, names: set[str], place: Place | None, path: str) -> bool:
        """Whether a finding is meant: `names` are its check's id and family, `place` and `path` where it stands."""
        if not names & set(self.names):
            return False
        if self.line is not None:
            return place is not None and place.input == self.where.input and place.line == self.line
        return self.paths is None or self.paths(path)

    @property
    def suppression(self) -> Suppression:
        return Suppression(self.kind, self.reason, self.until.isoformat() if self.until is not None else None)
