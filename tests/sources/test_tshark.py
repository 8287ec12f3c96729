"""SIP under TLS, read with keys through tshark."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sipdiag.sources import tshark
from sipdiag.sources.captures import read_capture

LAB = Path(__file__).parents[2] / "fixtures" / "captures" / "lab"
TLS, KEYS = LAB / "s03-tls-with-keylog-complete.pcapng", LAB / "s03-tls-with-keylog-complete.keylog.txt"
CLEAR = LAB / "s02-blind-tcp-complete.pcapng"

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
def test_whole_file_reads_as_the_built_in_reader_does() -> None:
    second = tshark.read_with_tshark(CLEAR, "in1", keylog=None, tls_key=None)
    assert [(p.frame.number, p.data) for p in second.packets] == [
        (p.frame.number, p.data) for p in read_capture(CLEAR, "in1").packets
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
