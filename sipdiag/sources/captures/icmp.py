"""ICMP errors (RFC 792, RFC 4443) and the packet that they quote."""

from __future__ import annotations

import struct
from dataclasses import dataclass

_V4 = {
    (3, 0): "network unreachable",
    (3, 1): "host unreachable",
    (3, 2): "protocol unreachable",
    (3, 3): "port unreachable",
    (3, 4): "fragmentation needed",
    (3, 9): "network administratively prohibited",
    (3, 10): "host administratively prohibited",
    (3, 13): "communication administratively prohibited",
    (11, 0): "time to live exceeded in transit",
    (11, 1): "fragment reassembly time exceeded",
}
_V6 = {
    (1, 0): "no route to destination",
    (1, 1): "communication administratively prohibited",
    (1, 2): "beyond scope of source address",
    (1, 3): "address unreachable",
    (1, 4): "port unreachable",
    (1, 5): "source address failed ingress policy",
    (1, 6): "route to destination rejected",
    (2, 0): "packet too big",
    (3, 0): "hop limit exceeded in transit",
    (3, 1): "fragment reassembly time exceeded",
}


@dataclass(frozen=True, slots=True)
class QuotedError:
    """What an ICMP error says of the packet that it quotes. `quoted` is the payload of that packet's UDP or TCP."""

    reason: str
    transport: str
    source: bytes
    source_port: int
    destination: bytes
    destination_port: int
    quoted: bytes


def quoted_error(six: bool, data: bytes) -> QuotedError | None:
    """Read an ICMP (`six`: ICMPv6) message; None where it is no error about a UDP or TCP packet."""
    if len(data) < 8 + 28:
        return None
    kind = (data[0], data[1])
    errors = (1, 2, 3) if six else (3, 11)
    if kind[0] not in errors:
        return None
    reason = (_V6 if six else _V4).get(kind, f"ICMP type {kind[0]} code {kind[1]}")
    if data[8] >> 4 == 4:
        protocol, at = data[17], 8 + (data[8] & 15) * 4
        source, destination = data[20:24], data[24:28]
        if int.from_bytes(data[14:16], "big") & 0x1FFF:
            return None
    elif data[8] >> 4 == 6 and len(data) >= 8 + 48:
        protocol, at = data[14], 48
        source, destination = data[16:32], data[32:48]
    else:
        return None
    if protocol not in (6, 17) or len(data) < at + 8:
        return None
    sport, dport = struct.unpack_from("!HH", data, at)
    header = 8 if protocol == 17 else (data[at + 12] >> 4) * 4 if len(data) > at + 12 else 20
    return QuotedError(
        reason, "udp" if protocol == 17 else "tcp", source, sport, destination, dport, data[at + header :]
    )
