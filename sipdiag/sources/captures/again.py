"""A capture read a second time, frame by frame, for those who need the frames themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sipdiag.sources.captures.containers import frames_in
from sipdiag.sources.captures.frames import RawFrame
from sipdiag.sources.captures.limits import CaptureError, Limits
from sipdiag.sources.captures.opening import opened
from sipdiag.sources.captures.skip import Skipper
from sipdiag.sources.captures.window import Window


def frames_again(source: Path | BinaryIO, limits: Limits | None = None) -> Iterator[RawFrame]:
    """Every frame of a capture but long runs of RTP, with the numbers that Wireshark gives.

    Raises CaptureError where the file is no capture or cannot be opened. What is damaged ends it, in silence: who read
    it first has said so.
    """

    limits = limits or Limits()

    def known(_: str) -> None:
        """A problem that the first reading reported."""

    if isinstance(source, Path):
        try:
            with source.open("rb", buffering=0) as file:
                yield from frames_again(file, limits)
        except OSError as error:
            raise CaptureError(error.strerror or str(error)) from None
        return
    stream, _ = opened(source, limits, known)
    yield from frames_in(Window(stream), limits, known, Skipper(), [])
