"""Bytes to text, by byte order mark, else UTF-8."""

from __future__ import annotations

import codecs

from sipdiag.sources.documents.error import DocumentError

_MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes, fallback: str | None = None) -> str:
    """The text of a document, without its byte order mark.

    `fallback` is the encoding of files that have never had to be UTF-8 (those of a PBX); without it, bytes that are
    not UTF-8 raise DocumentError with their place.

    >>> decode(b"\\xef\\xbb\\xbfa: 1"), decode("a".encode("utf-16"))
    ('a: 1', 'a')
    """
    encoding, start = next(((e, len(mark)) for mark, e in _MARKS if data.startswith(mark)), ("utf-8", 0))
    try:
        return data[start:].decode(encoding)
    except UnicodeDecodeError as error:
        if fallback is not None and encoding == "utf-8":
            return data[start:].decode(fallback, "replace")
        before = data[start : start + error.start].decode(encoding, "replace")
        line = before.count("\n") + 1
        raise DocumentError(f"not {encoding.upper()} text", line, len(before) - before.rfind("\n")) from None
