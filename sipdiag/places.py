"""Where a fact was read: a place in a document, or a frame of a capture or trace."""

from __future__ import annotations

from typing import Generic, TypeAlias, TypeVar

from sipdiag.dataclass import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A node of a document. Lines and columns count from 1; `pointer` is a JSON Pointer (RFC 6901)."""

    input: str
    line: int | None = None
    column: int | None = None
    pointer: str | None = None

    @property
    def unquoted(self) -> bool:
        """Whether a value stands there without quotes, in a document where what it is read as depends on that: YAML."""
        return False


@dataclass(frozen=True, slots=True)
class Frame:
    """A message of a capture or of a pasted trace.

    `number` is Wireshark's frame number (the frame of a message's last byte); None in a trace that does not number.
    `time` is in seconds: since the epoch where the input tells the date, else since some unknown midnight; None where
    the trace gives no time. `line` counts from 1 and is None in captures.
    """

    input: str
    number: int | None = None
    time: float | None = None
    line: int | None = None


def elapsed(first: Frame | None, second: Frame | None) -> float | None:
    """Seconds from one frame to another; None where either has no time."""
    if first is None or second is None or first.time is None or second.time is None:
        return None
    return second.time - first.time


Where: TypeAlias = Place | Frame


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """A value together with the place it was read from and the name of its setting there.

    `value` is None where the document does not say; then `where` is the place that should have said it.
    """

    value: T | None = None
    where: Place | None = None
    setting: str = ""

    def __bool__(self) -> bool:
        return self.value is not None

    def __str__(self) -> str:
        return "" if self.value is None else str(self.value)
