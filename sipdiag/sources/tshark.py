"""What the built-in reader cannot read, read through tshark: SIP inside TLS with keys, and a second opinion on a file.

tshark hands over the raw bytes of each SIP message; our own parser reads them, so a message read under TLS equals the
same message in clear.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from sipdiag.places import Frame
from sipdiag.raw import Connection, Endpoint, Packet, Wire

TIME_LIMIT = 600  # seconds for one file
_INSTALL = "install it with: apt-get install tshark (Debian), brew install wireshark (macOS)"
Pairs: TypeAlias = list[tuple[str, Any]]


class TsharkError(Exception):
    """tshark is missing, or could not read the file; the message is one line."""


def read_with_keys(path: Path, input_id: str, wire: Wire, *, keylog: Path | None, tls_key: Path | None) -> Wire:
    """Add the SIP of the TLS connections that the keys open. Without keys, or without TLS, the wire as it was.

    Raises TsharkError where there are keys and TLS, and tshark is missing or fails.
    """
    if not _has_secrets(path, keylog, tls_key) or not any(c.tls is not None for c in wire.connections):
        return wire
    found = list(_messages(path, input_id, "sip && tls", keylog, tls_key))
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


def read_with_tshark(path: Path, input_id: str, *, keylog: Path | None, tls_key: Path | None) -> Wire:
    """All SIP messages of a file as tshark finds them. Connections and media are not looked at."""
    found = tuple(_messages(path, input_id, "sip", keylog, tls_key))
    times = [p.frame.time for p in found if p.frame.time is not None]
    return Wire(
        packets=found,
        messages=len(found),
        first_time=min(times, default=None),
        last_time=max(times, default=None),
        problems=("read by tshark: connections and media were not looked at",),
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


def _messages(path: Path, input_id: str, display: str, keylog: Path | None, tls_key: Path | None) -> Iterator[Packet]:
    for layers in _frames(_run(path, display, keylog, tls_key)):
        frame = Frame(input_id, int(_text(layers, "frame.number")), float(_text(layers, "frame.time_epoch")))
        names = [name for name, _ in layers]
        source, destination = _endpoint(layers, "src"), _endpoint(layers, "dst")
        transport = "tls" if "tls" in names else "tcp" if "tcp" in names else "udp"
        for name, value in layers:
            if name == "sip_raw":
                data = bytes.fromhex(value[0] if isinstance(value, list) else value)
                yield Packet(data, frame, source, destination, transport)


def _run(path: Path, display: str, keylog: Path | None, tls_key: Path | None) -> str:
    program = shutil.which("tshark")
    if program is None:
        raise TsharkError(f"tshark is needed to read this and is not installed; {_INSTALL}")
    command = [program, "-n", "-r", str(path), "-Y", display, "-T", "json", "-x"]
    command += ["-J", "frame ip ipv6 tcp udp tls sip", "-o", "tcp.reassemble_out_of_order:TRUE"]
    if keylog is not None:
        command += ["-o", f"tls.keylog_file:{keylog}"]
    if tls_key is not None:
        command += ["-o", f'uat:rsa_keys:"{tls_key}",""']
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIME_LIMIT, check=False)
    except subprocess.TimeoutExpired:
        raise TsharkError(f"tshark took longer than {TIME_LIMIT} s") from None
    if done.returncode and not done.stdout.strip():
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise TsharkError(f"tshark could not read the file: {words[-1] if words else done.returncode}")
    return done.stdout.decode("utf-8", "replace")


def _frames(text: str) -> Iterator[Pairs]:
    """The layers of each packet, with repeated keys kept."""
    try:
        packets = json.loads(text or "[]", object_pairs_hook=lambda pairs: pairs)
    except ValueError as error:
        raise TsharkError(f"tshark's output cannot be read: {error}") from None
    for packet in packets:
        layers = dict(dict(packet)["_source"])["layers"]
        yield layers


def _text(layers: Pairs, field: str) -> str:
    """The first value of a field, wherever in its layer it stands."""
    layer = field.partition(".")[0]
    for name, value in layers:
        if name == layer and isinstance(value, list):
            for key, found in value:
                if key == field:
                    return str(found)
    raise TsharkError(f"tshark's output lacks {field}")


def _endpoint(layers: Pairs, end: str) -> Endpoint | None:
    names = [name for name, _ in layers]
    network = "ipv6" if "ipv6" in names and "ip" not in names else "ip"
    carrier = "tcp" if "tcp" in names else "udp"
    try:
        return Endpoint(_text(layers, f"{network}.{end}"), int(_text(layers, f"{carrier}.{end}port")))
    except TsharkError:
        return None
