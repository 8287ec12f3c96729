"""Where the octets of messages wait until it is known which of them are wanted."""

from __future__ import annotations

import io
import os
import tempfile
from typing import BinaryIO

_IN_MEMORY = 8 << 20


class Store:
    """Messages by position: a position >= 0 is an offset in the input itself, a negative one lies in a spool.

    The spool is an unlinked temporary file once it has outgrown a small buffer. It takes what cannot be read again
    from the input: everything of a pipe or a compressed file, and messages put together from several frames.
    """

    __slots__ = ("_descriptor", "_input", "_limit", "_size", "_spool", "full")

    def __init__(self, source: BinaryIO | None, limit: int) -> None:
        self._input = source  # None where it cannot be read again
        # One call of the system instead of two, where the system has it and the file is one.
        raw = isinstance(source, io.FileIO) and hasattr(os, "pread")
        self._descriptor = source.fileno() if source is not None and raw else None
        self._spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - it lives as long as the store
        self._size = 0
        self._limit = limit
        self.full = False

    def keep(self, data: bytes, position: int) -> int | None:
        """The position under which the message can be read; None where the spool is full."""
        if position >= 0 and self._input is not None:
            return position
        if self._size + len(data) > self._limit:
            self.full = True
            return None
        self._spool.write(data)
        self._size += len(data)
        return self._size - len(data) - (1 << 62)

    def read(self, position: int, size: int) -> bytes:
        """The octets of a message; fewer where the input has shrunk since."""
        if position >= 0 and self._input is not None:
            if self._descriptor is not None:
                return os.pread(self._descriptor, size, position)
            self._input.seek(position)
            return self._input.read(size)
        self._spool.seek(position + (1 << 62))
        return self._spool.read(size)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self._spool.close()
