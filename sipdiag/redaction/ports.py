"""Pseudonyms of ports, where they are dropped: as many digits, in the same range, RTP and its RTCP side by side.

Ports of services stay, because they tell what is spoken and not by whom: those below 1024, those of SIP, and those by
which a reader finds packets inside of packets. 0 and 9, which say in SDP that there is no stream, are among them.
"""

from __future__ import annotations

import hmac
from functools import lru_cache

from sipdiag.raw import SIP_PORTS
from sipdiag.sources.captures.tunnels import PORTS as TUNNELS

_SERVICES = SIP_PORTS | TUNNELS
# Ends of ranges in which a port stays: its side of the ports of SIP, its digits, and whether systems hand it out to
# clients (RFC 6335 6, and Linux from 32768), for a reader who sees no SYN takes the higher port for the client's.
_RANGES = ((1024, 5060), (5060, 10_000), (10_000, 32_768), (32_768, 65_536))


def port(key: bytes, number: int) -> int:
    """The pseudonym of a port; what is no port stays.

    >>> port(b"k", 5061), port(b"k", 443), port(b"k", 70000), len(str(port(b"k", 4000)))
    (5061, 443, 70000, 4)
    >>> port(b"k", 16384) + 1 == port(b"k", 16385)
    True
    """
    for low, high in _RANGES:
        if low <= number < high:
            return 2 * _order(key, low, high).get(number // 2, number // 2) + number % 2
    return number


@lru_cache(maxsize=16)
def _order(key: bytes, low: int, high: int) -> dict[int, int]:
    """Pairs of ports, by half of the even one, in an order that the key decides."""
    pairs = [n for n in range(low // 2, high // 2) if not _SERVICES & {2 * n, 2 * n + 1}]
    moved = sorted(pairs, key=lambda n: hmac.digest(key, b"port" + n.to_bytes(2, "big"), "sha256"))
    return dict(zip(pairs, moved, strict=True))
