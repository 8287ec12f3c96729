"""The octets of an input: a file, standard input, or what gzip and Zstandard made of them."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import BinaryIO

from sipdiag.sources.captures.frames import Report
from sipdiag.sources.captures.limits import CaptureError, Limits
from sipdiag.sources.captures.window import Readable

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_CHUNK = 256 << 10
_HARMLESS = 16 << 20  # octets of output below which nobody counts how few they were made of


class _Resumed:
    """An input of which the first octets have been read already."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start, self._rest = start, rest

    def readinto(self, buffer: memoryview, /) -> int:
        if self._start:
            size = min(len(self._start), len(buffer))
            buffer[:size] = self._start[:size]
            self._start = self._start[size:]
            return size
        data = self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int = -1, /) -> bytes:
        """As of a file; used by decompressors."""
        if not self._start:
            return self._rest.read(size)
        data = self._start if size < 0 else self._start[:size]
        self._start = self._start[len(data) :]
        return data


class _Gunzip:
    """The members of a gzip file (RFC 1952), one after the other. A damaged end is reported, and ends the input."""

    def __init__(self, source: _Resumed, expansion: int, report: Report) -> None:
        self._source, self._expansion, self._report = source, expansion, report
        self._member = zlib.decompressobj(31)
        self._waiting = b""
        self._taken = self._given = 0

    def readinto(self, buffer: memoryview, /) -> int:
        while True:
            if self._member.eof:
                self._waiting = self._member.unused_data.lstrip(b"\0")
                if self._waiting and not self._waiting.startswith(_GZIP):
                    self._report("what follows the end of the gzip file was not read")
                    return 0
                self._member = zlib.decompressobj(31)
            if not self._waiting:
                self._waiting = self._source.read(_CHUNK)
                self._taken += len(self._waiting)
                if not self._waiting:
                    if self._given and self._unfinished:
                        self._report("the gzip file is cut off")
                    return 0
            try:
                data = self._member.decompress(self._waiting, len(buffer))
            except zlib.error as error:
                self._report(f"the gzip file is damaged after {self._given} octets: {error}")
                return 0
            self._waiting = self._member.unconsumed_tail
            self._unfinished = not self._member.eof
            if self._given + len(data) > max(_HARMLESS, self._taken * self._expansion):
                self._report(
                    f"the gzip file grows to more than {self._expansion} times its size; the rest was not read"
                )
                return 0
            if data:
                buffer[: len(data)] = data
                self._given += len(data)
                return len(data)

    _unfinished = False


class _Counted:
    """Zstandard output with the same bound and the same manners as gzip."""

    def __init__(self, source: _Resumed, expansion: int, report: Report) -> None:
        try:
            import zstandard
        except ImportError:
            raise CaptureError(
                "the file is compressed with Zstandard; install it with: pip install zstandard"
            ) from None
        self._taken = self._given = 0
        self._source, self._expansion, self._report = source, expansion, report
        self._error: type[Exception] = zstandard.ZstdError
        # 128 MiB is what `zstd --ultra` may ask for; `--long=31` is not given the memory it wants.
        decompressor = zstandard.ZstdDecompressor(max_window_size=1 << 27)
        self._stream = decompressor.stream_reader(self, read_across_frames=True)  # type: ignore[arg-type] # read() is all it uses

    def read(self, size: int = -1, /) -> bytes:
        """Compressed octets, for the decompressor."""
        data = self._source.read(size)
        self._taken += len(data)
        return data

    def readinto(self, buffer: memoryview, /) -> int:
        try:
            size: int = self._stream.readinto(buffer)
        except self._error as error:
            self._report(f"the Zstandard file is damaged after {self._given} octets: {error}")
            return 0
        self._given += size
        if self._given > max(_HARMLESS, self._taken * self._expansion):
            self._report(
                f"the Zstandard file grows to more than {self._expansion} times its size; the rest was not read"
            )
            return 0
        return size


def opened(file: BinaryIO, limits: Limits, report: Report) -> tuple[Readable, BinaryIO | None]:
    """The octets of an input, and the same input where its octets can be read again by their offset.

    Offsets count from where `file` stands. Raises CaptureError where the compression is not supported.
    """
    again = file if _seekable(file) and file.tell() == 0 else None
    start = file.read(4)
    unpack: Callable[[_Resumed, int, Report], Readable] | None = None
    if start.startswith(_GZIP):
        unpack = _Gunzip
    elif start == _ZSTD:
        unpack = _Counted
    if unpack is not None:
        return unpack(_Resumed(start, file), limits.expansion, report), None
    if again is not None:
        again.seek(0)
        return _Whole(again), again
    return _Resumed(start, file), None


class _Whole:
    """A file that is read from its beginning; a fault of the disk ends it."""

    def __init__(self, file: BinaryIO) -> None:
        self._readinto = getattr(file, "readinto", None) or _Resumed(b"", file).readinto

    def readinto(self, buffer: memoryview, /) -> int:
        count: int | None = self._readinto(buffer)
        return count or 0


def _seekable(file: BinaryIO) -> bool:
    try:
        return file.seekable()
    except (OSError, ValueError):
        return False
