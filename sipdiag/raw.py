"""What the readers of captures and traces hand on: SIP messages as bytes, and events of the transport below them."""

from __future__ import annotations

from dataclasses import field

from sipdiag.dataclass import dataclass
from sipdiag.places import Frame


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An IP address (or host) and a port, as the capture or trace tells them."""

    host: str
    port: int | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


SEALED = frozenset({"tls", "wss"})  # transports whose messages only keys open
SIP_PORTS = frozenset({5060, 5061})  # RFC 3261, 18.1.1; they tell of connections only, never what is SIP


@dataclass(frozen=True, slots=True)
class Packet:
    """The bytes of one SIP message between two endpoints.

    What the input does not tell is None, never guessed. `sent` is the direction as an endpoint's own log tells it:
    True for sent by the writer of the log, False for received, None where both addresses are given.
    `cut` marks a message whose end was not captured (snap length, gap), `viewpoint` names the log's writer where
    several logs are joined.
    """

    data: bytes
    frame: Frame
    source: Endpoint | None = None
    destination: Endpoint | None = None
    transport: str | None = None  # udp, tcp, tls, ws, wss, sctp
    sent: bool | None = None
    cut: bool = False
    interface: str | None = None


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of an application's log that stood between messages."""

    text: str
    frame: Frame


@dataclass(frozen=True, slots=True)
class TlsSession:
    """What can be seen of a TLS connection without keys."""

    version: str | None = None  # "1.2", "1.3": as negotiated in the ServerHello
    server_name: str | None = None  # SNI
    certificate_names: tuple[str, ...] = ()
    certificate_expires: float | None = None  # notAfter of the server's certificate, epoch seconds
    established: bool = False  # application data went both ways, or both Finished were seen
    alert: str | None = None  # name of a readable fatal alert, as in RFC 8446, e.g. "bad_certificate"
    alert_by_client: bool | None = None
    alert_frame: Frame | None = None
    client_flights: int = 0
    server_flights: int = 0
    decrypted: bool = False


@dataclass(frozen=True, slots=True)
class Connection:
    """A TCP connection, from its SYN (where captured) to its end.

    `state` is one of `refused` (RST in answer to SYN), `unanswered` (SYN without any answer), `established`, `midstream`.
    `closed_by_client` is None while it is open or where nobody is known to have closed it.
    """

    client: Endpoint
    server: Endpoint
    opened: Frame
    state: str
    last_data: Frame | None = None
    closed: Frame | None = None
    closed_by_client: bool | None = None
    reset: bool = False
    messages: int = 0  # SIP messages read from it
    tls: TlsSession | None = None
    syn_copies: int = 1


@dataclass(frozen=True, slots=True)
class Unreachable:
    """An ICMP error: `reporter` says that what `source` sent to `destination` could not be delivered."""

    frame: Frame
    reporter: str
    source: Endpoint
    destination: Endpoint
    transport: str
    reason: str  # "port unreachable", "host unreachable", "fragmentation needed", …
    quoted: bytes = b""  # the payload of the quoted packet, as far as it was quoted


@dataclass(frozen=True, slots=True)
class MediaFlow:
    """RTP between two endpoints, counted."""

    source: Endpoint
    destination: Endpoint
    packets: int
    first: Frame
    last: Frame
    exact: bool = True  # False: sampled, about one packet of a hundred; `first` and `last` are off by some seconds


LEFT_OUT = "left out of the text"  # why something is lost where an editor put a mark in its place


@dataclass(frozen=True, slots=True)
class Lost:
    """Bytes that should have been there: missing fragments, a TCP gap, a truncated packet."""

    frame: Frame
    why: str
    source: Endpoint | None = None
    destination: Endpoint | None = None
    start: bytes = b""  # the first bytes of the message, where they are known


@dataclass(frozen=True, slots=True)
class Begun:
    """A message of a TCP stream that the end of a capture cut in two; a capture that was taken next may hold its rest.

    `following` is the sequence number of the octet after `data`, `time` that of the capture's last frame.
    """

    source: Endpoint
    destination: Endpoint
    data: bytes
    following: int
    time: float


@dataclass(frozen=True, slots=True)
class CallSketch:
    """All messages of one Call-ID at a glance; the messages themselves were left in the capture.

    `sender`, `recipient` and `target` are From, To and Request-URI of its first request (of its first response, where
    no request was captured), as written.
    """

    call_id: str
    messages: int
    methods: frozenset[str]  # of its requests
    first: Frame
    last: Frame
    sender: str = ""
    recipient: str = ""
    target: str = ""
    transports: frozenset[str] = frozenset()
    status: int | None = None  # the last final response to an INVITE
    refers: bool = False  # has a REFER, or a NOTIFY of one
    replaces: bool = False  # has an INVITE with Replaces or Referred-By


@dataclass(frozen=True, slots=True)
class Wire:
    """All that one capture or trace holds, in the order of the input."""

    packets: tuple[Packet, ...] = ()
    connections: tuple[Connection, ...] = ()
    unreachables: tuple[Unreachable, ...] = ()
    media: tuple[MediaFlow, ...] = ()
    lost: tuple[Lost, ...] = ()
    log: tuple[LogLine, ...] = ()
    messages: int = 0  # every SIP message read, retransmissions and hops included, also those not in `packets`
    problems: tuple[str, ...] = field(default=())
    viewpoint: str | None = None  # the platform or product whose log this is, where the format tells
    first_time: float | None = None
    last_time: float | None = None
    frames: int = 0
    sketches: tuple[
        CallSketch, ...
    ] = ()  # Call-IDs whose messages are not in `packets`, in the order of their first ones
    calls_total: int = 0  # Call-IDs of a capture, those of the sketches included
    tls_secrets: bool = False  # the capture itself holds a TLS key log
    begun: tuple[Begun, ...] = ()  # what its end cut in two
    resumed: tuple[Begun, ...] = ()  # what an earlier capture had begun, and this one went on with
