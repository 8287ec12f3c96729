"""X.509 certificates (RFC 5280) in DER: names become pseudonyms, dates and object identifiers stay, all else is zeroed."""

from __future__ import annotations

from sipdiag.redaction.redactor import Redactor

_INTEGER, _BITS, _OCTETS, _OID, _BOOLEAN, _NULL, _UTC, _GENERALIZED = 0x02, 0x03, 0x04, 0x06, 0x01, 0x05, 0x17, 0x18
_STRINGS = frozenset({0x0C, 0x12, 0x13, 0x14, 0x16, 0x1A, 0x81, 0x82, 0x86})  # UTF8, printable, IA5; mail, DNS, URI
_ADDRESS = 0x87
_KEPT = frozenset({_OID, _BOOLEAN, _NULL, _UTC, _GENERALIZED})
_DEPTH = 24


def redact_certificate(der: bytes, redactor: Redactor) -> bytes:
    """A certificate of the same structure. What is damaged is zeroed."""
    return _elements(der, redactor, 0)


def _elements(data: bytes, redactor: Redactor, depth: int) -> bytes:
    out = bytearray(len(data))
    at = 0
    while at + 2 <= len(data):
        tag, size, start = data[at], data[at + 1], at + 2
        if size & 0x80:
            width = size & 0x7F
            size, start = int.from_bytes(data[start : start + width], "big"), start + width
            if not 1 <= width <= 4:
                return bytes(out)
        if start + size > len(data):
            return bytes(out)
        out[at:start] = data[at:start]
        out[start : start + size] = _content(tag, data[start : start + size], redactor, depth)
        at = start + size
    return bytes(out)


def _content(tag: int, content: bytes, redactor: Redactor, depth: int) -> bytes:
    if tag in _KEPT or (tag == _INTEGER and len(content) == 1):
        return content
    if depth < _DEPTH and (tag & 0x20 or (tag == _OCTETS and content[:1] in (b"\x30", b"\x04"))):
        return _elements(content, redactor, depth + 1)
    if tag == _ADDRESS and len(content) in (4, 16):
        return redactor.pseudonyms.packed(content)
    if tag in _STRINGS:
        text = content.decode("utf-8", "surrogateescape")
        shown = (
            redactor.pseudonyms.host(text)
            if "." in text and " " not in text and "/" not in text and "@" not in text
            else redactor.name(text)
        )
        return shown.encode("utf-8", "surrogateescape")
    return bytes(len(content))
