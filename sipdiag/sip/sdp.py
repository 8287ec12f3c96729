"""Session descriptions: who sends what where (RFC 8866, RFC 3264, RFC 3551 for static payload types)."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import Literal, TypeAlias

from sipdiag.dataclass import dataclass

Direction: TypeAlias = Literal["sendrecv", "sendonly", "recvonly", "inactive"]

_DIRECTIONS: dict[str, Direction] = {
    "sendrecv": "sendrecv",
    "sendonly": "sendonly",
    "recvonly": "recvonly",
    "inactive": "inactive",
}
# RFC 3551, tables 4 and 5: payload types that need no rtpmap.
_STATIC = {
    "0": "PCMU/8000", "3": "GSM/8000", "4": "G723/8000", "5": "DVI4/8000", "6": "DVI4/16000", "7": "LPC/8000",
    "8": "PCMA/8000", "9": "G722/8000", "10": "L16/44100/2", "11": "L16/44100", "12": "QCELP/8000", "13": "CN/8000",
    "14": "MPA/90000", "15": "G728/8000", "16": "DVI4/11025", "17": "DVI4/22050", "18": "G729/8000",
    "25": "CelB/90000", "26": "JPEG/90000", "28": "nv/90000", "31": "H261/90000", "32": "MPV/90000",
    "33": "MP2T/90000", "34": "H263/90000",
}  # fmt: skip
_NULL = ("0.0.0.0", "::")  # noqa: S104 - compared with, never bound
_KEYS = {"crypto": "sdes", "fingerprint": "dtls", "key-mgmt": "mikey", "zrtp-hash": "zrtp"}
_MOST_MEDIA = 256  # far above what any call has; what a hostile body holds beyond is not kept


@dataclass(frozen=True, slots=True)
class Origin:
    """`o=`: the session's creator. `session_id` and `version` are numbers as written."""

    username: str
    session_id: str
    version: str
    address: str


@dataclass(frozen=True, slots=True)
class Media:
    """One `m=` section. `port` 0 means rejected or unused; `ports` is the count behind the slash, usually 1.

    `codecs` are in order of preference as `name/rate` (`/channels` where more than one), upper case as written; a
    dynamic type without rtpmap is left out. `address` is its own `c=`, else the session's. `keys` are the ways in which
    keys are agreed upon (RFC 4568, 5763, 4567, 6189). `ice` tells that candidates, sent here or later, say where media
    go, whatever stands in `c=` (RFC 8839; RFC 8840, 4.1.1); `bundled` that port 0 refuses nothing (RFC 8843, 6).
    """

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    codecs: tuple[str, ...]
    direction: Direction
    address: str | None
    keys: frozenset[str]
    ports: int = 1
    ice: bool = False
    bundled: bool = False

    @property
    def secure(self) -> bool:
        """Whether the profile is one of SRTP (RFC 3711, 5124)."""
        return "SAVP" in self.protocol.upper()

    @property
    def place(self) -> tuple[str | None, int | None]:
        """Where its media are to be sent."""
        return self.address, self.port

    @property
    def crypto(self) -> bool:
        """Whether its media are to be encrypted: keys, or a secure profile."""
        return bool(self.keys) or self.secure

    @property
    def nowhere(self) -> bool:
        """Whether `c=` names no address, which once was the way to hold (RFC 3264, 8.4)."""
        return self.address in _NULL and not self.ice

    @property
    def held(self) -> bool:
        """Whether the describing side keeps its peer on hold (RFC 3264 8.4): sendonly, inactive, or no address."""
        return self.direction in ("sendonly", "inactive") or self.nowhere

    @property
    def sends(self) -> bool:
        return self.direction in ("sendrecv", "sendonly")

    @property
    def receives(self) -> bool:
        return self.direction in ("sendrecv", "recvonly") and not self.nowhere

    @property
    def active(self) -> bool:
        return self.port != 0 or self.bundled


@dataclass(frozen=True, slots=True)
class Sdp:
    """A session description. `address` is the session's `c=`; None where it has none."""

    origin: Origin | None
    address: str | None
    media: tuple[Media, ...]

    @property
    def audio(self) -> Media | None:
        """The first audio section that is in use, else the first at all."""
        sections = [m for m in self.media if m.kind == "audio"]
        return next((m for m in sections if m.active), sections[0] if sections else None)

    @property
    def held(self) -> bool:
        """Whether every section in use is held; False where none is in use."""
        used = [m for m in self.media if m.active]
        return bool(used) and all(m.held for m in used)


# m=<media> <port>[/<number of ports>] <proto> <fmt> ...
_MEDIA = re.compile(r"(\S+)\s+([0-9]{1,5})(?:/([0-9]{1,5}))?\s+(\S+)(.*)")
# c=<nettype> <addrtype> <connection-address>; multicast adds /ttl
_CONNECTION = re.compile(r"IN\s+IP[46]\s+([^\s/]+)", re.IGNORECASE)
# a=rtpmap:<payload type> <encoding name>/<clock rate>[/<encoding parameters>]
_RTPMAP = re.compile(r"rtpmap:\s*([0-9]{1,3})\s+([^\s/]+)/([0-9]{1,9})(?:/([0-9]{1,3}))?", re.IGNORECASE)


@dataclass(slots=True)
class _Section:
    """The lines of one media section, or of the session, while they are read."""

    words: re.Match[str] | None = None
    address: str | None = None
    direction: Direction | None = None
    keys: set[str] | None = None
    ice: bool = False
    bundled: bool = False
    maps: dict[str, str] | None = None

    def attribute(self, text: str) -> None:
        name = text.partition(":")[0].strip().lower()
        if name in _DIRECTIONS:
            self.direction = _DIRECTIONS[name]
        elif name in _KEYS:
            self.keys = {*(self.keys or ()), _KEYS[name]}
        elif name in ("ice-ufrag", "candidate"):
            self.ice = True
        elif name == "bundle-only":
            self.bundled = True
        elif name == "rtpmap" and (match := _RTPMAP.match(text)):
            channels = f"/{match[4]}" if match[4] and match[4] != "1" else ""
            self.maps = self.maps if self.maps is not None else {}
            self.maps[match[1]] = f"{match[2]}/{match[3]}{channels}"


def parse_sdp(body: bytes) -> Sdp | None:
    r"""Read a session description. Lines that cannot be read are passed over; None where nothing looks like SDP.

    >>> sdp = parse_sdp(b"v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0 8\r\n")
    >>> sdp.media[0].codecs, sdp.media[0].address, sdp.media[0].direction
    (('PCMU/8000', 'PCMA/8000'), '192.0.2.1', 'sendrecv')
    """
    origin: Origin | None = None
    session = _Section()
    sections: list[_Section] = []
    current = session
    for line in body.decode("utf-8", "replace").splitlines():
        line = line.strip()
        if line[1:2] != "=":
            continue
        kind, value = line[0], line[2:].lstrip()
        if kind == "m":
            match = _MEDIA.match(value)
            if match is None or len(sections) >= _MOST_MEDIA:
                current = _Section()  # its attributes belong to no section that was read
                continue
            current = _Section(match)
            sections.append(current)
        elif kind == "c" and (match := _CONNECTION.match(value)):
            current.address = _canonical(match[1])
        elif kind == "a":
            current.attribute(value)
        elif kind == "o" and origin is None:
            words = value.split()
            if len(words) >= 6:
                origin = Origin(words[0], words[1], words[2], words[5])
    if origin is None and session.address is None and not sections:
        return None
    return Sdp(origin, session.address, tuple(m for s in sections if (m := _media(s, session)) is not None))


def _media(section: _Section, session: _Section) -> Media | None:
    if section.words is None:
        return None
    kind, port, ports, protocol, rest = section.words.groups()
    formats = tuple(rest.split())
    maps = section.maps or {}
    rtp = "RTP" in protocol.upper()
    codecs = tuple(c for f in formats if (c := maps.get(f) or (_STATIC.get(f) if rtp else None)))
    return Media(
        kind.lower(),
        int(port),
        protocol,
        formats,
        codecs,
        section.direction or session.direction or "sendrecv",
        section.address or session.address,
        frozenset((*(section.keys or ()), *(session.keys or ()))),
        int(ports) if ports else 1,
        section.ice or session.ice,
        section.bundled,
    )


def _canonical(address: str) -> str:
    """An IPv6 address as captures write it (RFC 5952), so that both can be compared; anything else as it is."""
    if ":" not in address:
        return address
    try:
        return str(IPv6Address(address))
    except ValueError:
        return address
