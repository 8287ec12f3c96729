"""Whose a server's certificate is, and until when: the few fields of X.509 (RFC 5280) that a diagnosis needs."""

from __future__ import annotations

import calendar
import ipaddress
from collections.abc import Iterator

_SEQUENCE, _SET, _OID, _VERSION, _EXTENSIONS, _OCTETS = 0x30, 0x31, 0x06, 0xA0, 0xA3, 0x04
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_COMMON_NAME, _ALTERNATIVE_NAME = b"\x55\x04\x03", b"\x55\x1d\x11"
_DNS_NAME, _URI, _ADDRESS = 0x82, 0x86, 0x87
_NAMES = 100

Element = tuple[int, bytes]  # tag, content


def _elements(data: bytes) -> Iterator[Element]:
    """The DER elements (X.690) that follow each other in `data`; ends at the first damaged one."""
    at = 0
    while at + 2 <= len(data):
        tag, size, start = data[at], data[at + 1], at + 2
        if size & 0x80:
            width = size & 0x7F
            if not 1 <= width <= 4:
                return
            size, start = int.from_bytes(data[start : start + width], "big"), start + width
        if start + size > len(data):
            return
        yield tag, data[start : start + size]
        at = start + size


def _find(data: bytes, tag: int) -> bytes:
    return next((content for found, content in _elements(data) if found == tag), b"")


def _time(element: Element) -> float | None:
    tag, content = element
    text = content.decode("ascii", "replace")
    if tag == _UTC_TIME:  # RFC 5280, 4.1.2.5.1: years 50 to 99 are those of the 20th century
        text = ("19" if text[:2] >= "50" else "20") + text
    if tag not in (_UTC_TIME, _GENERALIZED_TIME) or not text[:14].isdecimal() or not text.isascii():
        return None
    year, rest = int(text[:4]), [int(text[i : i + 2]) for i in range(4, 14, 2)]
    return float(calendar.timegm((year, *rest))) if 1 <= rest[0] <= 12 and 1 <= rest[1] <= 31 else None


def read_certificate(der: bytes) -> tuple[tuple[str, ...], float | None]:
    """The names of a certificate (subject alternative names, else the common name), and its notAfter in epoch seconds.

    What is damaged or missing is left out.
    """
    fields = [element for element in _elements(_find(_find(der, _SEQUENCE), _SEQUENCE)) if element[0] != _VERSION]
    # serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo, …
    if len(fields) < 5:
        return (), None
    validity = list(_elements(fields[3][1]))
    expires = _time(validity[1]) if len(validity) == 2 else None
    names: list[str] = []
    for _, extension in _elements(_find(b"".join(c for t, c in fields[5:] if t == _EXTENSIONS), _SEQUENCE)):
        if _find(extension, _OID) == _ALTERNATIVE_NAME:
            names += [
                name for name in map(_general_name, _elements(_find(_find(extension, _OCTETS), _SEQUENCE))) if name
            ]
    if not names:
        for tag, part in _elements(fields[4][1]):
            attribute = list(_elements(_find(part, _SEQUENCE))) if tag == _SET else []
            if len(attribute) == 2 and attribute[0][1] == _COMMON_NAME:
                names.append(attribute[1][1].decode("utf-8", "replace"))
    return tuple(names[:_NAMES]), expires


def _general_name(element: Element) -> str | None:
    tag, content = element
    if tag in (_DNS_NAME, _URI):
        return content.decode("ascii", "replace")
    if tag == _ADDRESS and len(content) in (4, 16):
        return str(ipaddress.ip_address(content))
    return None
