"""A file seen through one reused buffer: constant memory for any size, on files, pipes and compressed inputs alike."""

from __future__ import annotations

from typing import Protocol


class Readable(Protocol):
    """What a window needs of its input: an open file, a pipe, or a decompressor."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fill a part of `buffer`; 0 at the end of the input."""


class Window:
    """The octets `data[at:end]` are unread; `base` is the offset in the input of `data[0]`.

    A memory map would be shorter to write, but its touched pages count as memory of the process, and it does not
    work on pipes and compressed inputs.
    """

    __slots__ = ("_input", "_view", "at", "base", "data", "end", "finished")

    def __init__(self, source: Readable, size: int = 1 << 20) -> None:
        self._input = source
        self.data = bytearray(size)
        self._view = memoryview(self.data)
        self.at = self.end = self.base = 0
        self.finished = False

    def fill(self, wanted: int) -> bool:
        """Make at least `wanted` unread octets available; False where the input ends before."""
        if self.end - self.at >= wanted:
            return True
        self._make_room(wanted)
        while self.end < len(self.data) and not self.finished:
            count = self._input.readinto(self._view[self.end :])
            if count:
                self.end += count
            else:
                self.finished = True
        return self.end - self.at >= wanted

    def _make_room(self, wanted: int) -> None:
        rest = bytes(self._view[self.at : self.end])
        if wanted > len(self.data):
            self._view.release()
            self.data = bytearray(wanted + (1 << 20))
            self._view = memoryview(self.data)
        self.data[: len(rest)] = rest
        self.base += self.at
        self.at, self.end = 0, len(rest)

    def take(self, start: int, size: int) -> bytes:
        """A copy of `size` octets at index `start` of `data`."""
        return self._view[start : start + size].tobytes()
