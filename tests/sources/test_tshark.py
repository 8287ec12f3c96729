"""SIP under TLS, read with keys through tshark."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sipdiag.raw import Packet
from sipdiag.sources import tshark, tshark_direct
from sipdiag.sources.captures import read_capture
from sipdiag.sources.tshark_job import Job, program
from tests.support.exchange import exchange

LAB = Path(__file__).parents[2] / "fixtures" / "captures" / "lab"
TLS, KEYS = LAB / "s03-tls-with-keylog-complete.pcapng", LAB / "s03-tls-with-keylog-complete.keylog.txt"
CLEAR = LAB / "s02-blind-tcp-complete.pcapng"

RSA = Path(__file__).parents[2] / "fixtures" / "tls"

needs_tshark = pytest.mark.skipif(
    shutil.which("tshark") is None, reason="tshark, which this is about, is not installed"
)


@needs_tshark
def test_key_log_opens_the_connections() -> None:
    wire = tshark.read_with_keys(TLS, "in1", read_capture(TLS, "in1"), keylog=KEYS, tls_key=None)
    assert (wire.messages, len(wire.packets)) == (15, 15)
    assert {p.transport for p in wire.packets} == {"tls"}
    refers = [p for p in wire.packets if p.data.startswith(b"REFER ")]
    assert [(p.frame.number, str(p.source)) for p in refers] == [(25, "203.0.113.10:44244")]
    assert sum(c.messages for c in wire.connections) == 15
    assert all(c.tls and c.tls.decrypted for c in wire.connections)


@needs_tshark
@pytest.mark.parametrize("directly", [False, True])
def test_the_key_of_a_server_opens_what_it_said_on_any_port(directly: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """RSA key exchange, on a port that tshark does not know: each message is that which was sent, octet for octet."""
    if directly:
        monkeypatch.setattr(tshark, "_through_pyshark", lambda job: [][0])
    file, key = RSA / "rsa-port-15061.pcap", RSA / "rsa-key.pem"
    wire = tshark.read_with_keys(file, "in1", read_capture(file, "in1"), keylog=None, tls_key=key)
    assert [p.data for p in wire.packets] == [m.data for m in exchange("tls")]
    assert {p.transport for p in wire.packets} == {"tls"}
    assert [(c.messages, c.tls and c.tls.decrypted) for c in wire.connections] == [(10, True)]


@needs_tshark
@pytest.mark.parametrize("file", sorted(LAB.glob("*.pcap*")), ids=lambda file: file.stem)
def test_whole_file_reads_as_the_built_in_reader_does(file: Path) -> None:
    second = tshark.read_with_tshark(file, "in1", keylog=None, tls_key=None)
    assert [(p.frame.number, p.data) for p in second.packets] == [
        (p.frame.number, p.data) for p in read_capture(file, "in1").packets
    ]


def test_without_keys_or_tls_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: pytest.fail("tshark was looked for"))
    for file, keys in ((TLS, None), (CLEAR, KEYS)):
        wire = read_capture(file, "in1")
        assert tshark.read_with_keys(file, "in1", wire, keylog=keys, tls_key=None) is wire


def test_missing_tshark_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(tshark.TsharkError, match="not installed; install it with: apt-get install tshark"):
        tshark.read_with_keys(TLS, "in1", read_capture(TLS, "in1"), keylog=KEYS, tls_key=None)


@needs_tshark
@pytest.mark.parametrize(
    "name", ["s03-tls-with-keylog-complete.pcapng", "s27-tcp-several-messages-in-one-segment.pcapng"]
)
def test_both_roads_to_tshark_lead_to_the_same_messages(name: str) -> None:
    job = Job(program(), LAB / name, "in1", "sip", KEYS)
    by_pyshark = tshark._through_pyshark(job)
    assert (by_pyshark, "") == tshark_direct.messages(job)
    assert len(by_pyshark) in (14, 15)


@needs_tshark
def test_where_pyshark_fails_tshark_is_run_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Job) -> list[Packet]:
        raise AttributeError("module 'asyncio' has no attribute 'SafeChildWatcher'")

    monkeypatch.setattr(tshark, "_through_pyshark", broken)
    wire = tshark.read_with_tshark(CLEAR, "in1", keylog=None, tls_key=None)
    assert wire.messages == read_capture(CLEAR, "in1").messages


@needs_tshark
def test_what_tshark_cannot_read_is_said_in_its_words(tmp_path: Path) -> None:
    file = tmp_path / "broken.pcap"
    file.write_bytes(b"\xd4\xc3\xb2\xa1\x02\x00")
    with pytest.raises(tshark.TsharkError, match="tshark could not read the file: "):
        tshark.read_with_tshark(file, "in1", keylog=None, tls_key=None)


@needs_tshark
def test_a_capture_that_is_cut_off_is_read_to_its_end_and_said_to_be(tmp_path: Path) -> None:
    file = tmp_path / "cut.pcap"
    file.write_bytes((LAB / "s08-refer-603.pcap").read_bytes()[:-40])
    wire = tshark.read_with_tshark(file, "in1", keylog=None, tls_key=None)
    assert wire.messages == read_capture(file, "in1").messages > 5
    assert any("cut short" in p for p in wire.problems)
