"""What the built-in reader cannot read, read through tshark: SIP inside TLS with keys, and a second opinion on a file.

pyshark drives tshark and hands over the raw bytes of each SIP message; our own parser reads them, so a message read
under TLS equals the same message in clear. pyshark 0.6 leans on asyncio calls that newer Pythons drop one by one, so
it runs in a thread with an event loop of its own, and where it fails tshark is run directly.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from sipdiag.places import Frame
from sipdiag.raw import Connection, Endpoint, Packet, Wire
from sipdiag.sip.start import is_start
from sipdiag.sources import tshark_direct
from sipdiag.sources.tshark_job import TIME_LIMIT, Job, TsharkError, program

__all__ = ["TsharkError", "read_with_keys", "read_with_tshark"]

_log = logging.getLogger(__name__)

_MOST_PORTS = 100  # on which SIP is looked for inside TLS
_SENT = "sip && !icmp && !icmpv6"  # a message that an ICMP error quotes is not sent again


def read_with_keys(path: Path, input_id: str, wire: Wire, *, keylog: Path | None, tls_key: Path | None) -> Wire:
    """Add the SIP of the TLS connections that the keys open. Without keys, or without TLS, the wire as it was.

    Raises TsharkError where there are keys and TLS, and tshark is missing or fails.
    """
    if not _has_secrets(path, keylog, tls_key) or not any(c.tls is not None for c in wire.connections):
        return wire
    job = Job(program(), path, input_id, "sip && tls", keylog, tls_key)
    found, _ = _messages(job)  # the built-in reader complained
    found += _on_other_ports(job, wire, found)
    if not found:
        return wire
    packets = sorted((*wire.packets, *found), key=lambda p: p.frame.number or 0)
    flows = {frozenset((str(p.source), str(p.destination))) for p in found}
    return replace(
        wire,
        packets=tuple(packets),
        messages=wire.messages + len(found),
        connections=tuple(_opened(c, flows, found) for c in wire.connections),
    )


def _on_other_ports(job: Job, wire: Wire, found: list[Packet]) -> list[Packet]:
    """What the keys open on ports that tshark does not know as those of SIP: SIP is found by its start line, on any."""
    opened = {end.port for p in found for end in (p.source, p.destination) if end is not None}
    ports = {c.server.port for c in wire.connections if c.tls is not None} - opened
    known = {(p.frame.number, p.data) for p in found}
    asked = tuple(sorted(port for port in ports if port))[:_MOST_PORTS]
    if not asked:
        return []
    more, _ = _messages(replace(job, sip_ports=asked))
    return [p for p in more if (p.frame.number, p.data) not in known and is_start(p.data)]


def read_with_tshark(path: Path, input_id: str, *, keylog: Path | None, tls_key: Path | None) -> Wire:
    """All SIP messages of a file as tshark finds them. Connections and media are not looked at."""
    found, complaint = _messages(Job(program(), path, input_id, _SENT, keylog, tls_key))
    times = [p.frame.time for p in found if p.frame.time is not None]
    return Wire(
        packets=tuple(found),
        messages=len(found),
        first_time=min(times, default=None),
        last_time=max(times, default=None),
        problems=(
            "read by tshark: connections and media were not looked at",
            *((f"tshark complained: {complaint}",) if complaint else ()),
        ),
    )


def _has_secrets(path: Path, keylog: Path | None, tls_key: Path | None) -> bool:
    """Whether there are keys: given, or in a Decryption Secrets Block of the pcapng itself (type 0x0A)."""
    if keylog is not None or tls_key is not None:
        return True
    with path.open("rb") as file:
        head = file.read(1 << 20)
    return head[:4] == b"\x0a\x0d\x0d\x0a" and (b"KSLT" in head or b"TLSK" in head)  # TLSK in either byte order


def _opened(connection: Connection, flows: set[frozenset[str]], found: Iterable[Packet]) -> Connection:
    ends = frozenset((str(connection.client), str(connection.server)))
    if connection.tls is None or ends not in flows:
        return connection
    count = sum(1 for p in found if frozenset((str(p.source), str(p.destination))) == ends)
    return replace(connection, messages=count, tls=replace(connection.tls, decrypted=True))


def _messages(job: Job) -> tuple[list[Packet], str]:
    """By way of pyshark; directly where that fails, whatever with: what then fails is said by tshark itself."""
    try:
        with ThreadPoolExecutor(1, thread_name_prefix="pyshark") as worker:
            return worker.submit(_through_pyshark, job).result(), ""
    except (
        Exception
    ) as error:  # pyshark raises errors of asyncio, of lxml, of its own, and whatever a new Python brings
        _log.info("pyshark failed, tshark is run directly: %s: %s", type(error).__name__, error)
        return tshark_direct.messages(job)


def _through_pyshark(job: Job) -> list[Packet]:
    # Imported here because it is slow to load, and only encrypted captures with keys need it.
    import pyshark

    watcher = _watch_by_descriptor()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    found: list[Packet] = []
    capture: Any = None
    try:
        capture = pyshark.FileCapture(
            str(job.path),
            display_filter=job.display,
            override_prefs=job.preferences,
            tshark_path=job.program,
            custom_parameters=["-n"],
            decode_as=job.decoding or None,
            use_json=True,
            include_raw=True,
            keep_packets=False,
            eventloop=loop,
        )
        capture.apply_on_packets(lambda packet: found.extend(_of_packet(packet, job.input_id)), timeout=TIME_LIMIT)
    finally:
        if capture is not None:
            capture._running_processes.clear()  # else it closes them once more when it is deleted, in a loop that is gone
        asyncio.set_event_loop(None)
        loop.close()
        if watcher is not None:
            asyncio.set_child_watcher(watcher)
    return found


def _watch_by_descriptor() -> Any:
    """Before Python 3.12 a child's end is watched by waiting for it, and pyshark, which looks too, may be first."""
    if sys.version_info >= (3, 12) or not hasattr(os, "pidfd_open"):
        return None
    before = asyncio.get_child_watcher()
    asyncio.set_child_watcher(asyncio.PidfdChildWatcher())
    return before


def _of_packet(packet: Any, input_id: str) -> Iterator[Packet]:
    names = [layer.layer_name for layer in packet.layers]
    frame = Frame(input_id, int(packet.number), float(packet.sniff_timestamp))
    network = "ipv6" if "ipv6" in names and "ip" not in names else "ip"
    carrier = "tcp" if "tcp" in names else "udp"
    source, destination = (_endpoint(packet, network, carrier, end) for end in ("src", "dst"))
    transport = "tls" if "tls" in names else carrier
    for layer in packet.layers:
        if layer.layer_name == "sip_raw":
            for octets in _octets(layer):
                yield Packet(octets, frame, source, destination, transport)


def _octets(layer: Any) -> Iterator[bytes]:
    """The messages of one frame: pyshark takes the fields of one, and each of several, for repetitions of a layer."""
    for value in (layer.value, *(repeated.value for repeated in layer.duplicate_layers)):
        octets = value[0] if isinstance(value, list) else value
        if isinstance(octets, str):
            yield bytes.fromhex(octets)


def _endpoint(packet: Any, network: str, carrier: str, end: str) -> Endpoint | None:
    try:
        host, port = packet[network].get_field(end), packet[carrier].get_field(f"{end}port")
    except (KeyError, AttributeError):
        return None
    return Endpoint(str(host), int(port))
