"""Text that a document spells out as numbers: journalctl does so where an octet is no printable character, as CR is."""

from __future__ import annotations

import json
import re

from sipdiag.patterns import pattern

_SIP = pattern(rb"83, ?73, ?80, ?47, ?50, ?46, ?48[,\]]")  # SIP/2.0
_OCTETS = pattern(rb"\[\d{1,3}(?:, ?\d{1,3}){15,}\]")


def in_words(data: bytes) -> bytes:
    """The document with strings where it had arrays of octets, line for line; unchanged where no message is spelled out.

    >>> in_words(b'{"MESSAGE": [83, 73, 80, 47, 50, 46, 48, 32, 50, 48, 48, 32, 79, 75, 13, 10]}')
    b'{"MESSAGE": "SIP/2.0 200 OK\\\\r\\\\n"}'
    """
    return _OCTETS.sub(_in_words, data) if _SIP.search(data) is not None else data


def _in_words(array: re.Match[bytes]) -> bytes:
    octets = json.loads(array[0])
    if max(octets) > 255:
        return array[0]
    return json.dumps(bytes(octets).decode("utf-8", "replace")).encode("ascii")
