"""What TLS shows without keys: names, versions, alerts, whether the handshake succeeded and who closed."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest

from sipdiag.raw import Connection, TlsSession
from sipdiag.sources.captures import read_capture
from sipdiag.sources.captures.certificate import read_certificate
from tests.support.frames import ACK, ALICE, BOB, FIN, SYN, ethernet, ip, pcap, tcp

LAB = Path(__file__).parents[3] / "fixtures" / "captures" / "lab"

HELLO, SERVER_HELLO, CERTIFICATE = 1, 2, 11


def record(kind: int, body: bytes) -> bytes:
    return struct.pack(">BHH", kind, 0x0303, len(body)) + body


def message(kind: int, body: bytes) -> bytes:
    return struct.pack(">I", kind << 24 | len(body)) + body


def extensions(*pairs: tuple[int, bytes]) -> bytes:
    packed = b"".join(struct.pack(">HH", kind, len(value)) + value for kind, value in pairs)
    return struct.pack(">H", len(packed)) + packed


def client_hello(name: bytes = b"sip.example.com") -> bytes:
    server_name = struct.pack(">HBH", len(name) + 3, 0, len(name)) + name
    body = b"\x03\x03" + bytes(32) + b"\0" + b"\0\x02\x13\x01" + b"\1\0" + extensions((0, server_name))
    return record(22, message(HELLO, body))


def server_hello(version: int) -> bytes:
    more = extensions((43, b"\x03\x04")) if version == 0x0304 else extensions()
    return record(22, message(SERVER_HELLO, b"\x03\x03" + bytes(32) + b"\0" + b"\x13\x01" + b"\0" + more))


CHANGE = record(20, b"\1")


def session(*flights: tuple[bool, bytes], close: bool | None = None, size: int = 10_000) -> Connection:
    """A connection with these octets, each flight from the client (True) or the server, in segments of some size."""
    at = [1, 1]
    packets = [(True, b"", SYN), (False, b"", SYN | ACK)]
    packets += [(who, data[i : i + size], ACK) for who, data in flights for i in range(0, len(data), size)]
    packets += [(close, b"", FIN | ACK)] if close is not None else []
    frames = []
    for who, data, flags in packets:
        sequence = (1000 if who else 9000) + at[who] - bool(flags & SYN)
        ports, ends = ((40000, 5061), (ALICE, BOB)) if who else ((5061, 40000), (BOB, ALICE))
        frames.append(ethernet(ip(tcp(data, sequence, 1, flags, *ports), 6, *ends)))
        at[who] += len(data)
    (connection,) = read_capture(io.BytesIO(pcap(frames)), "in1").connections
    return connection


def tls(connection: Connection) -> TlsSession:
    assert connection.tls is not None
    return connection.tls


@pytest.mark.parametrize("size", [5, 20, 10_000])
def test_version_2_succeeds_with_data_behind_the_finished(size: int) -> None:
    flights = [
        (True, client_hello()),
        (False, server_hello(0x0303)),
        (True, CHANGE + record(22, bytes(40))),
        (False, CHANGE + record(22, bytes(40))),
    ]
    before = tls(session(*flights, size=size))
    assert (before.version, before.server_name, before.established) == ("1.2", "sip.example.com", False)
    after = tls(session(*flights, (True, record(23, bytes(400))), size=size))
    assert after.established
    assert (after.client_flights, after.server_flights, after.alert) == (3, 2, None)


def test_version_3_succeeds_with_something_behind_the_finished_of_the_client() -> None:
    hellos = [(True, client_hello()), (False, server_hello(0x0304) + CHANGE + record(23, bytes(900)))]
    finished = (True, CHANGE + record(23, bytes(4 + 48 + 17)))
    refusal = (True, CHANGE + record(23, bytes(19)))
    assert not tls(session(*hellos)).established
    assert not tls(session(*hellos, refusal, close=True)).established
    assert not tls(session(*hellos, finished, (False, record(23, bytes(19))), close=False)).established
    assert tls(session(*hellos, finished, (True, record(23, bytes(300))))).established
    assert tls(session(*hellos, finished, (False, record(23, bytes(250))))).established
    assert tls(session(*hellos, finished)).version == "1.3"


@pytest.mark.parametrize(
    ("code", "name"), [(40, "handshake_failure"), (70, "protocol_version"), (48, "unknown_ca"), (199, "alert 199")]
)
def test_readable_alerts(code: int, name: str) -> None:
    connection = session((True, client_hello()), (False, record(21, bytes([2, code]))), close=False)
    seen = tls(connection)
    assert (seen.alert, seen.alert_by_client, seen.established) == (name, False, False)
    assert seen.alert_frame is not None
    assert seen.alert_frame.number == 4
    assert connection.closed_by_client is False


def test_closing_politely_is_no_alert() -> None:
    assert tls(session((True, client_hello() + record(21, b"\1\0")))).alert is None


def test_expired_certificate_of_a_recording() -> None:
    (connection,) = read_capture(LAB / "s22-tls-expired-certificate.pcap", "in1").connections
    assert (connection.state, connection.closed_by_client, connection.messages) == ("established", False, 0)
    seen = tls(connection)
    assert (seen.alert, seen.alert_by_client, seen.established) == ("bad_certificate", True, False)
    assert seen.certificate_names == ("203.0.113.5",)
    assert seen.certificate_expires == 1735689600.0
    assert seen.certificate_expires < (connection.opened.time or 0)


def test_working_connections_of_a_recording() -> None:
    connections = read_capture(LAB / "s03-tls-with-keylog-complete.pcapng", "in1").connections
    assert [(str(c.server), tls(c).version, tls(c).established) for c in connections] == [
        ("203.0.113.10:5061", "1.2", True),
        ("203.0.113.5:5061", "1.2", True),
    ]


def test_damaged_certificates_tell_nothing() -> None:
    assert read_certificate(b"") == ((), None)
    assert read_certificate(b"\x30\x84\xff\xff\xff\xff") == ((), None)
    assert read_certificate(bytes(range(256)) * 4) == ((), None)
