"""The host within an address as people write it: a name, an IP address, with or without port, or a whole URI."""

from __future__ import annotations

import re
from functools import lru_cache

from sipdiag.patterns import pattern

_SCHEME = pattern(r"^\s*<?\s*sips?:", re.IGNORECASE)
_HOST_ENDS = pattern(r"[;?>\s]")


@lru_cache(maxsize=4096)
def host_of(address: str) -> str:
    """
    >>> [host_of(t) for t in ("sip:a@Trunk.example:5061;transport=tls", "[2001:db8::1]:5060", "192.0.2.1", "2001:db8::1")]
    ['trunk.example', '2001:db8::1', '192.0.2.1', '2001:db8::1']
    """
    text = _SCHEME.sub("", address.strip())
    text = _HOST_ENDS.split(text, maxsplit=1)[0].rpartition("@")[2]
    if text.startswith("["):
        return text[1:].partition("]")[0].lower()
    return (text.partition(":")[0] if text.count(":") == 1 else text).lower()
