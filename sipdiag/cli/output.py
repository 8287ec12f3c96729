"""From a report to what is printed and written: formats, files, exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sipdiag.cli.options import Color, FailOn
from sipdiag.cli.progress import progress
from sipdiag.cli.redaction import OF_CI, Masking, without_paths
from sipdiag.cli.screen import columns
from sipdiag.cli.spared import spare
from sipdiag.cli.stop import stop
from sipdiag.cli.untouched import check_apart, untouched
from sipdiag.dataclass import dataclass
from sipdiag.stages import Severity

if TYPE_CHECKING:
    from sipdiag.pipeline import Options
    from sipdiag.reports.narrow import Choice
    from sipdiag.reports.report import Report
    from sipdiag.settings.settings import Settings


_PORTION = 1 << 16  # characters printed at once


@dataclass(frozen=True, slots=True)
class Output:
    """Where a report goes, and in which form. `path` None is standard output."""

    format: str
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Presentation:
    """How a report is shown."""

    outputs: tuple[Output, ...]
    fail_on: FailOn = FailOn.ERROR
    color: Color = Color.AUTO
    masking: Masking = field(default_factory=Masking)
    verbose: bool = False
    quiet: bool = False
    debug: bool = False
    all_calls: bool = False
    allow_empty: bool = False  # whether folders without anything of calls are in order
    progress: bool = True
    read: tuple[Path | None, ...] = ()  # files that are read beside the inputs: keys, settings, profiles


def outputs(format: str | None, files: Sequence[str] | None) -> tuple[Output, ...]:
    """What `--format` and `-o` ask for. A file without format takes that of `--format`, else that of its ending.

    Standard output gets the report where nothing else took it: `-o FILE` alone prints nothing.
    """
    from sipdiag.reports.formats import format_of

    if format is not None:
        _known(format)
    named: list[Output] = []
    unnamed = False
    for item in files or ():
        name, equals, path = item.partition("=")
        if not equals or "/" in name or "." in name:
            name, path, unnamed = format or format_of(item) or "text", item, True
        _known(name)
        named.append(Output(name, None if path == "-" else Path(path)))
    if not unnamed and not any(o.path is None for o in named):
        named.insert(0, Output(format or "text"))
    return tuple(named)


def _known(name: str) -> None:
    from sipdiag.reports.formats import FORMATS

    if name not in FORMATS:
        near = get_close_matches(name, FORMATS, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(FORMATS)}"
        stop(f"no format {name!r}; {hint}")


def report_on(
    paths: list[str], options: Options, shown: Presentation, settings: Settings, choice: Choice | None = None
) -> None:
    """Examine the inputs, deliver the report, and end with its exit code."""
    from sipdiag.artefacts.files import WriteError, check_writable
    from sipdiag.pipeline import examine
    from sipdiag.platforms.profile_file import ProfileError
    from sipdiag.reports.formats import WITH_FINGERPRINTS
    from sipdiag.reports.narrow import NothingChosenError, narrow

    try:
        for output in shown.outputs:
            if output.path is not None:
                check_writable(output.path, untouched(paths, shown.read))
        check_apart([*(o.path for o in shown.outputs), shown.masking.write_map])
        shown.masking.check_map(untouched(paths, shown.read))
        lasting = settings.baseline is not None or any(o.format in WITH_FINGERPRINTS for o in shown.outputs)
        reading = replace(options.reading, hashed=_tells_hashes(shown))
        options = replace(options, reading=reading, fingerprints=lasting)
        with progress(f"reading {len(paths)} input{'s' if len(paths) != 1 else ''} …", shown.progress):
            report = examine(paths, options, partly=True)
        report = spare(report, settings, paths)
        if choice is not None:
            report = narrow(report, choice)
        report = narrowed(report, settings)
    except (ProfileError, WriteError, NothingChosenError) as error:
        stop(str(error))
    deliver(report, shown, paths)


def _tells_hashes(shown: Presentation) -> bool:
    """Whether one of the outputs tells the hashes of the inputs, which it does of originals only."""
    from sipdiag.redaction import Mode
    from sipdiag.reports.formats import WITH_HASHES

    modes = (shown.masking.mode(o.format, to_file=o.path is not None) for o in shown.outputs if o.format in WITH_HASHES)
    return any(mode is Mode.OFF for mode in modes)


def report_on_uri(uri: str, options: Options, shown: Presentation, settings: Settings) -> None:
    """Judge one destination, deliver the report, and end with its exit code.

    Suppressions and baselines are of what stands in files; somebody who types a destination wants to hear of it.
    """
    from sipdiag.pipeline import examine_uri
    from sipdiag.platforms.profile_file import ProfileError

    try:
        report = narrowed(examine_uri(uri, options), settings)
    except ProfileError as error:
        stop(str(error))
    deliver(report, shown, ())


def narrowed(report: Report, settings: Settings) -> Report:
    """Without what is milder than the user wants to hear of."""
    from sipdiag.reports.narrow import at_least

    least = settings.min_severity
    return report if least is None else at_least(report, Severity[least.upper()])


def deliver(report: Report, shown: Presentation, inputs: Sequence[str], at_least: int = 0) -> None:
    """Print and write a report, and end with its exit code, or `at_least` that."""
    from sipdiag.redaction import Mode
    from sipdiag.reports.words import placed, plural

    inputs = untouched(inputs, shown.read, report)
    code = max(report.exit_code(shown.fail_on.severity, allow_empty=shown.allow_empty), at_least)
    text_on_screen = False
    for output in shown.outputs:
        if output.path is None and shown.quiet and code == 0:
            continue
        # A redacted text does not tell which file it was: that is for whoever named it.
        whole = shown.masking.mode(output.format, to_file=output.path is not None) is Mode.OFF
        text_on_screen |= output.path is None and output.format == "text" and whole
        _write(_render(report, shown, output, code), output, inputs)
    if any(o.format == "github" for o in shown.outputs):
        _write_job_summary(report, shown.masking)
    for item in report.inputs:
        if item.failed and not text_on_screen:
            place, words = placed(item.problems[0])
            typer.echo(f"sipdiag: {_shown(item.path)}:{place}{':' * bool(place)} {_shown(words)}", err=True)
    if report.interrupted:
        typer.echo("sipdiag: interrupted; the report is on what was read whole by then", err=True)
    if not report.inputs:
        among = f": {plural(report.passed_over, 'file')} passed over, none of calls" if report.passed_over else ""
        typer.echo(f"sipdiag: nothing to read in what was named{among}", err=True)
    _write_map(shown.masking, inputs)
    if shown.debug:
        for crash in report.crashed:
            typer.echo(crash.trace, err=True)
    raise typer.Exit(code)


def _write_map(masking: Masking, inputs: Sequence[str]) -> None:
    from sipdiag.artefacts.files import WriteError

    try:
        masking.finish(inputs)
    except WriteError as error:
        stop(str(error))


def _shown(text: str) -> str:
    from sipdiag.reports.show import escape

    return escape(text)


def _render(report: Report, shown: Presentation, output: Output, code: int) -> Iterable[str]:
    """The report in pieces: one, or as many as it takes where it can be printed while it is made."""
    from sipdiag.redaction import Mode
    from sipdiag.redaction.when import SHARED
    from sipdiag.reports.formats import FORMATS, STREAMS, WITH_PATHS, Style

    mode = shown.masking.mode(output.format, to_file=output.path is not None)
    files = _files(report) if output.format in WITH_PATHS else {}
    if mode is not Mode.OFF:
        report = without_paths(report, output.format, files)
    style = Style(
        exit_code=code,
        redaction=mode.value,
        all_calls=shown.all_calls,
        color=output.path is None and colored(shown.color),
        width=columns() if output.path is None else 80,
        verbose=shown.verbose,
        fail_on=shown.fail_on.severity,
        files=files,
    )
    show, redactor = shown.masking.show(mode), shown.masking.redactor(mode)
    if mode is Mode.OFF and output.path is None and output.format in STREAMS:
        return STREAMS[output.format](report, show, style)
    known = redactor.learned
    text = FORMATS[output.format](report, show, style)
    if mode is not Mode.OFF and redactor.learned != known:  # a name from its end may stand at its beginning
        text = FORMATS[output.format](report, show, style)
    if output.path is not None or output.format in SHARED:
        shown.masking.refuse_leaks(text, output.format, mode, files.values() if output.format in OF_CI else ())
    return (text,)


def _files(report: Report) -> dict[str, str]:
    """The inputs by their paths below the root of the repository that we stand in, else below this folder."""
    from sipdiag.sources.repository import names_below, root_above

    here = Path.cwd()
    return names_below(root_above(here) or here, (i.path for i in report.inputs))


def _write_job_summary(report: Report, masking: Masking) -> None:
    """For GitHub, which gives each step a file for Markdown that is shown with the job."""
    from sipdiag.artefacts.files import WriteError, append_file
    from sipdiag.reports.github import job_summary

    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if file:
        try:
            summary = job_summary(report, masking.show(masking.mode("github")))
            append_file(Path(file), summary.encode("utf-8", "backslashreplace"))
        except WriteError as error:
            typer.echo(f"sipdiag: no job summary: {_shown(str(error))}", err=True)


def _write(text: Iterable[str], output: Output, inputs: Sequence[str]) -> None:
    from sipdiag.artefacts.files import WriteError, write_file

    if output.path is None:
        for portion in _portions(text):
            typer.echo(portion, nl=False, color=True)  # there is colour where it is wanted, and nowhere else
        return
    try:
        replaced = write_file(output.path, "".join(text).encode("utf-8", "backslashreplace"), inputs=inputs)
    except WriteError as error:
        stop(str(error))
    typer.echo(f"sipdiag: {'replaced' if replaced else 'wrote'} {_shown(str(output.path))}", err=True)


def _portions(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces put together to what is worth a call of the system each."""
    waiting: list[str] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _PORTION:
            yield "".join(waiting)
            waiting, size = [], 0
    yield "".join(waiting)


def colored(color: Color) -> bool:
    if color is not Color.AUTO:
        return color is Color.ALWAYS
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()
