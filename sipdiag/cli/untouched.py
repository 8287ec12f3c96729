"""The files that a run reads: none of them is ever written over."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sipdiag.cli.stop import stop

if TYPE_CHECKING:
    from sipdiag.reports.report import Report


def untouched(paths: Iterable[str], others: Iterable[Path | None] = (), report: Report | None = None) -> list[str]:
    """What was named, and once they are known also the files of folders that could be read.

    `others` are keys, settings, profiles and the like. A report of an earlier run in a folder is no input.
    """
    read = (i.path for i in report.inputs if not i.failed) if report is not None else ()
    return [*dict.fromkeys((*paths, *(str(p) for p in others if p is not None), *read))]


def check_apart(outputs: Iterable[Path | None]) -> None:
    """End with 2 where two outputs of a run are one file: the second would replace the first."""
    named = [p for p in outputs if p is not None]
    places = [p.resolve() for p in named]
    for n, path in enumerate(named):
        if places[n] in places[:n]:
            stop(f"{path}: named for two outputs")
