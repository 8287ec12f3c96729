"""SIP as a text, where a redacted copy of its input cannot show it: what was read inside TLS, and dumps of octets.

Frames keep their numbers, times, addresses and transport, in the form in which `tshark -V` prints a packet.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from sipdiag.raw import SEALED, Endpoint, Packet
from sipdiag.redaction.redactor import Redactor
from sipdiag.sources.captures import read_capture
from sipdiag.sources.months import MONTHS
from sipdiag.sources.tshark import read_with_keys

_BEGINNING, _DAY = datetime(1970, 1, 1), 86_400
_DATED = 10**8  # seconds; smaller times count from the beginning of a trace
ENDING = ".tls.txt"  # of the trace that stands beside the copy of a capture


def opened_by_keys(capture: Path, keylog: Path | None, tls_key: Path | None) -> tuple[Packet, ...]:
    """The messages that keys open in a capture: those given, and those that a pcapng holds itself.

    Raises:
        CaptureError: the capture cannot be read.
        TsharkError: there are keys and TLS, and tshark is missing or fails.
    """
    wire = read_with_keys(capture, "in1", read_capture(capture, "in1"), keylog=keylog, tls_key=tls_key)
    return tuple(p for p in wire.packets if p.transport in SEALED)


def sealed_trace(packets: Iterable[Packet], redactor: Redactor) -> bytes:
    """The redacted messages that came over TLS; empty where there are none."""
    return printed([p for p in packets if p.transport in SEALED and p.source and p.destination], redactor)


def printed(packets: Iterable[Packet], redactor: Redactor) -> bytes:
    """Redacted messages as text; those that have no frame number are counted."""
    parts = [_packet(p, p.frame.number or n, redactor) for n, p in enumerate(packets, 1)]
    return "\n".join(parts).encode("utf-8", "surrogateescape")


def _stamp(time: float, shift: int) -> str:
    """A time since 1970, or since the midnight before a trace that tells no date: that is the first day of 1970."""
    if time >= _DATED:
        return f"Epoch Arrival Time: {time + shift:.9f}"
    moment = _BEGINNING + timedelta(seconds=time + shift % _DAY)
    return f"Arrival Time: {MONTHS[moment.month - 1]} {moment.day:2}, {moment:%Y %H:%M:%S.%f}"


def _packet(packet: Packet, number: int, redactor: Redactor) -> str:
    data = redactor.message(packet.data)
    text = data.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    head, _, body = text.partition("\n\n")
    first, _, fields = head.partition("\n")
    response = first.upper().startswith("SIP/")
    lines = [f"Frame {number}: {len(data)} bytes on wire, {len(data)} bytes captured"]
    if packet.frame.time is not None:
        lines.append(f"    {_stamp(packet.frame.time, redactor.pseudonyms.shift)}")
    source, destination = packet.source or Endpoint("", 0), packet.destination or Endpoint("", 0)
    if source.host and destination.host:
        version = 6 if ":" in source.host else 4
        hosts = [redactor.pseudonyms.host(e.host) for e in (source, destination)]
        lines.append(f"Internet Protocol Version {version}, Src: {hosts[0]}, Dst: {hosts[1]}")
    layer = "User Datagram Protocol" if packet.transport == "udp" else "Transmission Control Protocol"
    if packet.transport is not None:
        one, other = (redactor.pseudonyms.port(e.port or 0) for e in (source, destination))
        lines.append(f"{layer}, Src Port: {one}, Dst Port: {other}")
    lines += [
        *(["Transport Layer Security"] if packet.transport in ("tls", "wss") else []),
        *(["WebSocket"] if packet.transport in ("ws", "wss") else []),
        f"Session Initiation Protocol ({'Status' if response else 'Request'})",
        f"    {'Status' if response else 'Request'}-Line: {first}",
        "    Message Header",
        *(f"        {line}" for line in fields.split("\n") if line),
    ]
    if body.strip():
        # The dissector names the kind of body above it.
        lines += [
            "    Message Body",
            "        Body",
            *(f"            {line}" for line in body.rstrip("\n").split("\n")),
        ]
    return "\n".join((*lines, ""))
