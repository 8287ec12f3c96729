"""Tell what each input is, and read it. One bad input never stops the others."""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sipdiag.dataclass import dataclass
from sipdiag.sources.bounded import cut, gunzip, read_most
from sipdiag.sources.digest import Digest
from sipdiag.sources.rotated import in_turn
from sipdiag.sources.signatures import GZIP, ZIP, capture_form, capture_form_of, is_tar, other_thing
from sipdiag.sources.source import Opened, Source
from sipdiag.sources.texts import read_text

if TYPE_CHECKING:
    from sipdiag.raw import Begun, CallSketch

_SMALL = 1 << 16  # octets of a file that are read in any case


@dataclass(frozen=True, slots=True)
class Reading:
    """How inputs are to be read: by which reader, with which keys, and whether captures may be read at all."""

    captures: bool = True
    reader: str = "auto"
    keylog: Path | None = None
    tls_key: Path | None = None
    keep: Callable[[CallSketch, bytes], bool] | None = None  # calls of a large capture to hand on, see `read_capture`
    hashed: bool = True  # whether a report will tell the hashes of inputs
    begun: tuple[Begun, ...] = ()  # by the captures that were read before


def read_sources(sources: Sequence[Source], reading: Reading) -> Iterator[Opened]:
    """Read every source in order; members of archives come as inputs of their own."""
    parts = (part for source in sources for part in _unpack(source))
    return _read_all(((f"in{number}", part) for number, part in enumerate(parts, 1)), reading)


def read_again(inputs: Iterable[Opened], reading: Reading) -> Iterator[Opened]:
    """Read inputs that `read_sources` gave once more, in the same order."""
    return _read_all(((opened.id, opened.source) for opened in inputs), reading)


def _read_all(numbered: Iterable[tuple[str, Source]], reading: Reading) -> Iterator[Opened]:
    return in_turn(
        numbered, lambda name, part, begun: _read(name, part, replace(reading, begun=begun) if begun else reading)
    )


def _unpack(source: Source) -> Iterator[Source]:
    if source.stream:
        try:
            piped = replace(source, data=read_most(sys.stdin.buffer), stream=False)
        except OSError:
            yield source
            return
        yield from _members(piped, piped.data or b"")
        return
    if source.data is not None:
        yield source
        return
    try:
        head, whole = _beginning(source.path)
    except OSError:
        yield source  # what stands in the way is told where it is read
        return
    read = Source(source.case, source.path, source.named, head, refused=source.refused) if whole else source
    yield from _members(read, head)


def _members(source: Source, head: bytes) -> Iterable[Source]:
    """What an archive holds, by the first octets of a file, or the file itself."""
    if not head.startswith(ZIP):
        return (source,)
    from sipdiag.sources.archives import members  # few files are one

    return members(source)


def _beginning(path: str) -> tuple[bytes, bool]:
    """The first octets of a file, and whether they are all of it. A pipe can be read once, so all is taken of it.

    Captures are small only in examples: of one that is a file no more than the beginning is taken, as it may be read in
    other ways.
    """
    with open(path, "rb", 0) as file:  # most are small: no buffer between is filled
        head = file.read(_SMALL)
        if not file.seekable():
            return read_most(file, head), True
        return head, len(head) < _SMALL and not file.read(1) and capture_form_of(head, file) is None


def _read(input_id: str, source: Source, reading: Reading) -> Opened:
    if source.refused:
        return Opened(input_id, source, "unread", "", "", error=source.refused)
    try:
        if source.stream:
            return _read_bytes(input_id, source, read_most(sys.stdin.buffer), reading)
        if source.data is not None:
            return _read_bytes(input_id, source, source.data, reading)
        return _read_file(input_id, source, reading)
    except OSError as error:
        barred = replace(source, barred=True)
        return Opened(input_id, barred, "unread", "", "", error=(error.strerror or str(error)).lower())


def _read_file(input_id: str, source: Source, reading: Reading) -> Opened:
    with open(source.path, "rb") as file:
        head = file.read(_SMALL)
        form = capture_form_of(head, file)
        if form is None:
            file.seek(len(head))
            return _read_bytes(input_id, source, read_most(file, head), reading)
    path = Path(source.path)
    digest = Digest(path) if reading.hashed else None
    opened = _capture(input_id, source, path, form, reading)
    return replace(opened, sha256=digest.value()) if digest is not None else opened


def _capture(input_id: str, source: Source, data: Path | BinaryIO, form: str, reading: Reading) -> Opened:
    if not reading.captures:
        return Opened(
            input_id, source, "unread", form, "", error="a capture; lint reads configuration only, diagnose reads this"
        )
    from sipdiag.sources.captures import CaptureError, read_capture
    from sipdiag.sources.tshark import TsharkError, read_with_keys, read_with_tshark

    try:
        if reading.reader == "tshark" and isinstance(data, Path):
            wire = read_with_tshark(data, input_id, keylog=reading.keylog, tls_key=reading.tls_key)
        else:
            wire = read_capture(data, input_id, keep=reading.keep, begun=reading.begun)
            if reading.reader == "auto" and isinstance(data, Path):
                try:
                    wire = read_with_keys(data, input_id, wire, keylog=reading.keylog, tls_key=reading.tls_key)
                except TsharkError as error:  # what is in clear was read all the same
                    wire = replace(wire, problems=(*wire.problems, f"what runs inside TLS was not read: {error}"))
    except (CaptureError, TsharkError) as error:
        return Opened(input_id, source, "unread", form, "", error=str(error))
    return Opened(input_id, source, "capture", form, "", wire=wire)


def _read_bytes(input_id: str, source: Source, data: bytes, reading: Reading) -> Opened:
    digest = hashlib.sha256(data).hexdigest() if reading.hashed else ""
    packed = data[:2] == GZIP
    if packed:
        data, problem = gunzip(data)
        source = replace(source, packed=True)
        if problem and not data:
            return Opened(input_id, source, "unread", "gzip", digest, error=problem)
    else:
        data, problem = cut(data)
    form = capture_form(data)
    if form is not None:
        opened = _capture(input_id, source, io.BytesIO(data), form + ".gz" * packed, reading)
        opened = replace(opened, sha256=digest)
    else:
        opened = _no_capture(input_id, source, data, digest, reading.captures)
    return replace(opened, problems=(problem,)) if problem else opened


def _no_capture(input_id: str, source: Source, data: bytes, digest: str, messages: bool) -> Opened:
    other = other_thing(data)
    if not data.strip():
        form, error = "", "the file is empty"
    elif other is not None:
        form, error = "", f"{other}, neither capture, trace nor configuration"
    elif is_tar(data):
        form, error = "tar", "a tar archive; unpack it, or make it a zip"
    else:
        return read_text(input_id, source, data, digest, messages)
    return Opened(input_id, source, "unread", form, digest, error=error)
