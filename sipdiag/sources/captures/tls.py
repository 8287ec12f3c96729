"""What a TLS connection shows without keys (RFC 5246, RFC 8446): names, version, certificate, alerts, how far it came."""

from __future__ import annotations

from sipdiag.places import Frame
from sipdiag.raw import TlsSession

_CCS, _ALERT, _HANDSHAKE, _DATA = 20, 21, 22, 23


def looks_like_tls(data: bytes) -> bool:
    """Whether a segment begins with a TLS record."""
    return len(data) >= 5 and 20 <= data[0] <= 23 and data[1] == 3 and data[2] <= 4 and 0 < data[3] << 8 | data[4] <= 16384 + 2048


class Tls:
    """A TLS connection as seen from outside."""

    def __init__(self, midstream: bool) -> None:
        self._midstream = midstream

    def feed(self, by_client: bool, data: bytes, frame: Frame) -> None:
        """The next octets of one direction."""

    def session(self) -> TlsSession:
        """What was seen."""
        return TlsSession()
