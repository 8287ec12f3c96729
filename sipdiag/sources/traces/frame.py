"""What the line above a message tells about it, and how a format declares that line."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import fields

from sipdiag.dataclass import dataclass
from sipdiag.raw import Endpoint
from sipdiag.sources.traces.lines import Line, Lines
from sipdiag.sources.traces.stamps import Stamp, line_stamp, read_stamp

# An address with or without port, as a part of the formats' patterns. It holds no spaces and has an end.
ADDRESS = r"\[?[0-9A-Za-z_.:%-]{1,120}\]?(?::\d{1,5})?"
SOURCE, DESTINATION, PEER = (rf"(?P<{name}>{ADDRESS})" for name in ("src", "dst", "peer"))
TRANSPORT = r"(?P<transport>\w{2,5})"
LENGTH = r"(?P<length>\d{1,9})"
ARROW = r"(?:->|\u2192)"  # a word processor makes one sign of the arrow

_SENT = frozenset(
    (
        "sent",
        "send",
        "sending",
        "transmitting",
        "transmitted",
        "retransmitting",
        "tx",
        "outgoing",
        ">>>",
        "to",
        "snd",
        "application",
        "egress",
    )
)
_RECEIVED = frozenset(
    (
        "received",
        "recv",
        "receiving",
        "receive",
        "rx",
        "incoming",
        "<<<",
        "from",
        "read",
        "rcv",
        "in",
        "network",
        "ingress",
    )
)
_TRANSPORTS = {
    "t": "tcp",
    "u": "udp",
    "tls": "tls",
    "tcp": "tcp",
    "udp": "udp",
    "ws": "ws",
    "wss": "wss",
    "sctp": "sctp",
}
_NAMED = ("tls", "ws", "tcp", "udp")  # groups whose name is the transport, whatever the text in them
_SERVICES = {"sip": 5060, "sips": 5061, "sip-tls": 5061}  # IANA's names of the ports


@dataclass(frozen=True, slots=True)
class FrameLine:
    """What one line, or several lines together, tell about the message below them. What is not told is None."""

    format: str
    stamp: Stamp | None = None
    source: Endpoint | None = None
    destination: Endpoint | None = None
    peer: Endpoint | None = None
    sent: bool | None = None
    transport: str | None = None
    length: int | None = None
    number: int | None = None
    interface: str | None = None
    continues: bool = False  # adds to the line before it instead of beginning a new frame

    def joined(self, later: FrameLine) -> FrameLine:
        """This and what a later line of the same frame adds or puts right."""
        new = {f.name: getattr(later, f.name) for f in fields(self)}
        old = {f.name: getattr(self, f.name) for f in fields(self)}
        values = {name: old[name] if new[name] is None else new[name] for name in old}
        for side in ("source", "destination"):  # the layer of the ports comes below that of the addresses
            values[side] = _with_port(old[side], new[side])
        if old["transport"] == "tls" and new["transport"] == "ws":
            values["transport"] = "wss"
        return FrameLine(**values)

    def ends(self) -> tuple[Endpoint | None, Endpoint | None]:
        """Source and destination: as given, or with the peer on the side that the direction tells."""
        source = self.source if self.source and self.source.host else None
        destination = self.destination if self.destination and self.destination.host else None
        if self.peer is not None and self.sent is not None:
            if self.sent:
                destination = self.peer
            else:
                source = self.peer
        return source, destination


@dataclass(frozen=True, slots=True)
class Message:
    """The bytes of a message, with CRLF, and the line its start line stands on.

    `whole` tells that it has all that its own Content-Length announces, `cut` that its end is missing; a message
    without that header, or with addresses masked, may be neither.
    """

    number: int
    data: bytes
    cut: bool = False
    whole: bool = False


Collector = Callable[[Line, Lines], Message | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceFormat:
    """One way in which a program writes SIP messages to text.

    A line is only tried where it holds one of `hints` (exact case). `frames` begin a frame, `more` add to the one
    begun in a line before. What a line tells are the groups of its pattern, all optional: `when` (or `sec` and `usec` or `msec` of the epoch), `src`, `sport`,
    `dst`, `dport`, `peer`, `port`, `way`, `transport` (or a group named for the transport), `length`, `number`,
    `interface`; without `when` the time is looked for in what stands before the match. `end` closes a message.
    `collect` reads messages that are not written as SIP; it is asked when a line matches `opens`. A format is `buried`
    where it prints the octets of the lower layers before a message; all that is no message then tells nothing.
    """

    name: str
    hints: tuple[str, ...] = ()
    frames: tuple[re.Pattern[str], ...] = ()
    more: tuple[re.Pattern[str], ...] = ()
    end: re.Pattern[str] | None = None
    viewpoint: str | None = None
    transport: str | None = None
    opens: re.Pattern[str] | None = None
    collect: Collector | None = None
    buried: bool = False

    def read(self, text: str) -> FrameLine | None:
        """What a line tells if it is a frame line of this format."""
        for patterns, continues in ((self.frames, False), (self.more, True)):
            for pattern in patterns:
                match = pattern.search(text)
                if match is not None:
                    return self._told(match, continues)
        return None

    def _told(self, match: re.Match[str], continues: bool) -> FrameLine:
        told = match.groupdict()
        when, length, number = told.get("when"), told.get("length"), told.get("number")
        if when is None and (seconds := told.get("sec")):
            when = f"{seconds}.{int(told.get('usec') or 0) or int(told.get('msec') or 0) * 1000:06d}"
        transport = told.get("transport") or next((layer for layer in _NAMED if told.get(layer)), None)
        stamp = read_stamp(when) if when else None if continues else line_stamp(match.string[: match.start()])
        before = line_stamp(match.string[: match.start()]) if stamp and stamp.day is None else None
        return FrameLine(
            self.name,
            stamp=before if before and before.day is not None else stamp,
            source=endpoint(told.get("src"), told.get("sport")),
            destination=endpoint(told.get("dst"), told.get("dport")),
            peer=endpoint(told.get("peer"), told.get("port")),
            sent=direction(told.get("way")),
            transport=_TRANSPORTS.get(transport.lower()) if transport else self.transport,
            length=int(length) if length else None,
            number=int(number) if number else None,
            interface=told.get("interface"),
            continues=continues,
        )


def direction(word: str | None) -> bool | None:
    """True for a word that says sent, False for one that says received.

    >>> direction("Retransmitting"), direction("RX"), direction(None)
    (True, False, None)
    """
    for part in (word or "").lower().split():
        if part in _SENT:
            return True
        if part in _RECEIVED:
            return False
    return None


def _with_port(old: Endpoint | None, new: Endpoint | None) -> Endpoint | None:
    if new is None or new.host:
        return new or old
    return Endpoint(old.host if old else "", new.port)


def endpoint(text: str | None, port: str | None = None) -> Endpoint | None:
    """An address with or without port; IPv6 with brackets, or without them and with its port at the end.

    `port` is a port that is told apart from the address; alone, it makes an endpoint without host.

    >>> str(endpoint("[2001:db8::1]:5060")), str(endpoint("2001:db8::1:5060")), str(endpoint("192.0.2.1"))
    ('[2001:db8::1]:5060', '[2001:db8::1]:5060', '192.0.2.1')
    """
    if port is not None:
        return Endpoint((text or "").removesuffix(":").strip("[]"), _port(port))
    if not text:
        return None
    text = text if text.endswith("::") else text.removesuffix(":")
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return Endpoint(host, _port(rest.removeprefix(":"))) if host else None
    host, colon, digits = text.rpartition(":")
    if not colon:
        return Endpoint(text)
    if ":" in host and not _is_ipv6(host):
        return Endpoint(text) if _is_ipv6(text) else None
    return Endpoint(host, _port(digits)) if host else None


def _port(text: str) -> int | None:
    if text in _SERVICES:
        return _SERVICES[text]
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 65_536 else None


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
