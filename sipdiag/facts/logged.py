"""What the lines of a log say of why no REFER was sent, where a transfer was asked for.

Words never show that a message was sent; they are asked only where none was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from sipdiag.facts.connections import later, names, tcp_failed, tls_failed
from sipdiag.facts.stated import LONGEST
from sipdiag.facts.transfer import Transfer
from sipdiag.facts.wording import Wording
from sipdiag.places import Frame
from sipdiag.raw import LogLine

_ABOUT = re.compile(r"\b(?:refer|transfer\w*)(?![\w-]*-encoding)\b|_transfer\b|\btransfer_|send_refer", re.IGNORECASE)
_SIGNALLING = re.compile(rf"{_ABOUT.pattern}|\bsips?\b|sip\.|pjsip|sofia|\btport|\bwss?:|websocket", re.IGNORECASE)


def logged(pattern: Wording, transfer: Transfer) -> LogLine | None:
    """The first line that a pattern fits, of those since the call was answered, while no REFER was seen.

    Every line counts where the log tells that a transfer was asked for, else those that speak of one.
    """
    return next((line for line in _lines(transfer) if pattern.search(line.text[:LONGEST])), None)


def logged_of_signalling(pattern: Wording, transfer: Transfer) -> LogLine | None:
    """The same of lines about the call's signalling: an application has other connections (databases, models) too.

    It is about signalling where it speaks of SIP, a transfer or a WebSocket, or names a host of the call.
    """
    hosts = names(transfer.leg) if transfer.leg is not None else set()
    for line in _lines(transfer):
        text = line.text[:LONGEST]
        if pattern.search(text) and (_SIGNALLING.search(text) or any(h in text.lower() for h in hosts)):
            return line
    return None


def disproved(line: LogLine, transfer: Transfer) -> bool:
    """Whether two hosts of the call opened a connection that worked after somebody said that there was none."""
    leg = transfer.leg
    if leg is None:
        return False
    hosts = names(leg)
    return any(
        {c.client.host, c.server.host} <= hosts
        and c.state == "established"
        and not (tcp_failed(c) or tls_failed(c))
        and later(c.opened, line.frame)
        for c in transfer.around.connections
    )


def _lines(transfer: Transfer) -> Iterator[LogLine]:
    if transfer.attempts:
        return
    answer = transfer.leg.answer if transfer.leg is not None else None
    for line in transfer.around.log:
        early = answer is not None and _before(line.frame, answer.frame)
        if not early and (transfer.log or _is_about_a_transfer(line.text)):
            yield line


@lru_cache(1 << 16)  # every transfer of a case asks it of every line
def _is_about_a_transfer(text: str) -> bool:
    return _ABOUT.search(text[:LONGEST]) is not None


def _before(one: Frame, other: Frame) -> bool:
    """Whether one place stands before another in the same input, whose clocks may differ."""
    if one.input != other.input:
        return False
    if one.line is not None and other.line is not None:
        return one.line < other.line
    return one.number is not None and other.number is not None and one.number < other.number
