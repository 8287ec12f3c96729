"""What a settings file says, as typed values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass

if TYPE_CHECKING:
    from sipdiag.places import Place
    from sipdiag.reports.report import Input
    from sipdiag.suppressions.claim import Claim

Matches = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class ForPaths:
    """What holds for the files that `matches` takes, by their paths as they were given; `patterns` say which they are."""

    matches: Matches
    platform: str | None = None
    expect: str | None = None
    patterns: tuple[str, ...] = ()
    where: Place | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What a settings file says; None or empty where it says nothing. Paths are joined to its folder."""

    file: Input | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    expect: str | None = None
    fail_on: str | None = None
    min_severity: str | None = None
    baseline: Path | None = None
    agent: str | None = None
    platform: str | None = None
    profiles: tuple[Path, ...] = ()
    redact: str | None = None
    exclude: Matches | None = None
    paths: tuple[ForPaths, ...] = ()
    claims: tuple[Claim, ...] = ()
