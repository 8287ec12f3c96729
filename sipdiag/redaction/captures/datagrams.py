"""Datagrams that came in fragments: redacted as a whole, and given back to the frames that carried them."""

from __future__ import annotations

from dataclasses import field

from sipdiag.dataclass import dataclass


@dataclass(slots=True)
class Datagram:
    """Fragments of one datagram: where each stands, and at which octet it belongs."""

    parts: list[tuple[bytearray, int, int, int]] = field(default_factory=list)
    size: int = -1

    def assembled(self) -> bytearray:
        """The payload from its beginning to the first hole."""
        whole = bytearray()
        for data, begin, end, place in sorted(self.parts, key=lambda p: p[3]):
            if place > len(whole):
                break
            whole += data[begin:end][len(whole) - place :]
        return whole

    def give_back(self, whole: bytearray) -> None:
        for data, begin, end, place in self.parts:
            part = whole[place : place + end - begin]
            data[begin:end] = part + bytes(end - begin - len(part))
