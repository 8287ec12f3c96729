"""`lint --fix`, `--unsafe-fixes` and `--diff`: carry out the edits that findings bring with them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sipdiag.cli.output import Presentation, deliver, narrowed
from sipdiag.cli.spared import spare
from sipdiag.cli.stop import stop
from sipdiag.dataclass import dataclass
from sipdiag.reports.words import plural

if TYPE_CHECKING:
    from sipdiag.facts.edit import Edit
    from sipdiag.pipeline import Options
    from sipdiag.reports.report import Report
    from sipdiag.settings.settings import Settings
    from sipdiag.sources.source import Source

_MOST_ROUNDS = 10  # a fix may bring another finding to light, which is mended too


@dataclass(frozen=True, slots=True)
class Fixing:
    """Which edits are made, whether they are written, and whether they are shown."""

    unsafe: bool = False
    write: bool = True
    diff: bool = False


@dataclass(slots=True)
class Mended:
    """The report on the documents as they are with all edits; of each changed file its old and new bytes."""

    report: Report
    files: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    edits: int = 0


def mend(paths: Sequence[str], options: Options, *, unsafe: bool, settings: Settings | None = None) -> Mended:
    """Carry out edits in memory until none is left that can be. What is suppressed stays as it is."""
    from sipdiag.artefacts.fixes import fixed
    from sipdiag.pipeline import examine_sources, find_wanted
    from sipdiag.settings.settings import Settings
    from sipdiag.sources.bounded import MAX_TEXT

    settings = settings or Settings()
    sources, passed_over = find_wanted(paths, options)
    sources = [replace(s, data=sys.stdin.buffer.read(MAX_TEXT), stream=False) if s.stream else s for s in sources]
    mended = Mended(spare(examine_sources(sources, options, passed_over), settings, paths))
    for _ in range(_MOST_ROUNDS):
        changed = 0
        for number, source in enumerate(sources):
            edits = wanted(mended.report, source.path, unsafe=unsafe)
            if not edits:
                continue
            data = _data(source)
            done = fixed(data, source.path, edits)
            if done.done:
                changed += len(done.done)
                mended.files[source.path] = (mended.files.get(source.path, (data, data))[0], done.data)
                sources[number] = replace(source, data=done.data)
        if not changed:
            break
        mended.edits += changed
        mended.report = spare(examine_sources(sources, options, passed_over), settings, paths)
    return mended


def wanted(report: Report, path: str, *, unsafe: bool) -> list[Edit]:
    """The edits that findings of a report want in one of its inputs."""
    ids = {i.id for i in report.inputs if i.path == path}
    edits = [f.found.finding.edit for f in report.findings if f.suppressed is None]
    return [e for e in edits if e is not None and e.at.input in ids and (e.safe or unsafe)]


def _data(source: Source) -> bytes:
    if source.data is not None:
        return source.data
    try:
        return Path(source.path).read_bytes()
    except OSError:
        return b""


def fix_and_report(
    paths: Sequence[str], options: Options, fixing: Fixing, shown: Presentation, settings: Settings
) -> None:
    """Mend the documents, write them, show what was changed, and report on what is left."""
    from sipdiag.artefacts.files import WriteError, change_file
    from sipdiag.platforms.profile_file import ProfileError
    from sipdiag.reports.diff import diff_of

    if fixing.write and "-" in paths:
        stop("standard input cannot be changed; use --diff to see the edits")
    try:
        mended = mend(paths, options, unsafe=fixing.unsafe, settings=settings)
        for path, (old, new) in mended.files.items() if fixing.write else ():
            change_file(Path(path), old, new)
    except (ProfileError, WriteError) as error:
        stop(str(error))
    if fixing.diff:
        for path, (old, new) in mended.files.items():
            typer.echo(diff_of(path, old, new), nl=False)
    _tell(mended, fixing)
    if fixing.diff:
        shown = replace(shown, outputs=tuple(o for o in shown.outputs if o.path is not None))
    deliver(narrowed(mended.report, settings), shown, paths, at_least=1 if mended.edits and not fixing.write else 0)


def _tell(mended: Mended, fixing: Fixing) -> None:
    what, files = plural(mended.edits, "edit"), plural(len(mended.files), "file")
    verb = "made" if fixing.write else "would make"
    typer.echo(f"sipdiag: {verb} {what} in {files}" if mended.edits else "sipdiag: nothing to fix", err=True)
    if fixing.unsafe:
        return
    report = mended.report
    more = sum(1 for f in report.findings if (edit := report.edit_of(f.found)) is not None and not edit.safe)
    if more:
        typer.echo(f"sipdiag: {plural(more, 'more edit')} would change what a call does: --unsafe-fixes", err=True)
