"""Link, IP, tunnels, UDP, ICMP: addresses become pseudonyms, SIP is redacted in place, what is unknown is zeroed."""

from __future__ import annotations

import struct
from collections.abc import Callable

from sipdiag.redaction.captures import checksums
from sipdiag.redaction.captures.container import Captured
from sipdiag.redaction.captures.datagrams import Datagram
from sipdiag.redaction.captures.hep import redact_hep
from sipdiag.redaction.captures.quoted import Sent, redact_icmp
from sipdiag.redaction.captures.sctp import redact_sctp
from sipdiag.redaction.captures.streams import Stream
from sipdiag.redaction.redactor import Redactor
from sipdiag.sources.captures import tunnels
from sipdiag.sources.captures.links import IPV4, IPV6, LINKS, ethernet
from sipdiag.sources.captures.start import START

_UDP, _TCP, _ICMP, _ICMP6, _FRAGMENT, _AUTHENTICATION, _SCTP = 17, 6, 1, 58, 44, 51, 132
_EXTENSIONS = frozenset({0, 43, 60, 135, 139, 140, 253, 254})  # IPv6 headers with a length of their own (RFC 7045)
_FIN, _SYN, _RST = 1, 2, 4
_OPTIONS = frozenset({1, 2, 3, 4, 5, 8})  # of TCP, that tell how it is spoken and not by whom
# Octets of a link header that may stay, and those in it that name a machine.
_LINK_HEADERS = {1: (14, 0, 0), 0: (4, 0, 0), 108: (4, 0, 0), 113: (16, 6, 14), 276: (20, 12, 20), 104: (4, 0, 0)}
_PARTS = 1_400  # fragments of one datagram

Ends = tuple[bytes, int, bytes, int]


class Packets:
    """Takes the frames of a capture in order and edits them. `finish` ends what several frames made up together."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._streams: dict[Ends, Stream] = {}
        self._every: list[Stream] = []
        self._datagrams: dict[tuple[bytes, bytes, int, int], Datagram] = {}
        self._later: list[
            tuple[int, Callable[[], None]]
        ] = []  # by depth: what is inside comes before what is around it
        self._known: dict[bytes, bytes] = {}
        self._sent: Sent = {}

    def message(self, data: bytes) -> bytes:
        """A SIP message; repetitions of one are made once."""
        known = self._known.get(data)
        if known is None:
            if len(self._known) > 4096:
                self._known.clear()
            known = self._known[data] = self._redactor.message(data)
        return known

    def frame(self, frame: Captured) -> None:
        data = frame.data
        find = LINKS.get(frame.link)
        kind, at = find(bytes(data)) if find is not None else (0, 0)
        header, begin, end = _LINK_HEADERS.get(frame.link, (0, 0, 0))
        if frame.link == 1:
            self._hardware(data, 0)
        data[begin:end] = bytes(len(data[begin:end]))
        if not kind:
            data[header:] = bytes(len(data[header:]))
        else:
            self.packet(kind, data, at, 0)

    def _hardware(self, data: bytearray, at: int) -> None:
        """The two MAC addresses of an Ethernet header; groups stay, all others become locally administered ones."""
        for place in (at, at + 6):
            address = bytes(data[place : place + 6])
            if len(address) == 6 and not address[0] & 1 and any(address):
                data[place : place + 6] = b"\x02" + self._redactor.opaque(address)[:5]

    def packet(self, kind: int, data: bytearray, at: int, depth: int) -> None:
        """An IP packet at `at`."""
        if (
            depth <= tunnels.DEPTH
            and kind == IPV4
            and len(data) - at >= 20
            and data[at] >> 4 == 4
            and data[at] & 15 >= 5
        ):
            self._ipv4(data, at, depth)
        elif depth <= tunnels.DEPTH and kind == IPV6 and len(data) - at >= 40 and data[at] >> 4 == 6:
            self._ipv6(data, at, depth)
        else:
            data[at:] = bytes(len(data) - at)

    def _ipv4(self, data: bytearray, at: int, depth: int) -> None:
        first, length, ident, fragment, protocol = struct.unpack_from("!BxHHHxB", data, at)
        header = min((first & 15) * 4, len(data) - at)
        stop = at + length if length else len(data)
        old = bytes(data[at + 12 : at + 20])
        data[at + 12 : at + 16] = self._redactor.pseudonyms.packed(old[:4])
        data[at + 16 : at + 20] = self._redactor.pseudonyms.packed(old[4:])
        data[at + 20 : at + header] = bytes(header - 20)
        data[stop:] = bytes(max(0, len(data) - stop))
        checksums.ipv4_header(data, at, header)
        new = bytes(data[at + 12 : at + 20])
        if fragment & 0x3FFF:
            key = (old[:4], old[4:], protocol, ident)
            self._fragment(
                key, data, at + header, stop, (fragment & 0x1FFF) * 8, bool(fragment & 0x2000), old, new, depth
            )
        else:
            self._transport(protocol, data, at + header, stop, old, new, depth)

    def _ipv6(self, data: bytearray, at: int, depth: int) -> None:
        length, protocol = int.from_bytes(data[at + 4 : at + 6], "big"), data[at + 6]
        old = bytes(data[at + 8 : at + 40])
        data[at + 8 : at + 24] = self._redactor.pseudonyms.packed(old[:16])
        data[at + 24 : at + 40] = self._redactor.pseudonyms.packed(old[16:])
        new = bytes(data[at + 8 : at + 40])
        stop = at + 40 + length if length else len(data)
        data[stop:] = bytes(max(0, len(data) - stop))
        at += 40
        for _ in range(16):
            if protocol in _EXTENSIONS and at + 8 <= len(data):
                size = 8 * (1 + data[at + 1])
            elif protocol == _AUTHENTICATION and at + 8 <= len(data):
                size = 4 * (2 + data[at + 1])
            else:
                break
            end = min(at + size, len(data))
            data[at + 2 : end] = bytes(max(0, end - at - 2))
            protocol, at = data[at], at + size
        if protocol == _FRAGMENT:
            if at + 8 > len(data):
                return
            protocol, _, place, ident = struct.unpack_from("!BBHI", data, at)
            key = (old[:16], old[16:], protocol, ident)
            self._fragment(key, data, at + 8, stop, place & 0xFFF8, bool(place & 1), old, new, depth)
        elif at < len(data):
            self._transport(protocol, data, at, stop, old, new, depth)

    def _fragment(
        self, key: tuple[bytes, bytes, int, int], data: bytearray, at: int, stop: int, place: int, more: bool,
        old: bytes, new: bytes, depth: int,
    ) -> None:  # fmt: skip
        datagram = self._datagrams.setdefault(key, Datagram())
        end = min(stop, len(data))
        if len(datagram.parts) >= _PARTS or at >= end:
            data[at:] = bytes(max(0, len(data) - at))
            return
        datagram.parts.append((data, at, end, place))
        if not more and stop <= len(data):
            datagram.size = place + end - at
        whole = datagram.assembled() if datagram.size >= 0 else bytearray()
        if len(whole) >= datagram.size >= 0:
            del self._datagrams[key]
            self._datagram(key[2], datagram, whole, datagram.size, old, new, depth)

    def _datagram(
        self, protocol: int, datagram: Datagram, whole: bytearray, size: int, old: bytes, new: bytes, depth: int
    ) -> None:
        self._transport(protocol, whole, 0, size, old, new, depth, inside=1)
        self._later.append((4 * depth + 1, lambda: datagram.give_back(whole)))

    def _transport(
        self, protocol: int, data: bytearray, at: int, stop: int, old: bytes, new: bytes, depth: int, inside: int = 0
    ) -> None:
        end = min(stop, len(data))
        whole = stop <= len(data)
        before = b"" if whole else old + bytes(data[at:end])
        now = False
        if protocol == _UDP:
            now = self._udp(data, at, stop, old, depth) and not depth and not inside
        elif protocol == _TCP:
            self._tcp(data, at, end, old)
        elif protocol in (_ICMP, _ICMP6):
            redact_icmp(protocol == _ICMP6, data, at, end, self._redactor, self._sent, self.message)
        elif protocol == _SCTP:
            redact_sctp(data, at, end, whole, self._redactor, self.message)
            return
        else:
            kind, inner = tunnels.in_ip(protocol, bytes(data), at)
            if kind:
                self._tunnel(kind, data, at, inner, depth)
            else:
                data[at:end] = bytes(end - at)
            return

        size = int.from_bytes(data[at + 4 : at + 6], "big") if protocol == _UDP else 0
        last = at + size if 8 <= size <= end - at else end  # what is behind a datagram is none of its own

        def correct() -> None:
            segment = bytearray(data[at:last])
            checksums.transport(protocol, segment, new, before, whole)
            data[at:last] = segment

        if now:
            correct()
        else:
            self._later.append((4 * depth + 2, correct))

    def _tunnel(self, kind: int, data: bytearray, at: int, inner: int, depth: int) -> None:
        """What stands between is the tunnel's header, with an Ethernet header behind it in some."""
        frame = bytes(data)
        begin = next((s for s in range(inner - 14, at - 1, -1) if ethernet(frame, s) == (kind, inner)), None)
        if begin is not None:
            self._hardware(data, begin)
        self.packet(kind, data, inner, depth + 1)

    def _udp(self, data: bytearray, at: int, stop: int, old: bytes, depth: int) -> bool:
        """Whether the datagram is done with: nothing inside it waits for other frames."""
        end = min(stop, len(data))
        if end - at < 8:
            return True
        sport, dport, length = struct.unpack_from("!HHH", data, at)
        self._ports(data, at, sport, dport)
        payload, last = at + 8, min(end, at + length) if length >= 8 else end
        data[last:end] = bytes(end - last)
        body = bytes(data[payload:last])
        if not body:
            return True
        start = START.match(body) if body[0] < 0x80 else None
        if start is not None:
            begin = start.start("line")
            done = body[:begin] + self.message(body[begin:])
            half = len(old) // 2
            self._sent.setdefault((old[:half], sport, old[half:], dport), []).append((body, done))
        elif body[0] >= 0x80:
            done = _media(body)
        elif body.startswith(b"HEP3"):
            done = redact_hep(body, self._redactor, self.message)
        else:
            kind, inner = tunnels.in_udp(dport, bytes(data), payload)
            if kind:
                self._tunnel(kind, data, payload, inner, depth)
                return False
            done = body if not body.strip(b"\r\n\0") else bytes(len(body))
        data[payload:last] = done
        return True

    def _ports(self, data: bytearray, at: int, source: int, destination: int) -> None:
        struct.pack_into(
            "!HH", data, at, self._redactor.pseudonyms.port(source), self._redactor.pseudonyms.port(destination)
        )

    def _tcp(self, data: bytearray, at: int, end: int, old: bytes) -> None:
        if end - at < 20:
            return
        sport, dport, sequence, _, bits = struct.unpack_from("!HHIIH", data, at)
        self._ports(data, at, sport, dport)
        begin = min(at + (bits >> 12) * 4, end)
        _clean_options(data, at + 20, begin)
        half = len(old) // 2
        key = (old[:half], sport, old[half:], dport)
        stream = self._streams.get(key)
        if bits & _SYN:
            if stream is None or (stream.segments and stream.first != (sequence + 1) & 0xFFFFFFFF):
                stream = self._new(key)
            if not stream.segments:
                stream.first = (sequence + 1) & 0xFFFFFFFF
        if bits & (_SYN | _RST):
            data[begin:end] = bytes(max(0, end - begin))
        elif begin < end:
            (stream or self._new(key)).add(data, begin, end, sequence)

    def _new(self, key: Ends) -> Stream:
        stream = self._streams[key] = Stream()
        self._every.append(stream)
        return stream

    def finish(self) -> None:
        """The capture has ended: redact streams and incomplete datagrams, then put checksums right from the inside out."""
        for (source, destination, protocol, _), datagram in self._datagrams.items():
            whole = datagram.assembled()
            old = source + destination
            new = self._redactor.pseudonyms.packed(source) + self._redactor.pseudonyms.packed(destination)
            self._datagram(protocol, datagram, whole, len(whole) + 1, old, new, 0)
        for stream in self._every:
            stream.redact(self._redactor, self.message)
        for _, correct in sorted(self._later, key=lambda later: -later[0]):
            correct()


def _media(body: bytes) -> bytes:
    """RTP keeps its header (RFC 3550 5.1), RTCP the beginning of its first report: no payload, no names."""
    if body[0] >> 6 != 2 or len(body) < 2:
        return bytes(len(body))
    kept = 8 if 192 <= body[1] <= 223 else 12
    return body[:kept] + bytes(max(0, len(body) - kept))


def _clean_options(data: bytearray, at: int, end: int) -> None:
    while at < end and data[at] != 0:
        if data[at] == 1:
            at += 1
            continue
        size = data[at + 1] if at + 1 < end else 0
        if size < 2 or at + size > end:
            break
        if data[at] not in _OPTIONS:
            data[at + 2 : at + size] = bytes(size - 2)
        at += size
    data[at:end] = bytes(max(0, end - at))
