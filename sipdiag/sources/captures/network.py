"""IP and what it carries: datagrams with their fragments, UDP, ICMP errors."""

from __future__ import annotations

import struct

from sipdiag.raw import Unreachable
from sipdiag.sources.captures import tunnels
from sipdiag.sources.captures.addresses import endpoint, host
from sipdiag.sources.captures.fragments import Fragments
from sipdiag.sources.captures.hep import read_hep
from sipdiag.sources.captures.icmp import quoted_error
from sipdiag.sources.captures.links import IPV4, IPV6
from sipdiag.sources.captures.media import Media
from sipdiag.sources.captures.scene import Scene
from sipdiag.sources.captures.sctp import read_sctp
from sipdiag.sources.captures.skip import Skipper
from sipdiag.sources.captures.start import START
from sipdiag.sources.captures.tcp import Tcp

_UDP, _TCP, _ICMP, _ICMP6, _FRAGMENT, _SCTP = 17, 6, 1, 58, 44, 132
_EXTENSIONS = frozenset({0, 43, 60, 135, 139, 140, 253, 254})  # IPv6 headers with a length of their own (RFC 7045)
_AUTHENTICATION = 51
_ports = struct.Struct("!HHH").unpack_from
_ipv4 = struct.Struct("!BxHHHxB2x4s4s").unpack_from


class Network:
    """Takes IP packets and finds the SIP messages, connections, errors and losses in them."""

    def __init__(self, scene: Scene, skipper: Skipper) -> None:
        self._scene = scene
        self._skipper = skipper
        self.media = Media(scene)
        self._fragments = Fragments(scene)
        self._tcp = Tcp(scene)

    def packet(self, kind: int, frame: bytes, at: int, offset: int, depth: int = 0) -> None:
        """An IP packet at index `at` of `frame`, whose first octet lies at `offset` in the input (-1: nowhere)."""
        if depth > tunnels.DEPTH:
            self._scene.problem(f"more than {tunnels.DEPTH} tunnels inside each other are not looked into")
        elif kind == IPV4:
            self._ipv4(frame, at, offset, depth)
        elif kind == IPV6:
            self._ipv6(frame, at, offset, depth)

    def _ipv4(self, frame: bytes, at: int, offset: int, depth: int) -> None:
        if len(frame) - at < 20:
            return
        first, length, ident, fragment, protocol, source, destination = _ipv4(frame, at)
        header = (first & 15) * 4
        # A length of 0 is that of a packet which the network card was going to segment.
        stop = at + length if length else len(frame)
        if first >> 4 != 4 or header < 20:
            return
        if fragment & 0x3FFF:
            whole = self._fragments.add(
                (source, destination, protocol, ident), frame[at + header : stop], (fragment & 0x1FFF) * 8,
                bool(fragment & 0x2000), min(stop, len(frame)) < stop,
            )  # fmt: skip
            if whole is not None:
                self._transport(protocol, whole, 0, len(whole), -1, source, destination, depth)
            return
        if protocol == _UDP:
            self._udp(frame, at + header, stop, offset, source, destination, depth)
        else:
            self._transport(protocol, frame, at + header, stop, offset, source, destination, depth)

    def _ipv6(self, frame: bytes, at: int, offset: int, depth: int) -> None:
        if len(frame) - at < 40 or frame[at] >> 4 != 6:
            return
        length, protocol = int.from_bytes(frame[at + 4 : at + 6], "big"), frame[at + 6]
        source, destination = frame[at + 8 : at + 24], frame[at + 24 : at + 40]
        stop = at + 40 + length if length else len(frame)
        at += 40
        for _ in range(16):
            if protocol in _EXTENSIONS and at + 8 <= len(frame):
                protocol, at = frame[at], at + 8 * (1 + frame[at + 1])
            elif protocol == _AUTHENTICATION and at + 8 <= len(frame):
                protocol, at = frame[at], at + 4 * (2 + frame[at + 1])
            else:
                break
        if protocol == _FRAGMENT:
            if at + 8 > len(frame):
                return
            protocol, _, place, ident = struct.unpack_from("!BBHI", frame, at)
            whole = self._fragments.add(
                (source, destination, protocol, ident),
                frame[at + 8 : stop],
                place & 0xFFF8,
                bool(place & 1),
                len(frame) < stop,
            )
            if whole is not None:
                self._transport(protocol, whole, 0, len(whole), -1, source, destination, depth)
            return
        self._transport(protocol, frame, at, stop, offset, source, destination, depth)

    def _transport(
        self, protocol: int, data: bytes, at: int, stop: int, offset: int, source: bytes, destination: bytes, depth: int
    ) -> None:
        """The payload `data[at:stop]` of an IP packet; `stop` lies behind the end of `data` where that was cut off."""
        if protocol == _UDP:
            self._udp(data, at, stop, offset, source, destination, depth)
        elif protocol == _TCP:
            self._tcp.segment(data, at, stop, offset, source, destination)
        elif protocol in (_ICMP, _ICMP6):
            self._error(protocol == _ICMP6, data, at, min(stop, len(data)), source)
        elif protocol == _SCTP:
            read_sctp(self._scene, data, at, stop, offset, source, destination)
        else:
            kind, inner = tunnels.in_ip(protocol, data, at)
            if kind:
                self.packet(kind, data, inner, offset, depth + 1)

    def _udp(self, data: bytes, at: int, stop: int, offset: int, source: bytes, destination: bytes, depth: int) -> None:
        payload = at + 8
        if len(data) <= payload:
            return
        first = data[payload]
        if first >= 0x80:  # RTP, RTCP, what is encrypted: no start line begins so, and no tunnel
            self.media.packet(data, at, stop, source, destination)
            if not depth and offset >= 0:
                self._skipper.see(self._scene.link, IPV4 if len(source) == 4 else IPV6, data, payload)
            return
        sport, dport, length = _ports(data, at)
        end = min(stop, at + length) if length >= 8 else stop
        start = START.match(data, payload, min(end, len(data)))
        scene = self._scene
        if start is not None:
            begin = start.start("line")
            cut = end > len(data)
            place = offset + begin if offset >= 0 else -1
            scene.message(data[begin:end], place, (source, sport, destination, dport), "udp", cut)
        elif first == 0x48 and data.startswith(b"HEP3", payload):
            read_hep(scene, data[payload:end], offset + payload if offset >= 0 else -1)
        else:
            kind, inner = tunnels.in_udp(dport, data, payload)
            if kind:
                self.packet(kind, data, inner, offset, depth + 1)

    def _error(self, six: bool, data: bytes, at: int, stop: int, reporter: bytes) -> None:
        error = quoted_error(six, data[at:stop])
        if error is None:
            return
        scene = self._scene
        if error.transport == "udp" and not START.match(error.quoted):
            return
        if len(scene.unreachables) >= scene.limits.events:
            scene.problem(f"more than {scene.limits.events} ICMP errors; the rest is not listed")
            return
        scene.unreachables.append(
            Unreachable(
                scene.frame(),
                host(reporter),
                endpoint(error.source, error.source_port),
                endpoint(error.destination, error.destination_port),
                error.transport,
                error.reason,
                error.quoted,
            )
        )

    def finish(self) -> None:
        """The input has ended: report what is incomplete."""
        self._fragments.finish()
        self._tcp.finish()
