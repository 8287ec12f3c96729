"""What a TLS connection shows without keys (RFC 5246, RFC 8446): names, version, certificate, alerts, how far it came."""

from __future__ import annotations

from sipdiag.places import Frame
from sipdiag.raw import TlsSession
from sipdiag.sources.captures.certificate import read_certificate

_CHANGE_CIPHER_SPEC, _ALERT, _HANDSHAKE, _DATA = 20, 21, 22, 23
_CLIENT_HELLO, _SERVER_HELLO, _CERTIFICATE = 1, 2, 11
_SERVER_NAME, _SUPPORTED_VERSIONS = 0, 43
_VERSIONS = {0x0300: "SSL 3.0", 0x0301: "1.0", 0x0302: "1.1", 0x0303: "1.2", 0x0304: "1.3"}
_KEPT = 64 << 10  # octets of a handshake that are looked at
# In TLS 1.3 an encrypted alert is a record of 2 octets, their type and a tag of 16; a Finished is at least 36 octets.
_ENCRYPTED_ALERT, _ENCRYPTED_FINISHED = 2 + 1 + 16, 4 + 32 + 1 + 16

# RFC 8446, 6 and B.2, with those of older versions
_ALERTS = {
    0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 21: "decryption_failed", 22: "record_overflow",
    30: "decompression_failure", 40: "handshake_failure", 41: "no_certificate", 42: "bad_certificate",
    43: "unsupported_certificate", 44: "certificate_revoked", 45: "certificate_expired", 46: "certificate_unknown",
    47: "illegal_parameter", 48: "unknown_ca", 49: "access_denied", 50: "decode_error", 51: "decrypt_error",
    60: "export_restriction", 70: "protocol_version", 71: "insufficient_security", 80: "internal_error",
    86: "inappropriate_fallback", 90: "user_canceled", 100: "no_renegotiation", 109: "missing_extension",
    110: "unsupported_extension", 111: "certificate_unobtainable", 112: "unrecognized_name",
    113: "bad_certificate_status_response", 114: "bad_certificate_hash_value", 115: "unknown_psk_identity",
    116: "certificate_required", 120: "no_application_protocol",
}  # fmt: skip


def looks_like_tls(data: bytes) -> bool:
    """Whether a segment begins with a TLS record."""
    return (
        len(data) >= 5
        and 20 <= data[0] <= 23
        and data[1] == 3
        and data[2] <= 4
        and 0 < data[3] << 8 | data[4] <= 16384 + 2048
    )


class _Side:
    """The records of one direction."""

    __slots__ = ("ciphered", "data", "flights", "handshake", "head", "left", "lost", "records")

    def __init__(self) -> None:
        self.head = b""  # an incomplete record header, or the readable record begun
        self.left = 0  # octets of the current record that are passed over
        self.handshake = bytearray()
        self.ciphered = False  # what follows cannot be read
        self.data = 0  # records of application data, as they are labelled
        self.records = 0  # encrypted records of any kind
        self.flights = 0
        self.lost = False


class Tls:
    """A TLS connection as seen from outside, while it is being read."""

    __slots__ = (
        "_alert", "_client", "_established", "_expires", "_finished", "_last", "_names", "_server", "_server_name", "_version",
    )  # fmt: skip

    def __init__(self) -> None:
        self._client, self._server = _Side(), _Side()
        self._last: _Side | None = None
        self._established = False
        self._finished = False  # TLS 1.3: the client has sent what can be its Finished
        self._version: str | None = None
        self._server_name: str | None = None
        self._names: tuple[str, ...] = ()
        self._expires: float | None = None
        self._alert: tuple[str, bool, Frame] | None = None

    def gap(self, by_client: bool) -> None:
        """Octets of one direction are missing."""
        side = self._client if by_client else self._server
        side.head, side.left, side.lost = b"", 0, True
        side.handshake.clear()

    def feed(self, by_client: bool, data: bytes, frame: Frame) -> None:
        """The next octets of one direction."""
        if self._established:
            return
        side = self._client if by_client else self._server
        if side is not self._last:
            side.flights += 1
            self._last = side
        if side.lost:
            if not looks_like_tls(data):
                return
            side.lost = False
        at = min(side.left, len(data))
        side.left -= at
        if at == len(data):
            return
        data, at = side.head + data[at:], 0
        while at + 5 <= len(data) and not self._established:
            kind, size = data[at], data[at + 3] << 8 | data[at + 4]
            if not looks_like_tls(data[at : at + 5]):
                side.lost, side.head = True, b""
                return
            readable = (kind == _HANDSHAKE and not side.ciphered) or (kind == _ALERT and size == 2)
            if readable and len(data) < at + 5 + size:
                break
            self._record(by_client, side, kind, size, data[at + 5 : at + 5 + size] if readable else b"", frame)
            at += 5 + size
        side.left = max(0, at - len(data))
        side.head = data[at:]

    def _record(self, by_client: bool, side: _Side, kind: int, size: int, body: bytes, frame: Frame) -> None:
        if kind == _CHANGE_CIPHER_SPEC:
            side.ciphered = side.ciphered or self._version != "1.3"
        elif kind == _ALERT and body:
            if self._alert is None and (body[0] == 2 or body[1] != 0):
                self._alert = _ALERTS.get(body[1], f"alert {body[1]}"), by_client, frame
        elif kind == _HANDSHAKE and not side.ciphered:
            if len(side.handshake) + len(body) <= _KEPT:
                side.handshake += body
                self._messages(side)
        else:
            side.records += 1
            side.data += kind == _DATA
            self._judge(by_client, side, kind, size)

    def _judge(self, by_client: bool, side: _Side, kind: int, size: int) -> None:
        """Whether the handshake is known to have succeeded.

        Up to TLS 1.2, application data follows it only then. In TLS 1.3 the end of the handshake has that label too:
        there it takes a Finished of the client and something after it that is no alert.
        """
        if self._version != "1.3":
            self._established = kind == _DATA and (
                (self._client.ciphered and self._server.ciphered) or (self._client.data > 0 and self._server.data > 0)
            )
        elif self._finished:
            self._established = size != _ENCRYPTED_ALERT
        elif by_client and kind == _DATA:
            self._finished = size >= _ENCRYPTED_FINISHED

    def _messages(self, side: _Side) -> None:
        waiting = side.handshake
        while len(waiting) >= 4:
            size = int.from_bytes(waiting[1:4], "big")
            if len(waiting) < 4 + size:
                return
            kind, body = waiting[0], bytes(waiting[4 : 4 + size])
            del waiting[: 4 + size]
            if kind == _CLIENT_HELLO:
                self._client_hello(body)
            elif kind == _SERVER_HELLO:
                self._server_hello(body)
            elif kind == _CERTIFICATE and side is self._server and not self._names:
                self._names, self._expires = read_certificate(body[6 : 6 + int.from_bytes(body[3:6], "big")])

    def _client_hello(self, body: bytes) -> None:
        at = 34
        at += 1 + _number(body, at, 1)  # session id
        at += 2 + _number(body, at, 2)  # cipher suites
        at += 1 + _number(body, at, 1)  # compression methods
        names = _extensions(body, at + 2).get(_SERVER_NAME, b"")
        if len(names) > 5 and names[2] == 0:
            self._server_name = names[5 : 5 + _number(names, 3, 2)].decode("ascii", "replace")

    def _server_hello(self, body: bytes) -> None:
        at = 34
        at += 1 + _number(body, at, 1) + 2 + 1  # session id, cipher suite, compression method
        chosen = _extensions(body, at + 2).get(_SUPPORTED_VERSIONS, body[:2])
        number = int.from_bytes(chosen[:2], "big")
        self._version = _VERSIONS.get(number, f"0x{number:04x}")

    def session(self) -> TlsSession:
        """What was seen."""
        alert, by_client, frame = self._alert or (None, None, None)
        return TlsSession(
            self._version,
            self._server_name,
            self._names,
            self._expires,
            self._established,
            alert,
            by_client,
            frame,
            self._client.flights,
            self._server.flights,
        )


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "big")


def _extensions(data: bytes, at: int) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while at + 4 <= len(data):
        size = _number(data, at + 2, 2)
        found.setdefault(_number(data, at, 2), data[at + 4 : at + 4 + size])
        at += 4 + size
    return found
