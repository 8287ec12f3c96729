"""Gather what keeps findings from counting: claims of the settings and of comments, and the baseline."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sipdiag.cli.settle import short
from sipdiag.cli.stop import stop

if TYPE_CHECKING:
    from sipdiag.reports.report import Input, Report
    from sipdiag.settings.settings import Settings
    from sipdiag.suppressions.baseline import Baseline
    from sipdiag.suppressions.claim import Unmatched


def spare(report: Report, settings: Settings, paths: Iterable[str] = ()) -> Report:
    """The report with what is suppressed marked, and with warnings about suppressions that do not fit.

    `paths` are what was named: settings for files that are nowhere are told of where all that could be meant was read.
    """
    from sipdiag.suppressions.inline import claims_in

    claims = [*settings.claims, *(c for i in report.inputs for c in claims_in(i, _unknown))]
    own = [settings.file] if settings.file is not None else []
    baseline = None
    if settings.baseline is not None:
        baseline = read_baseline(settings.baseline, report.inputs)
        own.append(_as_input(baseline))
    unmatched = _unmatched(report, settings, paths)
    if not claims and baseline is None and not unmatched:
        return report
    from sipdiag.suppressions.apply import Spared, apply

    return apply(report, Spared(tuple(claims), baseline, tuple(own), unmatched), date.today(), settings.ignore)


def _unmatched(report: Report, settings: Settings, paths: Iterable[str]) -> tuple[Unmatched, ...]:
    """Tables of paths that fit no file, where a folder was named that holds the settings and all beside them."""
    idle = [f for f in settings.paths if not any(f.matches(i.path) for i in report.inputs)]
    if not idle or settings.file is None:
        return ()
    folder = Path(settings.file.path).resolve().parent
    if not any(os.path.isdir(p) and folder.is_relative_to(Path(p).resolve()) for p in paths):
        return ()
    from sipdiag.sources.find import MAX_LINTED, find_sources
    from sipdiag.suppressions.claim import Unmatched

    there = find_sources([str(folder)], most=MAX_LINTED).sources  # what is passed over is there, too
    if any(s.barred for s in there):
        return ()
    return tuple(
        Unmatched(f.patterns, f.where)
        for f in idle
        if f.where is not None and not any(f.matches(s.path) for s in there)
    )


def _unknown(name: str) -> str | None:
    from sipdiag.settings.vocabulary import unknown_name  # few documents have a claim

    return unknown_name(name)


def read_baseline(file: Path, inputs: Iterable[Input]) -> Baseline:
    """A baseline for these inputs. Ends with 2 where it cannot be read."""
    from sipdiag.suppressions.baseline import Baseline, BaselineError, read_entries

    try:
        data = file.read_bytes()
        entries = read_entries(data)
    except OSError as error:
        hint = "; sipdiag baseline write makes it" if isinstance(error, FileNotFoundError) else ""
        stop(f"{short(file)}: {(error.strerror or str(error)).lower()}{hint}")
    except BaselineError as error:
        stop(f"{short(file)}:{error}")
    names = names_from(file, inputs)
    missing = {e.file for e in entries} - set(names.values())
    gone = frozenset(f for f in missing if f and not (file.parent / f).exists())
    return Baseline(short(file), entries, names, gone, hashlib.sha256(data).hexdigest())


def names_from(file: Path, inputs: Iterable[Input]) -> dict[str, str]:
    """The inputs by their paths relative to the folder of a file, with `/` between their parts."""
    folder = file.resolve().parent
    return {i.path: Path(os.path.relpath(Path(i.path).resolve(), folder)).as_posix() for i in inputs if i.path != "-"}


def _as_input(baseline: Baseline) -> Input:
    from sipdiag.reports.report import Input
    from sipdiag.suppressions.baseline import INPUT

    return Input(INPUT, "", baseline.path, INPUT, "json", baseline.sha256)
