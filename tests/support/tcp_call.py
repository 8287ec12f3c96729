"""A call over one TCP connection as a capture holds it: handshake, segments, and the end of the connection."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from sipdiag.raw import Packet
from tests.support.frames import ACK, FIN, PSH, SYN, ethernet, ip, tcp


def tcp_capture(packets: Sequence[Packet], client: str, *, closed_after: float, until: float) -> bytes:
    """The messages between two hosts over a connection that `client` opened and its peer closes `closed_after` seconds
    after the last message; the capture goes on for `until` seconds with traffic of others.
    """
    first = next(p.source for p in packets if p.source is not None)
    peer = next(e.host for p in packets for e in (p.source, p.destination) if e is not None and e.host != client)
    ports = {client: 40_100, peer: 5060}
    sequence = {client: 1_000, peer: 9_000}
    frames: list[tuple[float, bytes]] = []

    def send(time: float, sender: str, data: bytes, flags: int) -> None:
        other = peer if sender == client else client
        segment = tcp(data, sequence[sender], sequence[other], flags, ports[sender], ports[other])
        frames.append((time, ethernet(ip(segment, 6, sender, other))))
        sequence[sender] += len(data) + (1 if flags & (SYN | FIN) else 0)

    begin, end = packets[0].frame.time or 0.0, packets[-1].frame.time or 0.0
    assert first is not None
    send(begin - 0.03, client, b"", SYN)
    send(begin - 0.02, peer, b"", SYN | ACK)
    send(begin - 0.01, client, b"", ACK)
    for p in packets:
        if p.source is not None and p.frame.time is not None:
            send(p.frame.time, p.source.host, p.data, PSH | ACK)
    send(end + closed_after, peer, b"", FIN | ACK)
    send(end + closed_after + 0.01, client, b"", FIN | ACK)
    send(end + closed_after + 0.02, peer, b"", ACK)
    frames.append((end + until, ethernet(ip(b"\0" * 8, 17, client, peer))))
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)
    return head + b"".join(
        struct.pack("<IIII", *divmod(round(time * 1e6), 1_000_000), len(f), len(f)) + f for time, f in frames
    )
