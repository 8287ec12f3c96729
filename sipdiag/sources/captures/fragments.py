"""IP datagrams out of their fragments (RFC 791, 3.2; RFC 8200, 4.5)."""

from __future__ import annotations

import struct

from sipdiag.places import Frame
from sipdiag.sources.captures.scene import Scene
from sipdiag.sources.captures.start import START

Key = tuple[bytes, bytes, int, int]  # source, destination, protocol, identification
_PARTS = 1_400  # fragments of one datagram: what 64 KiB make at the smallest MTU of IPv4
_TIMEOUT = 60.0  # seconds after which the fragments of a datagram are those of another (RFC 8200, 4.5)


class _Datagram:
    __slots__ = ("first", "frame", "have", "parts", "size")

    def __init__(self, frame: Frame, now: float) -> None:
        self.frame, self.first = frame, now
        self.parts: dict[int, bytes] = {}
        self.have = 0
        self.size = -1  # known with the last fragment

    def whole(self) -> bytes | None:
        """The datagram, once there is no hole in it; where fragments overlap, the earlier one of the wire wins."""
        if self.size < 0 or self.have < self.size:
            return None
        data = bytearray()
        for place in sorted(self.parts):
            part = self.parts[place]
            if place > len(data):
                return None
            data += part[len(data) - place :] if place + len(part) > len(data) else b""
        return bytes(data[: self.size]) if len(data) >= self.size else None


class Fragments:
    """The datagrams of which fragments are missing still."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._waiting: dict[Key, _Datagram] = {}

    def add(self, key: Key, part: bytes, place: int, more: bool, cut: bool) -> bytes | None:
        """Take the fragment that belongs at octet `place`; the whole payload where this was the last one missing."""
        scene = self._scene
        datagram = self._waiting.get(key)
        if datagram is not None and scene.time - datagram.first > _TIMEOUT:
            self._give_up(key)
            datagram = None
        if datagram is None:
            if len(self._waiting) >= scene.limits.datagrams:
                self._give_up(next(iter(self._waiting)))
            datagram = self._waiting[key] = _Datagram(scene.frame(), scene.time)
        if cut or place in datagram.parts or place + len(part) > 0xFFFF or len(datagram.parts) >= _PARTS:
            return None
        if scene.buffered > scene.limits.total_buffer:
            return None
        datagram.parts[place] = part
        datagram.have += len(part)
        scene.buffered += len(part)
        if not more:
            datagram.size = place + len(part)
        whole = datagram.whole()
        if whole is not None:
            del self._waiting[key]
            scene.buffered -= datagram.have
        return whole

    def _give_up(self, key: Key) -> None:
        datagram = self._waiting.pop(key)
        self._scene.buffered -= datagram.have
        start = datagram.parts.get(0, b"")
        source, destination, protocol, _ = key
        if protocol == 17 and len(start) > 8 and START.match(start, 8):
            sport, dport = struct.unpack_from("!HH", start)
            self._scene.loss("IP fragments are missing", (source, sport, destination, dport), start[8:], datagram.frame)

    def finish(self) -> None:
        """Report what stays incomplete."""
        for key in list(self._waiting):
            self._give_up(key)
