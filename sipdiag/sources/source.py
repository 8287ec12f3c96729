"""A file that is to be read, before anything is known of it, and what it turned out to hold."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass
from sipdiag.excerpts import Excerpts

if TYPE_CHECKING:
    from sipdiag.nodes import Node
    from sipdiag.places import Place
    from sipdiag.raw import Wire


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be read, in its case. `data` is given for members of archives and for standard input.

    `refused` says why something is not read at all.
    """

    case: str
    path: str
    named: bool
    data: bytes | None = None
    stream: bool = False  # standard input
    refused: str = ""
    barred: bool = False  # the system or a bound of ours keeps it unread: nobody knows what it holds
    called: str = ""  # by which path other files may name it, where that is not its own
    packed: bool = False  # a member of an archive, or a compressed file


@dataclass(frozen=True, slots=True)
class Opened:
    """What one input held: SIP and events of a capture or trace, or a document tree, or the reason why neither."""

    id: str
    source: Source
    kind: str  # capture, trace, document, unread
    format: str
    sha256: str
    wire: Wire | None = None
    node: Node | None = None
    lines: Excerpts = field(default=Excerpts(b""), repr=False)
    error: str | None = None
    place: Place | None = None
    problems: tuple[str, ...] = ()  # what of it was not read, beside what its wire tells
