"""What a platform says itself of its attempt to transfer: in the lines of its log, and in the results of its requests.

Words never show that a message was sent. They are asked only why none was, where a transfer was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sipdiag.facts.connections import later, names, tcp_failed, tls_failed
from sipdiag.facts.record import CallRecord
from sipdiag.facts.transfer import Transfer
from sipdiag.places import Frame, Where
from sipdiag.values import Text

LONGEST = 2000  # characters of a line that are looked at
_ABOUT = re.compile(r"\b(?:refer|transfer\w*)(?![\w-]*-encoding)\b|_transfer\b|\btransfer_|send_refer", re.IGNORECASE)

_SIGNALLING = re.compile(rf"{_ABOUT.pattern}|\bsips?\b|sip\.|pjsip|sofia|\btport|\bwss?:|websocket", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of the platform, and where it stands. `by` is `log` or `record`."""

    text: Text
    at: Where
    by: str


def stated(transfer: Transfer, records: Sequence[CallRecord] = ()) -> Iterator[Statement]:
    """What log and records say while no REFER was seen, in the order of the input.

    Of a log, the lines since the call was answered: all of them where it tells that a transfer was asked for, else those
    that speak of one. Of a record, the results of transfers that failed.
    """
    if transfer.attempts:
        return
    answer = transfer.leg.answer if transfer.leg is not None else None
    for line in transfer.around.log:
        if (answer is None or not _before(line.frame, answer.frame)) and (
            transfer.log or _ABOUT.search(line.text[:LONGEST])
        ):
            yield Statement(Text(line.text[:LONGEST]), line.frame, "log")
    for record in records:
        for call in record.calls:
            if call.succeeded is False and call.result:
                yield Statement(Text(str(call.result)[:LONGEST]), call.result.where or call.where, "record")
        if record.error and record.error.where is not None:
            yield Statement(Text(str(record.error)[:LONGEST]), record.error.where, "record")


def _before(one: Frame, other: Frame) -> bool:
    """Whether one place stands before another in the same input, whose clocks may differ."""
    if one.input != other.input:
        return False
    if one.line is not None and other.line is not None:
        return one.line < other.line
    return one.number is not None and other.number is not None and one.number < other.number


def first_saying(pattern: re.Pattern[str], transfer: Transfer, records: Sequence[CallRecord] = ()) -> Statement | None:
    """The first statement that a pattern fits."""
    return next((s for s in stated(transfer, records) if pattern.search(str(s.text))), None)


def first_of_signalling(
    pattern: re.Pattern[str], transfer: Transfer, records: Sequence[CallRecord] = ()
) -> Statement | None:
    """The same of statements about the call's signalling: an application has other connections (databases, models) too.

    It is about signalling where it speaks of SIP, a transfer or a WebSocket, or names a host of the call.
    """
    hosts = names(transfer.leg) if transfer.leg is not None else set()
    return next(
        (
            s
            for s in stated(transfer, records)
            if pattern.search(str(s.text))
            and (s.by == "record" or _SIGNALLING.search(str(s.text)) or any(h in str(s.text).lower() for h in hosts))
        ),
        None,
    )


def disproved(said: Statement, transfer: Transfer) -> bool:
    """Whether two hosts of the call opened a connection that worked after somebody said that there was none."""
    leg = transfer.leg
    if leg is None or not isinstance(said.at, Frame):
        return False
    hosts = names(leg)
    return any(
        {c.client.host, c.server.host} <= hosts
        and c.state == "established"
        and not (tcp_failed(c) or tls_failed(c))
        and later(c.opened, said.at)
        for c in transfer.around.connections
    )
