"""Where a body ends, and the parts of a multipart body (RFC 3261 18.3, 20.14; RFC 2046 5.1)."""

from __future__ import annotations

import re

from sipdiag.sip.params import param, read_params

_START = re.compile(rb"[\r\n]*(?:SIP/2\.0 [0-9]{3}|[A-Z]+ [a-z]+:[^\r\n]* SIP/2\.0\r?\n)")


def find_body(data: bytes, start: int, length: int | None) -> bytes:
    r"""The body that starts at an offset, where Content-Length is `length` (None where it is absent or in doubt).

    A length cuts off what follows only where it can be believed: at the end of a line, before another message, or in
    a body that is not text. In a pasted trace with LF for CRLF, or with addresses changed by hand, the length no longer
    fits, and cutting inside a line would turn `a=sendonly` into something else.

    >>> find_body(b"v=0\r\ns=-\r\nEXTRA", 0, 10), find_body(b"v=0\ns=-\na=sendonly\n", 0, 13)
    (b'v=0\r\ns=-\r\n', b'v=0\ns=-\na=sendonly\n')
    """
    if length is None or length >= len(data) - start:
        return data[start:]
    end = start + length
    at_line_end = end == start or data[end - 1 : end] == b"\n" or data[end : end + 1] in (b"\r", b"\n")
    if at_line_end or _START.match(data, end) or b"\x00" in data[start:end]:
        return data[start:end]
    return data[start:]


def body_part(body: bytes, content_type: str, wanted: str) -> bytes | None:
    r"""The body, or the first part of a multipart body, that has a media type.

    >>> body_part(b"--x\r\nContent-Type: text/a\r\n\r\nA\r\n--x--", "multipart/mixed;boundary=x", "text/a")
    b'A'
    """
    kind = _media_type(content_type)
    if kind == wanted:
        return body
    if not kind.startswith("multipart/"):
        return None
    semicolon = content_type.find(";")
    boundary = param(read_params(content_type, semicolon)[0], "boundary") if semicolon >= 0 else None
    if not boundary:
        return None
    for piece in body.split(b"--" + boundary.encode())[1:]:
        head, _, content = piece.lstrip(b"\r\n").replace(b"\r\n\r\n", b"\n\n", 1).partition(b"\n\n")
        for line in head.splitlines():
            name, colon, value = line.partition(b":")
            named = name.strip().lower() in (b"content-type", b"c")
            if colon and named and _media_type(value.decode("utf-8", "replace")) == wanted:
                return content.removesuffix(b"\n").removesuffix(b"\r")
    return None


def _media_type(value: str) -> str:
    return value.partition(";")[0].replace(" ", "").lower()
