"""SIP messages that ElevenLabs stored, from a page of its API."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sipdiag.nodes import Node
from sipdiag.places import Frame
from sipdiag.platforms.reading import lower, mappings, text
from sipdiag.raw import Endpoint, Packet

_MICROSECONDS = re.compile(r"[0-9]{1,17}")


def packets(page: Node) -> Iterator[Packet]:
    for number, message in enumerate(mappings(page.get("sip_messages")), 1):
        raw = str(text(message, "raw_message"))
        if not raw:
            continue
        if "\r\n" not in raw:
            raw = raw.replace("\n", "\r\n")
        local, remote = (_endpoint(text(message, k).value) for k in ("local_address", "remote_address"))
        direction = lower(text(message, "direction"))
        sent = True if direction in ("out", "outbound", "sent") else False if direction in ("in", "inbound") else None
        at = _when(message.get("created_at_unix_micro"))
        place = message.get("raw_message") or message
        yield Packet(
            data=raw.encode("utf-8", "replace"),
            frame=Frame(place.place.input, number, at, place.place.line),
            source=(local if sent else remote) if sent is not None else None,
            destination=(remote if sent else local) if sent is not None else None,
            transport=lower(text(message, "transport")) or None,
            sent=sent,
        )


def _when(node: Node | None) -> float | None:
    """Seconds since the epoch; the platform counts in microseconds, 16 digits in our time."""
    stamp = (node.text or "").strip() if node is not None else ""
    return int(stamp) / 1e6 if _MICROSECONDS.fullmatch(stamp) else None


def _endpoint(address: str | None) -> Endpoint | None:
    if not address:
        return None
    host, colon, port = address.rpartition(":")
    if colon and port.isdigit() and len(port) < 6 and (":" not in host or host.endswith("]")):
        return Endpoint(host.strip("[]"), int(port))
    return Endpoint(address.strip("[]"))
