"""tshark run directly, and its JSON read: for where pyshark cannot drive it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any, TypeAlias

from sipdiag.places import Frame
from sipdiag.raw import Endpoint, Packet
from sipdiag.sources.tshark_job import TIME_LIMIT, Job, TsharkError

Pairs: TypeAlias = list[tuple[str, Any]]


def messages(job: Job) -> tuple[list[Packet], str]:
    """The SIP messages that a job asks for, in the order of their frames, and what tshark complained of, if it did.

    Raises TsharkError where it read nothing.
    """
    text, complaint = _run(job)
    found = [packet for layers in _frames(text) for packet in _messages(layers, job.input_id)]
    if complaint and not found:
        raise TsharkError(f"tshark could not read the file: {complaint}")
    return found, complaint


def _messages(layers: Pairs, input_id: str) -> Iterator[Packet]:
    frame = Frame(input_id, int(_text(layers, "frame.number")), float(_text(layers, "frame.time_epoch")))
    names = [name for name, _ in layers]
    source, destination = _endpoint(layers, "src"), _endpoint(layers, "dst")
    transport = "tls" if "tls" in names else "tcp" if "tcp" in names else "udp"
    for name, value in layers:
        if name == "sip_raw":
            yield Packet(
                bytes.fromhex(value[0] if isinstance(value, list) else value), frame, source, destination, transport
            )


def _run(job: Job) -> tuple[str, str]:
    command = [job.program, "-n", "-r", str(job.path), "-Y", job.display, "-T", "json", "-x"]
    command += ["-J", "frame ip ipv6 tcp udp tls sip"]
    for name, value in job.preferences.items():
        command += ["-o", f"{name}:{value}"]
    for selector, protocol in job.decoding.items():
        command += ["-d", f"{selector},{protocol}"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIME_LIMIT, check=False)
    except subprocess.TimeoutExpired:
        raise TsharkError(f"tshark took longer than {TIME_LIMIT} s") from None
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    complaint = (lines[-1] if lines else f"it ended with {done.returncode}") if done.returncode else ""
    return done.stdout.decode("utf-8", "replace"), complaint


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
