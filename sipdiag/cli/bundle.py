"""`sipdiag bundle`: one zip for a ticket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from sipdiag.cli.options import (
    Expect,
    ExpectOption,
    IgnoreOption,
    KeylogOption,
    Paths,
    PlatformOption,
    SelectOption,
    TlsKeyOption,
)
from sipdiag.cli.stop import stop

if TYPE_CHECKING:
    from sipdiag.artefacts.bundle import Member
    from sipdiag.pipeline import Options
    from sipdiag.redaction import Redactor
    from sipdiag.reports.report import Report

_REPORTS = ("html", "json")


def bundle(
    paths: Paths,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="the zip file to write")],
    expect: ExpectOption = Expect.ANY,
    expect_transfer: Annotated[bool, typer.Option("--expect-transfer", help="a transfer was meant")] = False,
    agent: Annotated[
        str | None, typer.Option(metavar="WHO", help="which end transfers: HOST[:PORT], USER or NUMBER")
    ] = None,
    platform: PlatformOption = None,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    keylog: KeylogOption = None,
    tls_key: TlsKeyOption = None,
    each: Annotated[bool, typer.Option("--each", help="every file is a case of its own")] = False,
) -> None:
    """Write one zip with the report, the redacted inputs, the versions and a manifest of hashes."""
    from sipdiag.artefacts.bundle import bundle as zipped
    from sipdiag.artefacts.files import WriteError, check_writable, write_file
    from sipdiag.pipeline import Options, examine_sources, find_wanted
    from sipdiag.redaction import Redactor
    from sipdiag.sources.inputs import Reading

    options = Options(
        each=each,
        expect_refer=expect is Expect.REFER,
        expect_transfer=expect_transfer,
        agent=agent,
        platform=platform,
        select=tuple(select or ()),
        ignore=tuple(ignore or ()),
        reading=Reading(keylog=keylog, tls_key=tls_key),
    )
    try:
        check_writable(output, paths)
        redactor = Redactor()
        sources, passed_over = find_wanted(paths, options)
        original = examine_sources(sources, options, passed_over)
        members = list(_redacted(original, redactor))
        if not members:
            stop("nothing that was named could be read, so there is nothing to put into a bundle")
        shared = _shared(options, redactor)
        copy = _examined(members, shared)
        if _verdicts(copy) != _verdicts(original):
            stop("the redacted copies are diagnosed otherwise than the originals, so nothing was written", code=3)
        reports = _reports(copy)
        data = zipped(members, reports, shared.recorded, "on")
        replaced = write_file(output, data, inputs=paths)
    except WriteError as error:
        stop(str(error))
    typer.echo(
        f"sipdiag: {'replaced' if replaced else 'wrote'} {output}: {len(members)} redacted inputs, "
        f"{' and '.join(sorted(reports))}. Pseudonymous is not anonymous: look before you share it.",
        err=True,
    )


def _redacted(report: Report, redactor: Redactor) -> Iterator[Member]:
    """The redacted copy of each input that was read, under a name that tells nothing of its own."""
    from sipdiag.artefacts.bundle import Member
    from sipdiag.redaction.files import RefusedError, redact_file
    from sipdiag.redaction.verify import LeakError, check
    from sipdiag.sources.captures import CaptureError
    from sipdiag.sources.inputs import content

    for item in report.inputs:
        if item.failed:
            continue
        try:
            original = content(item.path)
            copy = redact_file(original, item.path, redactor)
            check(original, copy.data, redactor.ledger, copy.kind)
        except LeakError as error:
            stop(f"{item.path}: nothing was written: {error}; this is a fault of sipdiag's", code=3)
        except (RefusedError, CaptureError, OSError) as error:
            typer.echo(f"sipdiag: {item.path}: left out of the bundle: {error}", err=True)
            continue
        name = f"inputs/{item.case}/{item.id}{_ending(copy.kind, copy.data, item.path)}"
        yield Member(name, item.case, item.kind, item.format, copy.data)


def _ending(kind: str, data: bytes, path: str) -> str:
    """The ending that tells what a file is; the name before it may tell who somebody is."""
    if kind == "capture":
        return ".pcapng" if data[:4] == b"\n\r\r\n" else ".pcap"
    known = PurePosixPath(path).suffix.lower()
    return (
        known
        if known in (".json", ".jsonl", ".yaml", ".yml", ".xml", ".conf", ".ini", ".cfg", ".log", ".txt")
        else ".txt"
    )


def _examined(members: list[Member], options: Options) -> Report:
    from sipdiag.pipeline import examine_sources
    from sipdiag.sources.source import Source

    return examine_sources([Source(m.case, m.name, True, m.data) for m in members], options)


def _shared(options: Options, redactor: Redactor) -> Options:
    """The options with which somebody else diagnoses the redacted copies: no keys, and the agent's pseudonym."""
    from dataclasses import replace

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


def _reports(report: Report) -> dict[str, bytes]:
    """The reports of the redacted copies: what they show was redacted before it was read."""
    from sipdiag.reports.formats import FORMATS, Style
    from sipdiag.reports.show import Show

    style = Style(exit_code=report.exit_code(), redaction="on")
    return {f"report.{name}": FORMATS[name](report, Show(), style).encode() for name in _REPORTS if name in FORMATS}
