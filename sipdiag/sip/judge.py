"""What in a message breaks the grammar, with line and column (RFC 3261 25, RFC 4475)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from sipdiag.sip.errors import SipSyntaxError
from sipdiag.sip.header import (
    Header,
    Via,
    parse_cseq,
    parse_name_addr,
    parse_seconds,
    parse_via,
    parse_warning,
    split_list,
)
from sipdiag.sip.message import Message
from sipdiag.sip.params import Faults

MOST_FAULTS = 200

_SINGLE_ADDRESS = ("From", "To", "Refer-To", "Referred-By")
_ADDRESS_LIST = ("Contact", "Route", "Record-Route")
# The largest value that RFC 3261 gives each of these (20.22, 20.19, 20.33: 2**32-1; Max-Forwards: 255).
_NUMBERS = {"Max-Forwards": 255, "Expires": 2**32 - 1, "Min-Expires": 2**32 - 1, "Retry-After": 2**32 - 1}
_DIGITS = re.compile(r"[0-9]+(?=\s*(?:[;(]|\Z))")


def judge(message: Message) -> tuple[SipSyntaxError, ...]:
    """The faults of a message, in the order of its lines. What RFC 4475 calls the application's matter is none.

    Of a hostile message that breaks the grammar without end, the first 200 are told.
    """
    errors = list(islice(_every(message), MOST_FAULTS))
    return tuple(sorted(errors, key=lambda e: (e.line or 0, e.column or 0)))


def _every(message: Message) -> Iterator[SipSyntaxError]:
    head = message._head
    yield from head.first.errors
    yield from head.request_uri[1]
    yield from _contradictions(message)
    for field in message.headers:
        for error in _field_errors(field):
            yield error.within(field.name, field.line, field.columns)
    yield from head.header_errors


def _field_errors(field: Header) -> Iterable[SipSyntaxError]:
    name = field.canonical
    if name in _SINGLE_ADDRESS:
        return parse_name_addr(field.value).errors
    if name in _ADDRESS_LIST:
        return _list_errors(field.value, _address_errors)
    if name == "Via":
        return _list_errors(field.value, _via_errors)
    if name == "CSeq":
        return parse_cseq(field.value)[1]
    if name == "Content-Length":
        return _number_errors(field.value, 2**32 - 1)
    if name in _NUMBERS:
        return _number_errors(field.value, _NUMBERS[name])
    if name == "Date" and not field.value.endswith("GMT"):
        return (SipSyntaxError("the time zone of Date must be GMT", max(1, field.value.rfind(" ") + 2)),)
    if name == "Warning":
        return _list_errors(field.value, _warning_errors)
    return ()


def _list_errors(value: str, errors_of: Callable[[str], Faults]) -> Iterator[SipSyntaxError]:
    for at, piece in split_list(value):
        if piece:
            yield from (e.within(None, 0, at) for e in errors_of(piece))
        else:
            yield SipSyntaxError("an empty element in the list", at + 1)


def _address_errors(value: str) -> Faults:
    return parse_name_addr(value).errors


def _via_errors(value: str) -> Faults:
    via = parse_via(value)
    return via.errors if isinstance(via, Via) else (via,)


def _warning_errors(value: str) -> Faults:
    warning = parse_warning(value)
    known = warning is not None and warning.code is not None
    return () if known else (SipSyntaxError("expected '<three digits> <agent> <text>'", 1),)


def _number_errors(value: str, most: int) -> Faults:
    match = _DIGITS.match(value)
    if match is None:
        return (SipSyntaxError(f"{value[:20]!r} is not a number", 1),)
    number = parse_seconds(match[0])
    if number is None or number > most:
        return (SipSyntaxError(f"{match[0][:20]} is above {most}", 1),)
    return ()


def _contradictions(message: Message) -> Iterator[SipSyntaxError]:
    """Where two parts of a message do not agree."""
    cseq, field = message.cseq, message.header("CSeq")
    if message.method and cseq and field and cseq.method != message.method:
        words = f"the CSeq is of {cseq.method[:40]}, but the request is {message.method[:40]}"
        yield SipSyntaxError(words, 1, field.line, field.name).within(field.name, field.line, field.columns)
    length, field = message.content_length, message.header("Content-Length")
    if length is None or field is None or len(message.all("Content-Length")) > 1:
        return
    body, column = message.body, field.columns + 1
    # A pasted trace has LF for CRLF, and often lost its last line end: it misses that many bytes and is whole.
    pasted = body.count(b"\n") - body.count(b"\r\n") + 2
    if length - len(body) > (pasted if body else 0):
        words = f"Content-Length is {length}, but only {len(body)} bytes follow"
        yield SipSyntaxError(words, column, field.line, field.name)
    elif length < len(body):
        words = f"Content-Length {length} ends the body inside a line; {len(body)} bytes follow"
        yield SipSyntaxError(words, column, field.line, field.name)
