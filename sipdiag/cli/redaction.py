"""Which values an output shows as they were read: one redactor for all outputs of a run."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sipdiag.cli.options import Redaction
    from sipdiag.redaction import Mode, Redactor
    from sipdiag.reports.report import Report
    from sipdiag.reports.show import Show

_OF_CI = frozenset({"sarif", "junit", "github", "gitlab"})


def mode_of(kind: str, asked: Redaction | None, *, to_file: bool = False) -> Mode:
    """What holds for a format or command, by what was asked for and where it goes."""
    from sipdiag.redaction import Mode
    from sipdiag.redaction.when import mode_for

    wanted = Mode(asked.value) if asked is not None else None
    return mode_for(kind, asked=wanted, to_file=to_file, terminal=sys.stdout.isatty())


@cache
def redactor_of(mode: Mode, keep: tuple[str, ...] = ()) -> Redactor:
    """The redactor of this run: all outputs show one pseudonym for one original."""
    from sipdiag.redaction import Redactor

    return Redactor(mode=mode, keep=keep)


def show_of(mode: Mode) -> Show:
    """Values, and whole messages, as they may be shown."""
    from sipdiag.redaction import Mode
    from sipdiag.reports.show import Show

    redactor = redactor_of(mode)
    return Show(redactor, redactor.message if mode is not Mode.OFF else None)


def without_paths(report: Report, redactor: Redactor, format: str, files: Mapping[str, str]) -> Report:
    """The report with the names of its inputs redacted, without the folders above them, and without their hashes.

    A hash of an original would prove to whoever has the original that it is the one. What a repository's own CI reads
    keeps the paths of the repository (`files`): it could not point at a line otherwise.
    """
    inputs = tuple(
        replace(
            i,
            path=i.path if format in _OF_CI and i.path in files else redactor.text(PurePath(i.path).name),
            sha256="",
        )
        for i in report.inputs
    )
    return replace(report, inputs=inputs)
