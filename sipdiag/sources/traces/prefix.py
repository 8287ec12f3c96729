"""What stands before every line of a message: an indent, quote signs, the prefix of a log collector.

The prefix is learned from the start line of each message. Its digits may differ from line to line (they are a time,
a process, a counter), all else must be the same. A log that writes its prefix once for a message has lines without it.
"""

from __future__ import annotations

import re

_RUNS = re.compile(r"\d+|\D+")
_DIGITS = re.compile(r"\d+")
_QUOTES = re.compile(r"[ \t]{0,8}(?:[>|][ \t]?){1,40}")
_LONGEST = 400  # characters of a prefix that are looked at


class Prefix:
    """Takes the prefix of a message's lines off. `following` is the line below the start line, where it is known."""

    def __init__(self, prefix: str, following: str = "") -> None:
        if following and prefix.strip(" \t>|"):
            prefix = _shared(prefix, following)
        self._indent = len(prefix) if not prefix.strip() else 0
        self._quoted = bool(prefix.strip()) and not prefix.strip(" \t>|")
        self._runs = (
            [] if self._indent or self._quoted else _RUNS.findall(prefix[-_LONGEST:] if len(prefix) <= _LONGEST else "")
        )
        if self._runs:
            self._runs[-1] = self._runs[-1].rstrip(" \t") or self._runs[-1]
            self._gap = len(prefix) - len(prefix.rstrip(" \t"))
        else:
            self._gap = 0

    def strip(self, text: str) -> str:
        """The line without the prefix, or as it is where it has none."""
        if self._indent:
            indent = len(text) - len(text.lstrip(" \t"))
            return text[min(indent, self._indent) :]
        if self._quoted:
            match = _QUOTES.match(text)
            return text[match.end() :] if match else text
        if self._runs:
            end = self._end(text)
            if end is not None:
                gap = len(text[end : end + self._gap]) - len(text[end : end + self._gap].lstrip(" \t"))
                return text[end + gap :]
        return text

    def _end(self, text: str) -> int | None:
        position = 0
        for run in self._runs:
            if run[0].isdigit():
                match = _DIGITS.match(text, position)
                if match is None:
                    return None
                position = match.end()
            elif text.startswith(run, position):
                position += len(run)
            else:
                return None
        return position


def _shared(prefix: str, following: str) -> str:
    """The part of a start line's prefix that the next line has too: the log's, without what the program added once."""
    if len(prefix) > _LONGEST:
        return ""
    position = 0
    for run in _RUNS.finditer(prefix):
        if run[0][0].isdigit():
            match = _DIGITS.match(following, position)
            if match is None:
                break
            position = match.end()
            continue
        if following.startswith(run[0], position) or following[position:] == run[0].rstrip(" \t"):
            position += len(run[0])
            continue
        same = 0
        while position + same < len(following) and same < len(run[0]) and following[position + same] == run[0][same]:
            same += 1
        return _whole_words(prefix[: run.start() + same])
    else:
        return prefix
    return _whole_words(prefix[: run.start()])


def _whole_words(prefix: str) -> str:
    """A prefix up to the last sign that can end one."""
    return prefix[: max(prefix.rfind(end) for end in " \t>|") + 1]
