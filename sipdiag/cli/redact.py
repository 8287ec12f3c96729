"""`sipdiag redact`: copies that can be shared."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from sipdiag.cli.options import KeepOption, KeylogOption, QuietOption, Redaction, TlsKeyOption, WriteMapOption
from sipdiag.cli.redaction import write_map as write_map_of
from sipdiag.cli.stop import stop
from sipdiag.cli.untouched import check_apart, untouched
from sipdiag.dataclass import dataclass

if TYPE_CHECKING:
    from sipdiag.redaction import Redactor
    from sipdiag.sources.source import Source

_KEYS = re.compile(
    rb"\s*(?:#[^\n]*\n\s*)*(?:CLIENT_RANDOM |(?:CLIENT|SERVER)_(?:HANDSHAKE|TRAFFIC)\w* |EXPORTER_SECRET |-----BEGIN [A-Z ]*PRIVATE KEY)"
)


@dataclass(frozen=True, slots=True)
class _Copy:
    """A redacted copy to be written, with the path it takes below the output."""

    source: str
    name: Path
    kind: str
    data: bytes
    original: bytes | None = None  # None where what was copied stood in no file as it is


def redact(
    paths: Annotated[
        list[str], typer.Argument(metavar="IN...", help="captures, traces, configurations, records, reports, folders")
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="OUT", help="the copy; a folder where there are several inputs"),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="list what would be replaced, and write nothing")] = False,
    keep: KeepOption = None,
    write_map: WriteMapOption = None,
    how: Annotated[
        Redaction,
        typer.Option("--redact", metavar="on|strict", help="strict drops countries, ports and times of day, too"),
    ] = Redaction.ON,
    keylog: KeylogOption = None,
    tls_key: TlsKeyOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write copies without numbers, names, addresses and secrets.

    The diagnosis of the copies is that of the originals.
    """
    from sipdiag.artefacts.files import WriteError, check_writable
    from sipdiag.redaction import Mode, Redactor
    from sipdiag.sources.find import find_sources

    if output is None and not dry_run:
        stop("name the copy with -o OUT, or use --dry-run to see what would be replaced")
    if how is Redaction.OFF:
        stop("--redact off would write nothing but a copy; there are on, strict")
    redactor = Redactor(mode=Mode(how.value), keep=tuple(keep or ()))
    sources = find_sources(paths).sources
    folder = len(paths) > 1 or any(os.path.isdir(p) for p in paths) or (output is not None and output.is_dir())
    failed = False
    for _ in range(2 if len(sources) > 1 else 1):  # names that a later file tells are replaced in the earlier ones, too
        copies, complaints = _copies(sources, paths, redactor, folder, keylog, tls_key)
    for line in complaints:
        failed = True
        _say(line)
    if dry_run or output is None:
        _list(redactor)
        raise typer.Exit(2 if failed else 0)
    named = untouched((*paths, *(s.path for s in sources)), (keylog, tls_key))
    check_apart((output, write_map))
    try:
        if write_map is not None:
            check_writable(write_map, named)
        for copy in copies:
            failed |= not _write(copy, output / copy.name if folder else output, redactor, named, quiet)
        if write_map is not None:
            write_map_of(write_map, redactor, named)
    except WriteError as error:
        stop(str(error))
    if copies and not quiet:
        _summary(redactor)
    raise typer.Exit(2 if failed or not copies else 0)


def _copies(
    sources: Sequence[Source],
    paths: Sequence[str],
    redactor: Redactor,
    folder: bool,
    keylog: Path | None,
    tls_key: Path | None,
) -> tuple[list[_Copy], list[str]]:
    """The redacted copies of all sources, and what could not be copied."""
    from sipdiag.redaction.files import RefusedError, redact_file
    from sipdiag.sources.captures import CaptureError

    found: list[_Copy] = []
    complaints: list[str] = []
    for source in sources:
        if source.refused:
            complaints.append(f"{source.path}: {source.refused}")
            continue
        try:
            data = _read(source)
            if _KEYS.match(data[:4096]):
                complaints.append(f"{source.path}: keys are never copied; it was left out")
                continue
            done = redact_file(data, PurePosixPath(source.path).name, redactor)
        except OSError as error:
            complaints.append(f"{source.path}: {(error.strerror or str(error)).lower()}")
            continue
        except (RefusedError, CaptureError) as error:
            complaints.append(f"{source.path}: {error}")
            continue
        name = _name(source, paths, redactor) if folder else Path()
        found.append(_Copy(source.path, name, done.kind, done.data, data))
        if done.kind == "capture":
            found += _sealed(source, name, redactor, folder, keylog, tls_key, complaints)
    return found, complaints


def _read(source: Source) -> bytes:
    import sys

    from sipdiag.redaction.files import MOST, RefusedError

    if source.stream:
        return sys.stdin.buffer.read(MOST)
    path = Path(source.path)
    if path.stat().st_size > MOST:
        raise RefusedError(f"larger than {MOST >> 20} MiB; cut the transfer out first: sipdiag extract")
    return path.read_bytes()


def _name(source: Source, paths: Sequence[str], redactor: Redactor) -> Path:
    """The name of a copy: below the folder that was named, with its words redacted as any text's."""
    path = Path(source.path)
    base = next((Path(p) for p in paths if os.path.isdir(p) and path.is_relative_to(p)), path.parent)
    parts = [redactor.text(part) for part in path.relative_to(base).parts]
    return Path(*(p.removesuffix(".gz").removesuffix(".zst") for p in parts))


def _sealed(
    source: Source,
    name: Path,
    redactor: Redactor,
    folder: bool,
    keylog: Path | None,
    tls_key: Path | None,
    complaints: list[str],
) -> list[_Copy]:
    """What keys open in a capture, as a trace beside it: the copy of the capture itself stays closed for ever."""
    from sipdiag.redaction.sealed import ENDING, opened_by_keys, sealed_trace
    from sipdiag.sources.tshark import TsharkError

    try:
        data = sealed_trace(opened_by_keys(Path(source.path), keylog, tls_key), redactor)
    except TsharkError as error:
        complaints.append(f"{source.path}: what is inside TLS was left out: {error}")
        return []
    if not data:
        return []
    return [_Copy(source.path, name.with_name(f"{name.name}{ENDING}") if folder else Path(ENDING), "trace", data)]


def _write(copy: _Copy, path: Path, redactor: Redactor, inputs: Sequence[str], quiet: bool) -> bool:
    """Write a copy, read it again, and search it; what gives something away is deleted. False where it was refused."""
    from sipdiag.artefacts.files import write_file
    from sipdiag.redaction.sealed import ENDING
    from sipdiag.redaction.verify import LeakError, check, search

    if copy.name == Path(ENDING):
        path = path.with_name(f"{path.name}{ENDING}")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replaced = write_file(path, copy.data, inputs=inputs)
    try:
        if copy.original is None:
            search(path.read_bytes(), redactor.ledger, copy.kind)
        else:
            check(copy.original, path.read_bytes(), redactor.ledger, copy.kind)
    except LeakError as error:
        path.unlink()
        stop(f"{path}: deleted again: {error}; this is a fault of sipdiag's", code=3)
    if not quiet:
        _say(f"{'replaced' if replaced else 'wrote'} {path}: the {copy.kind} {copy.source}")
    return True


def _list(redactor: Redactor) -> None:
    from sipdiag.reports.show import escape

    for kind, original, pseudonym in redactor.ledger:
        typer.echo(f"{kind:16} {escape(original)} -> {escape(pseudonym)}")
    for secret, number in redactor.ledger.removed.items():
        typer.echo(f"{'secret':16} {number}: {len(secret)} characters, removed")


def _summary(redactor: Redactor) -> None:
    from sipdiag.redaction.when import LIMIT

    counts = Counter(kind for kind, _, _ in redactor.ledger)
    words = ", ".join(
        f"{n} {kind}{'' if n == 1 else 'es' if kind.endswith('s') else 's'}" for kind, n in sorted(counts.items())
    )
    _say(f"replaced {words or 'nothing'}; removed {len(redactor.ledger.removed)} secrets")
    if not os.environ.get("SIPDIAG_CASE_KEY"):
        _say("the key was random: set SIPDIAG_CASE_KEY to get the same pseudonyms in every file of a case")
    _say(LIMIT)


def _say(line: str) -> None:
    from sipdiag.reports.show import escape

    typer.echo(f"sipdiag: {escape(line)}", err=True)
