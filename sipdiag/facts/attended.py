"""Whether an attended transfer was asked for in the log of an application."""

from __future__ import annotations

import re

from sipdiag.facts.transfer import Transfer
from sipdiag.patterns import pattern
from sipdiag.raw import LogLine

_ATTENDED = pattern(r"(?<!un)\battended|\bconsult|\bwarm[\s_-]?transfer|\bsupervised|\breplaces\b", re.IGNORECASE)
_LONGEST = 2000  # characters of a log line that are looked at


def attended_asked(transfer: Transfer) -> LogLine | None:
    """The first log line that asks for a transfer with consultation."""
    return next((line for line in transfer.log if _ATTENDED.search(line.text[:_LONGEST])), None)
