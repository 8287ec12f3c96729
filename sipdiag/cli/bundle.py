"""`sipdiag bundle`: one zip for a ticket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from sipdiag.cli.options import (
    EachOption,
    ExpectOption,
    IgnoreOption,
    KeepOption,
    KeylogOption,
    NoSettingsOption,
    Paths,
    PlatformOption,
    Redaction,
    SelectOption,
    SettingsOption,
    TlsKeyOption,
    WriteMapOption,
)
from sipdiag.cli.redaction import Masking
from sipdiag.cli.settle import Flags, settle
from sipdiag.cli.stop import stop
from sipdiag.cli.untouched import check_apart, untouched
from sipdiag.dataclass import dataclass

if TYPE_CHECKING:
    from sipdiag.artefacts.bundle import Member
    from sipdiag.pipeline import Options
    from sipdiag.redaction import Mode, Redactor
    from sipdiag.reports.report import Input, Report

_REPORTS = ("html", "json")


@dataclass(frozen=True, slots=True)
class _Copy:
    """A redacted copy of an input, and what keys opened in it, as a trace. `kind` is that of `Redacted`."""

    item: Input
    kind: str
    data: bytes
    opened: bytes = b""


def bundle(
    paths: Paths,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="the zip file to write")],
    expect: ExpectOption = None,
    expect_transfer: Annotated[bool, typer.Option("--expect-transfer", help="a transfer was meant")] = False,
    agent: Annotated[
        str | None, typer.Option(metavar="WHO", help="which end transfers: HOST[:PORT], USER or NUMBER")
    ] = None,
    platform: PlatformOption = None,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    keylog: KeylogOption = None,
    tls_key: TlsKeyOption = None,
    each: EachOption = False,
    how: Annotated[
        Redaction,
        typer.Option("--redact", metavar="on|strict", help="strict drops countries, ports and times of day, too"),
    ] = Redaction.ON,
    keep: KeepOption = None,
    write_map: WriteMapOption = None,
    settings: SettingsOption = None,
    no_settings: NoSettingsOption = False,
) -> None:
    """Write one zip with report and redacted inputs, for a ticket.

    It holds the versions and a manifest of hashes too; `sipdiag diagnose` opens it.
    """
    from sipdiag.artefacts.bundle import bundle as zipped
    from sipdiag.artefacts.files import WriteError, check_writable, write_file
    from sipdiag.pipeline import examine_sources, find_wanted
    from sipdiag.redaction import Mode
    from sipdiag.sources.inputs import Reading

    if how is Redaction.OFF:
        stop("--redact off would make a zip of the originals; there are on, strict")
    masking, mode = Masking(how, tuple(keep or ()), write_map), Mode(how.value)
    flags = Flags(
        settings=settings, no_settings=no_settings, select=select, ignore=ignore, expect=expect, agent=agent,
        platform=platform,
    )  # fmt: skip
    reading = Reading(keylog=keylog, tls_key=tls_key)
    options = replace(_settled(paths, flags), each=each, expect_transfer=expect_transfer, reading=reading)
    try:
        named = untouched(paths, (keylog, tls_key, settings))
        check_writable(output, named)
        check_apart((output, write_map))
        masking.check_map(named)
        redactor = masking.redactor(mode)
        sources, passed_over = find_wanted(paths, options)
        original = examine_sources(sources, options, passed_over)
        named = untouched(named, report=original)
        shared = _shared(options, redactor)
        _tell_left_out(i for i in original.inputs if i.failed and not _may_tell(i))
        members, more = _members(original, redactor, options), [i for i in original.inputs if _may_tell(i)]
        copy = _examined(members, shared)
        if more and not all(_alike(copy, original)):
            fuller = _members(original, redactor, options, whole=True)
            other = _examined(fuller, shared)
            if _alike(other, original) > _alike(copy, original):
                members, copy, more = fuller, other, []
        _tell_left_out(more)
        if not _alike(copy, original)[0]:
            stop("the redacted copies are diagnosed otherwise than the originals, so nothing was written", code=3)
        reports = _reports(copy, mode)
        data = zipped(members, reports, shared.recorded, mode.value)
        replaced = write_file(output, data, inputs=named)
        masking.finish(named)
    except WriteError as error:
        stop(str(error))
    typer.echo(
        f"sipdiag: {'replaced' if replaced else 'wrote'} {output}: {len(members)} redacted inputs, "
        f"{' and '.join(sorted(reports))}. Pseudonymous is not anonymous: look before you share it.",
        err=True,
    )


def _settled(paths: list[str], flags: Flags) -> Options:
    """What the settings say, as far as whoever gets the bundle can be told: files of ours are not in it."""
    from sipdiag.options import Options

    options = Options.under(settle(paths, flags))
    if options.profile_files or options.for_paths:
        typer.echo("sipdiag: profiles, and settings of single paths, do not count in a bundle", err=True)
    return replace(options, profile_files=(), for_paths=())


def _left_out(path: str, why: str) -> None:
    from sipdiag.reports.show import escape

    typer.echo(f"sipdiag: {escape(path)}: left out of the bundle: {escape(why)}", err=True)


def _tell_left_out(inputs: Iterable[Input]) -> None:
    for item in inputs:
        _left_out(item.path, item.problems[0])


def _members(report: Report, redactor: Redactor, options: Options, whole: bool = False) -> list[Member]:
    """The redacted copies; with `whole` also those of documents of no known shape, which may tell something by being
    there. What could not be copied is said once, in the first round.
    """
    inputs = [i for i in report.inputs if not i.failed or (whole and _may_tell(i))]
    copies = list(_redacted(inputs, redactor, options, say=not whole))
    if len(copies) > 1:  # names that a later file tells are replaced in the earlier ones, too
        copies = list(_redacted(inputs, redactor, options, say=False))
    if not copies:
        _tell_left_out(i for i in report.inputs if _may_tell(i))
        stop("nothing that was named could be read, so there is nothing to put into a bundle")
    return list(_placed(copies, redactor))


def _may_tell(item: Input) -> bool:
    return item.failed and bool(item.syntax)


def _placed(copies: Sequence[_Copy], redactor: Redactor) -> Iterator[Member]:
    """Each copy in the folder of its case, under the redacted name of its file: others may include it by that. Where the
    name would tell too much, or is taken, the id of the input stands for it.
    """
    from sipdiag.artefacts.bundle import Member
    from sipdiag.redaction.paths import tell_nobody
    from sipdiag.redaction.sealed import ENDING

    paths = _paths(copies, redactor)
    if not tell_nobody(paths, redactor):
        paths = [""] * len(copies)
    taken: set[str] = set()
    for copy, path in zip(copies, paths, strict=True):
        item = copy.item
        bare = bool(path) and "/" not in item.path.replace("\\", "/")
        if not path or f"{item.case}/{path}".lower() in taken:
            path = f"{item.id}{_ending(copy.kind, copy.data, item.path)}"
        taken |= {f"{item.case}/{path}".lower(), f"{item.case}/{path}{ENDING}".lower()}
        name = f"inputs/{item.case}/{path}"
        yield Member(name, item.case, item.kind, item.format, copy.data, item.named, path if bare else f"./{path}")
        if copy.opened:
            yield Member(f"{name}{ENDING}", item.case, "trace", "tshark-verbose", copy.opened, item.named)


def _paths(copies: Sequence[_Copy], redactor: Redactor) -> list[str]:
    """The redacted paths of copies below the folder that the files of their case share."""
    from sipdiag.redaction.paths import redacted_path, shared_folder, words_of

    of_case: dict[str, list[str]] = {}
    for copy in copies:
        of_case.setdefault(copy.item.case, []).extend([copy.item.path] if copy.item.path != "-" else [])
    shared = {case: shared_folder(paths) for case, paths in of_case.items()}
    told = words_of(c.data for c in copies if c.kind == "document")
    return [
        redacted_path(c.item.path, shared[c.item.case], redactor, told, _form(c.data) if c.kind == "capture" else "")
        for c in copies
    ]


def _redacted(inputs: Sequence[Input], redactor: Redactor, options: Options, say: bool = True) -> Iterator[_Copy]:
    """The redacted copy of each input."""
    from sipdiag.redaction.files import RefusedError, redact_file
    from sipdiag.redaction.verify import LeakError, check, search
    from sipdiag.sources.archives import content
    from sipdiag.sources.captures import CaptureError
    from sipdiag.sources.tshark import TsharkError

    for item in inputs:
        try:
            original = content(item.path)
            copy = redact_file(original, item.path, redactor)
            check(original, copy.data, redactor.ledger, copy.kind)
            opened = _opened(item, redactor, options) if copy.kind == "capture" else b""
            search(opened, redactor.ledger, "trace")
        except LeakError as error:
            stop(f"{item.path}: nothing was written: {error}; this is a fault of sipdiag's", code=3)
        except (RefusedError, CaptureError, TsharkError, OSError) as error:
            if say:
                _left_out(item.path, str(error))
            continue
        yield _Copy(item, copy.kind, copy.data, opened)


def _opened(item: Input, redactor: Redactor, options: Options) -> bytes:
    """What keys open in a capture, as a trace: its copy stays closed. Keys open files, not members of archives."""
    from sipdiag.redaction.sealed import opened_by_keys, sealed_trace

    path, reading = Path(item.path), options.reading
    return sealed_trace(opened_by_keys(path, reading.keylog, reading.tls_key), redactor) if path.is_file() else b""


def _ending(kind: str, data: bytes, path: str) -> str:
    """The ending that tells what a file is; the name before it may tell who somebody is."""
    if kind == "capture":
        return _form(data)
    known = PurePosixPath(path).suffix.lower()
    return (
        known
        if known in (".json", ".jsonl", ".yaml", ".yml", ".xml", ".conf", ".ini", ".cfg", ".log", ".txt")
        else ".txt"
    )


def _form(capture: bytes) -> str:
    return ".pcapng" if capture[:4] == b"\n\r\r\n" else ".pcap"


def _examined(members: list[Member], options: Options) -> Report:
    from sipdiag.pipeline import examine_sources
    from sipdiag.sources.source import Source

    return examine_sources([Source(m.case, m.name, m.named, m.data, called=m.called) for m in members], options)


def _shared(options: Options, redactor: Redactor) -> Options:
    """The options with which somebody else diagnoses the redacted copies: no keys, and the agent's pseudonym."""
    from sipdiag.sources.inputs import Reading
    from sipdiag.values import Text

    agent = str(redactor(Text(options.agent))) if options.agent is not None else None
    return replace(options, agent=agent, reading=Reading())


def _verdicts(report: Report) -> list[tuple[str, str | None, str | None]]:
    return [
        (
            v.outcome.value,
            v.cause.check.id if v.cause is not None else None,
            v.owner.value if v.owner is not None else None,
        )
        for v in report.verdicts
    ]


def _alike(copy: Report, original: Report) -> tuple[bool, bool]:
    """Whether the verdicts are the same, and whether the same checks found something as often."""
    found, before = (sorted((f.found.check.id, f.found.severity) for f in r.findings) for r in (copy, original))
    return _verdicts(copy) == _verdicts(original), found == before


def _reports(report: Report, mode: Mode) -> dict[str, bytes]:
    """The reports of the redacted copies: what they show was redacted before it was read."""
    from sipdiag.reports.formats import FORMATS, Style
    from sipdiag.reports.show import Show

    style = Style(exit_code=report.exit_code(), redaction=mode.value)
    return {f"report.{name}": FORMATS[name](report, Show(), style).encode() for name in _REPORTS if name in FORMATS}
