"""`sipdiag baseline`: take what is known for known, so that only what is new counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sipdiag.cli.commands import Command
from sipdiag.cli.options import IgnoreOption, NoSettingsOption, PlatformOption, SelectOption, SettingsOption
from sipdiag.cli.settle import Flags, settle
from sipdiag.cli.spared import names_from, read_baseline, spare
from sipdiag.cli.stop import stop

if TYPE_CHECKING:
    from sipdiag.reports.report import Report
    from sipdiag.suppressions.baseline import Entry

baseline = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Adopt sipdiag where much is wrong already.\n\nKnown findings are kept in a file and do not count.",
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="the baseline")]
Inputs = Annotated[
    list[str] | None, typer.Argument(metavar="PATH...", help="what is to be examined; without it, this folder")
]
Diagnose = Annotated[
    bool, typer.Option("--diagnose", help="also calls in captures and traces, as diagnose does; else as lint does")
]


@baseline.command(cls=Command)
def write(
    file: File,
    paths: Inputs = None,
    diagnose: Diagnose = False,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    platform: PlatformOption = None,
    settings: SettingsOption = None,
    no_settings: NoSettingsOption = False,
) -> None:
    """Write all findings to FILE, in place of what it holds."""
    from sipdiag.reports.words import plural

    flags = Flags(settings, no_settings, select, ignore, platform=platform)
    report, found = _findings(file, paths or ["."], flags, diagnose)
    _deliver(file, found, report, plural(len(found), "finding"))


@baseline.command(cls=Command)
def update(
    file: File,
    paths: Inputs = None,
    diagnose: Diagnose = False,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    platform: PlatformOption = None,
    settings: SettingsOption = None,
    no_settings: NoSettingsOption = False,
) -> None:
    """Take out of FILE what does not occur any more.

    What is new is not added, and goes on counting.
    """
    from sipdiag.suppressions.baseline import match_entries

    flags = Flags(settings, no_settings, select, ignore, platform=platform)
    report, found = _findings(file, paths or ["."], flags, diagnose)
    known = read_baseline(file, report.inputs)
    positions, left = match_entries(found, known)
    read = set(known.names.values()) | known.gone
    unread = [e for e in left if e.file not in read]
    kept = [found[n] for n in sorted(positions)] + unread
    gone, new = len(known.entries) - len(kept), len(found) - len(positions)
    words = f"{len(kept)} kept, {gone} taken out"
    if new:
        words += f"; {new} new {'one counts' if new == 1 else 'ones count'} on (sipdiag baseline write takes them in)"
    _deliver(file, kept, report, words)


def _findings(file: Path, paths: Sequence[str], flags: Flags, diagnose: bool) -> tuple[Report, list[Entry]]:
    """All that counts and could stand in a baseline: what a claim suppresses has its reason already."""
    from dataclasses import replace

    from sipdiag.artefacts.files import WriteError, check_writable
    from sipdiag.pipeline import Options, examine
    from sipdiag.platforms.profile_file import ProfileError
    from sipdiag.reports.notices import UNREAD, notices
    from sipdiag.reports.show import Show
    from sipdiag.suppressions.baseline import entry_of
    from sipdiag.suppressions.claim_checks import CLAIM_CHECKS

    settled = replace(settle(paths, flags), baseline=None)
    options = replace(Options.under(settled), command="diagnose" if diagnose else "lint")
    try:
        check_writable(file)
        report = spare(examine(paths, options), settled)
    except (ProfileError, WriteError) as error:
        stop(str(error))
    unread = [i for i in report.inputs if i.failed and i.named]
    if unread:
        stop(*(f"{i.path}: {i.problems[0]}" for i in unread))
    if report.crashed:
        stop(*(f"{c.check} crashed: {c.error}" for c in report.crashed), code=3)
    own = {UNREAD, *(c.id for c in CLAIM_CHECKS)}
    names = names_from(file, report.inputs)
    return report, [entry_of(n, names) for n in notices(report, Show()) if n.rule not in own]


def _deliver(file: Path, entries: Sequence[Entry], report: Report, words: str) -> None:
    from sipdiag.artefacts.files import WriteError, write_file
    from sipdiag.suppressions.baseline import write_entries

    try:
        replaced = write_file(file, write_entries(entries).encode(), inputs=[i.path for i in report.inputs])
    except WriteError as error:
        stop(str(error))
    typer.echo(f"sipdiag: {'replaced' if replaced else 'wrote'} {file}: {words}", err=True)
