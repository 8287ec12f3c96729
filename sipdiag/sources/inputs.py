"""Tell what each input is, and read it. One bad input never stops the others."""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sipdiag.dataclass import dataclass
from sipdiag.sources.archives import MAGIC, MAX_RATIO, is_archive, members
from sipdiag.sources.rotated import in_turn
from sipdiag.sources.source import Opened, Source
from sipdiag.sources.texts import read_text

if TYPE_CHECKING:
    from sipdiag.raw import Begun, CallSketch

MAX_TEXT = 512 << 20  # bytes of one log; larger ones are read to this point
_SMALL = 1 << 16  # bytes of a file that are read in any case
_PIECE = 4 << 20  # bytes of a large file taken at a time

_CAPTURES = {
    b"\xd4\xc3\xb2\xa1": "pcap",
    b"\xa1\xb2\xc3\xd4": "pcap",
    b"\x4d\x3c\xb2\xa1": "pcap",
    b"\xa1\xb2\x3c\x4d": "pcap",
    b"\x34\xcd\xb2\xa1": "pcap",
    b"\xa1\xb2\xcd\x34": "pcap",
    b"\x0a\x0d\x0d\x0a": "pcapng",
}
_GZIP = b"\x1f\x8b"
_PACKED = {_GZIP: "gzip", b"\x28\xb5": "zstd"}
_KNOWN_OTHERS = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"RIFF": "a sound or picture file",
    b"ID3": "a sound file",
    b"OggS": "a sound file",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"SQLi": "a database",
    b"\xd0\xcf\x11\xe0": "an Office document",
}


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
            piped = replace(source, data=sys.stdin.buffer.read(MAX_TEXT + 1), stream=False)
        except OSError:
            yield source
            return
        yield from members(piped) if (piped.data or b"").startswith(MAGIC) else (piped,)
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
    yield from members(read) if head.startswith(MAGIC) else (read,)


def _beginning(path: str) -> tuple[bytes, bool]:
    """The first octets of a file, and whether they are all of it. A pipe can be read once, so all is taken of it.

    Captures are small only in examples: of one that is a file no more than the beginning is taken, as it may be read in
    other ways.
    """
    with open(path, "rb") as file:
        head = file.read(_SMALL)
        if not file.seekable():
            return _whole(head, file), True
        return head, len(head) < _SMALL and _capture_form(head, file) is None


def _read(input_id: str, source: Source, reading: Reading) -> Opened:
    if source.refused:
        return Opened(input_id, source, "unread", "", "", error=source.refused)
    try:
        if source.stream:
            return _read_bytes(input_id, source, sys.stdin.buffer.read(MAX_TEXT + 1), reading)
        if source.data is not None:
            return _read_bytes(input_id, source, source.data, reading)
        return _read_file(input_id, source, reading)
    except OSError as error:
        barred = replace(source, barred=True)
        return Opened(input_id, barred, "unread", "", "", error=(error.strerror or str(error)).lower())


def _read_file(input_id: str, source: Source, reading: Reading) -> Opened:
    with open(source.path, "rb") as file:
        head = file.read(_SMALL)
        form = _capture_form(head, file)
        if form is None:
            file.seek(len(head))
            return _read_bytes(input_id, source, _whole(head, file), reading)
    path = Path(source.path)
    digest = _Digest(path) if reading.hashed else None
    opened = _capture(input_id, source, path, form, reading)
    return _with_digest(opened, digest.value()) if digest is not None else opened


def _whole(head: bytes, file: BinaryIO) -> bytes:
    """What a file holds behind its head, and that before it; of a too large one, no more than shows that it is one."""
    pieces, left = [head], MAX_TEXT + 1 - len(head)
    while left > 0 and (piece := file.read(min(left, _PIECE))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _capture_form(head: bytes, file: BinaryIO) -> str | None:
    if head[:4] in _CAPTURES:
        return _CAPTURES[head[:4]]
    if head[:2] == _GZIP:
        file.seek(0)
        try:
            start = gzip.GzipFile(fileobj=file).read(4)
        except (OSError, EOFError, zlib.error):
            return None
        return f"{_CAPTURES[start]}.gz" if start in _CAPTURES else None
    return "pcap.zst" if head[:4] == b"\x28\xb5\x2f\xfd" else None


class _Digest:
    """The SHA-256 of a file, made beside the reading of it: hashing releases the interpreter lock."""

    def __init__(self, path: Path) -> None:
        self._path, self._hex = path, ""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        # In large pieces: after each of them the interpreter lock is waited for.
        digest, piece = hashlib.sha256(), memoryview(bytearray(_PIECE))
        try:
            with self._path.open("rb", buffering=0) as file:
                while size := file.readinto(piece):
                    digest.update(piece[:size])
            self._hex = digest.hexdigest()
        except OSError:
            self._hex = ""

    def value(self) -> str:
        self._thread.join()
        return self._hex


def _with_digest(opened: Opened, digest: str) -> Opened:
    return replace(opened, sha256=digest)


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


def content(path: str) -> bytes:
    """The octets of an input by the path that a report gives it: a file, a member of an archive, or standard input's.

    Raises OSError where it is gone.
    """
    file = Path(path)
    if file.is_file():
        return file.read_bytes()
    archive = next((str(p) for p in file.parents if is_archive(str(p))), None)
    if archive is None:
        raise FileNotFoundError(2, "no such file", path)
    for part in members(Source("", archive, True)):
        if part.path == path and part.data is not None:
            return part.data
    raise FileNotFoundError(2, "no such member", path)


def _read_bytes(input_id: str, source: Source, data: bytes, reading: Reading) -> Opened:
    digest = hashlib.sha256(data).hexdigest() if reading.hashed else ""
    problem, packed = None, ""
    if data[:2] == _GZIP:
        data, problem = _gunzip(data)
        packed, source = ".gz", replace(source, packed=True)
        if problem and not data:
            return Opened(input_id, source, "unread", "gzip", digest, error=problem)
    elif len(data) > MAX_TEXT:
        data, problem = data[:MAX_TEXT], f"larger than {MAX_TEXT >> 20} MiB; the rest was not read"
    if data[:4] in _CAPTURES:
        form = _CAPTURES[data[:4]] + packed
        opened = _with_digest(_capture(input_id, source, io.BytesIO(data), form, reading), digest)
    else:
        opened = _no_capture(input_id, source, data, digest, reading.captures)
    return replace(opened, problems=(problem,)) if problem else opened


def _no_capture(input_id: str, source: Source, data: bytes, digest: str, messages: bool) -> Opened:
    if not data.strip():
        return Opened(input_id, source, "unread", "", digest, error="the file is empty")
    other = next((words for magic, words in _KNOWN_OTHERS.items() if data.startswith(magic)), None)
    if other is not None:
        return Opened(
            input_id, source, "unread", "", digest, error=f"{other}, neither capture, trace nor configuration"
        )
    if data[257:262] == b"ustar":
        return Opened(input_id, source, "unread", "tar", digest, error="a tar archive; unpack it, or make it a zip")
    return read_text(input_id, source, data, digest, messages)


def _gunzip(data: bytes) -> tuple[bytes, str | None]:
    """The members of a gzip file together, and why its end is missing."""
    limit = min(max(16 << 20, len(data) * MAX_RATIO), MAX_TEXT)
    out = bytearray()
    while data.startswith(_GZIP):
        member = zlib.decompressobj(31)
        try:
            out += member.decompress(data, limit - len(out) + 1)
        except zlib.error as error:
            return bytes(out), f"broken gzip data: {error}"
        if len(out) > limit:
            return bytes(out[:limit]), f"it grows beyond {limit >> 20} MiB; the rest was not read"
        if not member.eof:
            return bytes(out), "the gzip file is cut off"
        data = member.unused_data.lstrip(b"\0")
    return bytes(out), None
