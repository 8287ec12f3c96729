"""Work counted in steps, so that a test of its growth says the same on a busy machine as on an idle one.

A step is a line or a call of Python, our own and the libraries'. What runs inside one call into C is no step: a search
over octets is counted by `CountingBuffer`, and patterns are judged by themselves in `tests/test_patterns.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, SupportsIndex


def steps(work: Callable[[], object]) -> int:
    """Lines and calls that a piece of work takes."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Callable[..., object]:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type] # a tracer that counts needs no more than this
    try:
        work()
    finally:
        sys.settrace(before)
    return count


class CountingBuffer(bytearray):
    """A buffer that counts the octets which it is asked to search, copy or move."""

    looked_at = 0

    def find(self, sub: Any, start: Any = 0, end: Any = None) -> int:
        found = super().find(sub, start, end)
        stop = min(len(self), len(self) if end is None else end)
        self.looked_at += max(0, (found if found >= 0 else stop) - start)
        return found

    def rfind(self, sub: Any, start: Any = 0, end: Any = None) -> int:
        found = super().rfind(sub, start, end)
        stop = min(len(self), len(self) if end is None else end)
        self.looked_at += max(0, stop - (found if found >= 0 else start))
        return found

    def __getitem__(self, index: Any) -> Any:
        part = super().__getitem__(index)
        self.looked_at += len(part) if isinstance(part, bytearray) else 1
        return part

    def __delitem__(self, index: SupportsIndex | slice) -> None:
        super().__delitem__(index)
        # CPython moves the beginning of a bytearray instead of what is left: dropping costs nothing but the call.
        self.looked_at += 1
