"""TLS from outside: how a handshake went stays, names in it become pseudonyms, all else is zeroed.

Records keep their kinds and lengths. What is encrypted is zeroed too: whoever has the keys could read it.
"""

from __future__ import annotations

from collections.abc import Callable

from sipdiag.redaction.captures.certificates import redact_certificate
from sipdiag.redaction.redactor import Redactor
from sipdiag.sources.captures.tls import looks_like_tls

_CHANGE_CIPHER_SPEC, _ALERT, _HANDSHAKE = 20, 21, 22
_CLIENT_HELLO, _SERVER_HELLO, _CERTIFICATE = 1, 2, 11
_SERVER_NAME = 0
# Extensions that say what a side can do, and nothing of who it is (RFC 8446 4.2).
_HARMLESS = frozenset({1, 5, 10, 11, 13, 15, 16, 20, 22, 23, 27, 28, 43, 45, 50, 65281})


def redact_tls(octets: bytes, redactor: Redactor) -> bytes:
    """One direction of a TLS connection, from the beginning of a record."""
    out = bytearray(octets)
    at, ciphered = 0, False
    handshake: list[int] = []  # where the octets of readable handshake messages stand
    while looks_like_tls(octets[at : at + 5]):
        kind, size = octets[at], octets[at + 3] << 8 | octets[at + 4]
        body, end = at + 5, min(at + 5 + size, len(octets))
        if kind == _HANDSHAKE and not ciphered:
            handshake += range(body, end)
        elif kind == _CHANGE_CIPHER_SPEC:
            ciphered = True
        elif kind != _ALERT or size != 2:
            out[body:end] = bytes(end - body)
        at = end
        if end < body + size:
            break
    out[at:] = bytes(len(out) - at)
    plain = _handshakes(bytes(octets[i] for i in handshake), redactor)
    for i, octet in zip(handshake, plain, strict=True):
        out[i] = octet
    return bytes(out)


def _handshakes(data: bytes, redactor: Redactor) -> bytes:
    out = bytearray(data)
    at = 0
    while at + 4 <= len(data):
        size = int.from_bytes(data[at + 1 : at + 4], "big")
        begin, end = at + 4, min(at + 4 + size, len(data))
        body = data[begin:end]
        change: Callable[[bytes, Redactor], bytes] | None = None
        if end - begin == size:
            change = {_CLIENT_HELLO: _client_hello, _SERVER_HELLO: _server_hello, _CERTIFICATE: _chain}.get(data[at])
        out[begin:end] = change(body, redactor) if change is not None else bytes(len(body))
        at = end
    out[at:] = bytes(len(out) - at)
    return bytes(out)


def _client_hello(body: bytes, redactor: Redactor) -> bytes:
    out = bytearray(body)
    at = 34
    at = _skip(body, at, 1, out)
    at = _skip(body, at, 2)
    at = _skip(body, at, 1)
    out[2:34] = bytes(len(out[2:34]))
    _extensions(body, at + 2, out, redactor)
    return bytes(out)


def _server_hello(body: bytes, redactor: Redactor) -> bytes:
    out = bytearray(body)
    at = _skip(body, 34, 1, out) + 3
    out[2:34] = bytes(len(out[2:34]))
    _extensions(body, at + 2, out, redactor)
    return bytes(out)


def _skip(body: bytes, at: int, width: int, out: bytearray | None = None) -> int:
    """The place behind a vector with a length of `width` octets; its content is zeroed in `out`."""
    size = int.from_bytes(body[at : at + width], "big")
    end = min(at + width + size, len(body))
    if out is not None and at + width <= end:
        out[at + width : end] = bytes(end - at - width)
    return at + width + size


def _extensions(body: bytes, at: int, out: bytearray, redactor: Redactor) -> None:
    while at + 4 <= len(body):
        kind, size = int.from_bytes(body[at : at + 2], "big"), int.from_bytes(body[at + 2 : at + 4], "big")
        begin, end = at + 4, min(at + 4 + size, len(body))
        if kind == _SERVER_NAME and end - begin > 5:
            length = int.from_bytes(body[begin + 3 : begin + 5], "big")
            name = body[begin + 5 : min(begin + 5 + length, end)]
            shown = redactor.pseudonyms.host(name.decode("ascii", "surrogateescape"))
            out[begin + 5 : begin + 5 + len(name)] = shown.encode("utf-8", "surrogateescape")
            out[begin + 5 + len(name) : end] = bytes(end - begin - 5 - len(name))
        elif kind not in _HARMLESS:
            out[begin:end] = bytes(end - begin)
        at = end


def _chain(body: bytes, redactor: Redactor) -> bytes:
    out = bytearray(body)
    at = 3
    while at + 3 <= len(body):
        size = int.from_bytes(body[at : at + 3], "big")
        begin, end = at + 3, min(at + 3 + size, len(body))
        out[begin:end] = redact_certificate(body[begin:end], redactor)
        at = end
    return bytes(out)
