"""A file that is to be read, before anything is known of it."""

from __future__ import annotations

from sipdiag.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be read, in its case. `data` is given for members of archives and for standard input.

    `refused` says why something that was named is not read at all.
    """

    case: str
    path: str
    named: bool
    data: bytes | None = None
    stream: bool = False  # standard input
    refused: str = ""
