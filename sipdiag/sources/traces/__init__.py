"""SIP messages out of text: pasted traces, log files, exports.

`read_trace` recognises all formats by itself, several in one file, and needs no name. A new format is one more module
in `formats/`.
"""

from __future__ import annotations

import re

from sipdiag.dataclass import dataclass
from sipdiag.raw import Wire
from sipdiag.sources.traces.lines import decoded
from sipdiag.sources.traces.walk import Walk

__all__ = ["Trace", "read_trace"]

_SIP = re.compile(r"SIP/\d")


@dataclass(frozen=True, slots=True)
class Trace:
    """What a text held, and the formats its messages were written in, in the order they were met."""

    wire: Wire
    formats: tuple[str, ...]

    @property
    def format(self) -> str:
        """The name of the format, or `mixed`."""
        return self.formats[0] if len(self.formats) == 1 else "mixed"


def read_trace(data: str | bytes, input_id: str) -> Trace | None:
    """The SIP messages and log lines of a text; None where it holds no SIP message. Never raises.

    Times are epoch seconds where the text tells the date (as UTC, where it names no zone), else seconds from the
    midnight before its first line; a log that tells only steps counts from zero. An address that a line does not tell
    is None; a log that tells only its peer gives that and `sent`.
    """
    text = decoded(data)
    if not _SIP.search(text):
        return None
    walk = Walk(text, input_id)
    wire = walk.read()
    return Trace(wire, tuple(walk.formats)) if wire.packets else None
