"""Findings that a record alone tells, in which checks differ by codes, words and remedies only."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import TYPE_CHECKING

from sipdiag.checking.finding import Because, Finding
from sipdiag.facts.stated import LONGEST, recorded
from sipdiag.facts.told import refused
from sipdiag.values import Text

if TYPE_CHECKING:
    from sipdiag.facts.record import CallRecord
    from sipdiag.facts.transfer import Transfer
    from sipdiag.facts.wording import Wording


def refer_answered(
    record: CallRecord, transfers: Sequence[Transfer], codes: Container[int], says: str, *, fix: str
) -> Iterator[Finding]:
    """That the REFER of a record's last attempt was answered with one of the codes, in a sentence with {status} and {reason}."""
    said = refused(record, transfers, codes)
    if said is not None:
        yield Finding(
            says,
            status=said.status,
            reason=said.reason,
            at=said.at,
            because=[Because("the platform asked for it here", at=said.attempt.where)],
            fix=fix,
        )


def transfer_answered(record: CallRecord, words: Wording, *, fix: str) -> Iterator[Finding]:
    """That the platform answered its last attempt with such words, which are quoted."""
    call = recorded(words, record)
    if call is not None:
        yield Finding(
            'the platform answered the transfer: "{words}"',
            words=Text(str(call.result)[:LONGEST]),
            at=call.result.where or call.where,
            fix=fix,
        )
