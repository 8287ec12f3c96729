"""Link types that only scapy knows; imported when a capture has one."""

from __future__ import annotations

from functools import cache
from typing import Any

from sipdiag.sources.captures.links import IPV4, IPV6

# Only what can be on a machine that handles SIP, because scapy loads a module for each: IEEE 802.11 with its
# pseudo headers, and per-packet information (https://www.tcpdump.org/linktypes.html).
_WIRELESS, _PRISM, _RADIOTAP, _PPI = 105, 119, 127, 192
RARE = frozenset({_WIRELESS, _PRISM, _RADIOTAP, _PPI})


@cache
def _dissector(link: int) -> Any:
    # Imported here because scapy takes a quarter of a second, which hardly any capture is worth.
    import scapy.layers.dot11 as dot11

    if link == _PPI:
        from scapy.layers.ppi import PPI

        return PPI
    return {_WIRELESS: dot11.Dot11, _PRISM: dot11.PrismHeader, _RADIOTAP: dot11.RadioTap}[link]


def ip_packet(link: int, frame: bytes) -> tuple[int, bytes]:
    """The EtherType and the octets of the IP packet in a frame of a rare link type; 0 where there is none."""
    from scapy.layers.inet import IP
    from scapy.layers.inet6 import IPv6

    try:
        packet = _dissector(link)(frame)
        for kind, layer in ((IPV4, IP), (IPV6, IPv6)):
            if layer in packet:
                return kind, bytes(packet[layer].original)
    except Exception:  # noqa: S110 - scapy documents no error of its own for malformed frames
        pass
    return 0, b""
