"""The fields of one frame as Wireshark names them, put together to the SIP messages in it.

Which octets a message had is told best by the raw octets that `-x` adds; else by its start line and header as text,
looked for in the payload below them, which has its body too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sipdiag.places import Frame
from sipdiag.raw import Endpoint, Packet
from sipdiag.sip.stream import StreamReader
from sipdiag.sources.exports.beside import dated, moment


class Field(NamedTuple):
    """A field: its name, what it shows, the octets it covers (empty where the export has none), its line."""

    name: str
    text: str
    octets: bytes
    line: int


STARTS = frozenset(("sip.Request-Line", "sip.Status-Line"))
HEADER, RAW, BODY = "sip.msg_hdr", "sip_raw", "sip.msg_body"
PAYLOADS = frozenset(("udp.payload", "tcp.payload", "tcp.reassembled.data", "tls.app_data"))
_TOLD = frozenset(
    (
        "frame.number", "frame.time_epoch", "frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
        "udp.srcport", "udp.dstport", "tcp.srcport", "tcp.dstport", "sctp.srcport", "sctp.dstport",
    )
)  # fmt: skip
NAMES = frozenset((*STARTS, HEADER, RAW, BODY, *PAYLOADS, *_TOLD))
_HEX = re.compile(r"[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2})*+")
_LENGTH = re.compile(rb"\r\n(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*\r\n", re.IGNORECASE)


def cut_short(line: int | None, column: int | None, why: str) -> str:
    """The problem of an export that was not read to its end."""
    return f"{line}:{column}: {why}; what follows was not read"


def octets(text: str) -> bytes:
    """
    >>> octets("49:4e:56"), octets("494e56"), octets("sip")
    (b'INV', b'INV', b'')
    """
    return bytes.fromhex(text.replace(":", "")) if _HEX.fullmatch(text) else b""


def packets(fields: Iterable[Field], input_id: str) -> Iterator[Packet]:
    """The SIP messages of one frame, in their order; none of those that an ICMP error quotes."""
    told: dict[str, str] = {}
    payloads: list[bytes] = []
    raw, start, line = b"", b"", 0
    kept = list(fields)
    for number, field in enumerate(kept):
        if field.name in _TOLD:
            told[field.name] = field.text  # of a tunnel the innermost layer counts
        elif field.name in PAYLOADS:
            payloads.append(field.octets)
        elif field.name == RAW:
            raw = field.octets
        elif field.name in STARTS:
            start, line = field.octets or field.text.encode("utf-8", "replace"), field.line
        elif field.name == HEADER and start:
            layers = told.get("frame.protocols", "").split(":")
            if not any(layer.startswith("icmp") for layer in layers):
                header = field.octets or field.text.encode("utf-8", "replace")
                body = (
                    kept[number + 1].octets if kept[number + 1 : number + 2] and kept[number + 1].name == BODY else b""
                )
                found = _message(start, header, body, [raw, *payloads], _transport(told, layers))
                yield _packet(found, told, layers, input_id, line)
            raw, start = b"", b""


def _message(start: bytes, header: bytes, body: bytes, payloads: Sequence[bytes], transport: str | None) -> bytes:
    begin = start.rstrip(b"\r\n") + b"\r\n" + header.rstrip(b"\r\n")
    within = next((payload[at:] for payload in payloads if (at := payload.find(begin)) >= 0), b"")
    data = within or begin + (b"\r\n" if b"\r\n\r\n" in begin else b"\r\n\r\n") + body
    if transport == "udp" and within:
        return data
    reader = StreamReader()
    pieces = [*reader.feed(data), *reader.close()]
    return next((piece.data for piece in pieces if piece.kind == "message"), data)


def _packet(data: bytes, told: dict[str, str], layers: Sequence[str], input_id: str, line: int) -> Packet:
    number = told.get("frame.number", "")
    stamp = moment(told.get("frame.time_epoch", ""))
    head, _, body = data.partition(b"\r\n\r\n")
    length = _LENGTH.search(head + b"\r\n")
    return Packet(
        data,
        Frame(input_id, int(number) if number.isascii() and number.isdigit() else None, dated([stamp])[0], line),
        source=_end(told, "src"),
        destination=_end(told, "dst"),
        transport=_transport(told, layers),
        cut=length is not None and len(body) < int(length[1]),
    )


def _end(told: dict[str, str], side: str) -> Endpoint | None:
    host = next((told[name] for name in (f"ip.{side}", f"ipv6.{side}") if name in told), "")
    ports = (told[name] for layer in ("udp", "tcp", "sctp") if (name := f"{layer}.{side}port") in told)
    port = next(ports, "")
    return Endpoint(host, int(port) if port.isascii() and port.isdigit() and len(port) < 6 else None) if host else None


def _transport(told: dict[str, str], layers: Sequence[str]) -> str | None:
    """The layer that carries SIP: the last of those that the frame names, or the one that tells ports."""
    sealed = "tls" in layers or "ssl" in layers
    if "websocket" in layers:
        return "wss" if sealed else "ws"
    if sealed:
        return "tls"
    carrying = [layer for layer in layers if layer in ("udp", "tcp", "sctp")]
    return carrying[-1] if carrying else next((x for x in ("udp", "tcp", "sctp") if f"{x}.srcport" in told), None)
