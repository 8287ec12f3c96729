"""What is asked of every message of a capture, found without taking the message apart."""

from __future__ import annotations

import re
from typing import NamedTuple

from sipdiag.sip.fields import plain_branch
from sipdiag.sip.header import CSeq
from sipdiag.sip.message import Message, cseq_of
from sipdiag.sip.nameaddr import tag_of
from sipdiag.sip.params import TOKEN
from sipdiag.sip.split import status_line

_USUAL = {
    spelling: name
    for name, spellings in {
        "Via": b"Via v", "From": b"From f", "To": b"To t", "Call-ID": b"Call-ID i", "CSeq": b"CSeq",
    }.items()
    for spelling in spellings.split()
}  # fmt: skip
# Every spelling of these names, so that none of an unusual one is passed over.
_FIELD = re.compile(rb"\n(Via|From|To|Call-ID|CSeq|(?i:via|from|to|call-id|cseq|[vfti]))[ \t]*:([^\n]*)")
_LONGEST = 4096  # octets of the head of a message that is usual


class Glance(NamedTuple):
    """Of a message, as the properties of `Message` with these names."""

    is_request: bool
    status: int | None
    call_id: str
    cseq: CSeq
    from_tag: str | None
    to_tag: str | None
    branch: str | None


def glance(data: bytes) -> Glance | None:
    r"""Look at a message that is written as most are; None where it takes a closer look, with `Message`.

    >>> glance(b"BYE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\n"
    ...     b"Call-ID: 7\r\nCSeq: 2 BYE\r\n\r\n")
    Glance(is_request=True, status=None, call_id='7', cseq=CSeq(number=2, method='BYE'), from_tag='1', to_tag=None, branch='z9')
    """
    end = data.find(b"\r\n\r\n", 0, _LONGEST)
    first = data.find(b"\n") - 1
    # Folded lines, and lines that end in other ways, take a closer look; so does an empty line before the first.
    if first < 1 or end < 0 or data[first] != 13 or any(data.find(odd, 0, end) >= 0 for odd in _ODD):
        return None
    text = data[:first].decode("utf-8", "replace")
    status = status_line(text, 1).status if len(text) <= 40 and text.startswith("SIP/") else None
    if status is None and not _is_plain_request(text):
        return None
    found: dict[str, bytes] = {}
    for spelling, value in _FIELD.findall(data, first, end):
        name = _USUAL.get(spelling)
        if name is None:
            return None
        if name not in found:
            found[name] = value
    if len(found) < 5:
        return None
    via, from_, to, call_id, number = (found[n].strip().decode("utf-8", "replace") for n in _ALL)
    branch, cseq = plain_branch(via), cseq_of(number)
    if branch is None or cseq is None or not call_id:
        return None
    return Glance(status is None, status, call_id, cseq, tag_of(from_), tag_of(to), branch)


_ODD = (b"\n ", b"\n\t", b"\n\n", b"\n\r")
_ALL = ("Via", "From", "To", "Call-ID", "CSeq")


def _is_plain_request(text: str) -> bool:
    words = text.split(" ")
    return len(words) == 3 and words[2] == "SIP/2.0" and words[1] != "" and TOKEN.fullmatch(words[0]) is not None


def closer(message: Message) -> Glance | None:
    """The same of a message that was taken apart; None where it has no Call-ID or CSeq."""
    if not message.call_id or message.cseq is None:
        return None
    return Glance(
        message.is_request,
        message.status,
        message.call_id,
        message.cseq,
        message.from_tag,
        message.to_tag,
        message.branch,
    )
