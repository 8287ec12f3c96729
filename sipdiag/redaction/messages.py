"""SIP messages as bytes: edited in place, so that every length in and around them stays true."""

from __future__ import annotations

import re

from sipdiag.redaction.bodies import redact_body, removed_body
from sipdiag.redaction.lines import redact_head, redact_lines
from sipdiag.redaction.text import TextRedactor

_BLANK = re.compile(r"\r?\n[ \t]*\r?\n|\Z")
_START = re.compile(r"\s*(?:SIP/\d+\.\d+ |\S+[ \t]+\S.* SIP/\d+\.\d+)", re.IGNORECASE)


def redact_message(redactor: TextRedactor, data: bytes) -> bytes:
    """One message, whole, cut or broken. The result is as long.

    Raises:
        AssertionError: never for any input; a rule that changes a length is a fault of ours and must not go unseen.
    """
    text = data.decode("utf-8", "surrogateescape")
    lead = text[: len(text) - len(text.lstrip("\r\n"))]
    text = text[len(lead) :]
    blank = _BLANK.search(text)
    end = blank.start() if blank else len(text)
    head, gap, body = text[:end], blank[0] if blank else "", text[blank.end() if blank else end :]
    types = re.search(r"^(?:Content-Type|c)[ \t]*:[ \t]*((?:[^\r\n]|\r?\n[ \t])*)", head, re.IGNORECASE | re.MULTILINE)
    encoded = re.search(r"^(?:Content-Encoding|e)[ \t]*:", head, re.IGNORECASE | re.MULTILINE)
    done = redact_head(redactor, head) if _START.match(head) else redact_lines(redactor, head)
    if body:
        done += gap + (removed_body(body) if encoded else _bodies(redactor, head, body, types[1] if types else ""))
    else:
        done += gap
    result = (lead + done).encode("utf-8", "surrogateescape")
    if len(result) != len(data):
        raise AssertionError(f"redaction made {len(result)} octets of {len(data)}")
    return result


def _bodies(redactor: TextRedactor, head: str, body: str, content_type: str) -> str:
    """The body, and what a datagram has behind it."""
    length = re.search(
        r"^(?:Content-Length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*$", head.replace("\r", ""), re.IGNORECASE | re.MULTILINE
    )
    if length is not None:
        raw = body.encode("utf-8", "surrogateescape")
        size = int(length[1])
        if size < len(raw) and _START.match(raw[size : size + 200].decode("utf-8", "surrogateescape")):
            own = redact_body(redactor, raw[:size].decode("utf-8", "surrogateescape"), content_type)
            return own + redact_message(redactor, raw[size:]).decode("utf-8", "surrogateescape")
    return redact_body(redactor, body, content_type)
