"""What each format writes is read back: the same bytes, and as much about them as the format tells."""

from __future__ import annotations

import subprocess
from pathlib import Path
from shutil import which

import pytest

from sipdiag.raw import Endpoint
from sipdiag.sources.traces import Trace, read_trace
from tests.support.exchange import A, B, exchange
from tests.support.render import FORMATS, Form, Sent, pcap


def read(name: str, messages: list[Sent], local: str = A.host) -> Trace:
    trace = read_trace(FORMATS[name].write(messages, local), "in1")
    assert trace is not None
    return trace


def check_frames(trace: Trace, messages: list[Sent], form: Form) -> None:
    first = messages[0].time
    for packet, sent in zip(trace.wire.packets, messages, strict=True):
        if form.ends == "both":
            assert (packet.source, packet.destination) == (sent.source, sent.destination)
        elif form.ends == "peer":
            told = (None, sent.destination) if sent.sent(A.host) else (sent.source, None)
            assert (packet.source, packet.destination) == told
            assert packet.sent is sent.sent(A.host)
        else:
            assert (packet.source, packet.destination) == (None, None)
        if form.transport:
            assert packet.transport == sent.transport
        base = {"date": 0.0, "step": first}.get(form.clock, first // 86_400 * 86_400)
        expected = None if form.clock == "none" else sent.time - base
        assert packet.frame.time == (expected if expected is None else pytest.approx(expected, abs=form.precision))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("local", [A, B], ids=["transferor", "transferee"])
def test_read_back(name: str, local: Endpoint) -> None:
    transport = "wss" if name.startswith(("sipjs", "jssip")) else "udp"
    messages = exchange(transport)
    trace = read(name, messages, local.host)
    assert [packet.data for packet in trace.wire.packets] == [sent.data for sent in messages]
    assert trace.formats == (name.partition("/")[0],)
    assert not any(packet.cut for packet in trace.wire.packets)
    if local is A:
        check_frames(trace, messages, FORMATS[name])


@pytest.mark.parametrize("name", [name for name, form in FORMATS.items() if form.transport and form.ends == "both"])
def test_ipv6(name: str) -> None:
    near, far = Endpoint("2001:db8::10", 5060), Endpoint("2001:db8::20", 5080)
    messages = [
        Sent(s.time, near if s.source == A else far, far if s.source == A else near, "tcp", s.data)
        for s in exchange("tcp")
    ]
    trace = read(name, messages, near.host)
    assert [(p.source, p.destination, p.transport) for p in trace.wire.packets] == [
        (s.source, s.destination, "tcp") for s in messages
    ]


def test_all_formats_in_one_file() -> None:
    names = [name for name in FORMATS if not name.startswith(("sipjs", "jssip"))]
    text = "\n\n".join(FORMATS[name].write(exchange(), A.host) for name in names)
    trace = read_trace(text, "in1")
    assert trace is not None
    assert [packet.data for packet in trace.wire.packets] == [sent.data for _ in names for sent in exchange()]
    assert trace.format == "mixed"
    assert set(trace.formats) == {name.partition("/")[0] for name in names}


@pytest.mark.skipif(which("tshark") is None, reason="needs tshark to judge the capture")
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_capture_reads_as_wireshark_reads_it(transport: str, tmp_path: Path) -> None:
    messages = exchange(transport)
    file = tmp_path / "made.pcap"
    file.write_bytes(pcap(messages))
    command = [
        "tshark",
        "-o",
        "udp.check_checksum:TRUE",
        "-o",
        "tcp.check_checksum:TRUE",
        "-V",
        "-r",
        str(file),
        "-Y",
        "sip",
    ]
    tree = subprocess.run(command, capture_output=True, check=True).stdout
    trace = read_trace(tree, "in1")
    assert trace is not None
    assert b"incorrect" not in tree
    assert trace.formats == ("tshark-verbose",)
    assert [packet.frame.number for packet in trace.wire.packets] == list(range(1, len(messages) + 1))
    check_frames(trace, messages, FORMATS["tshark-verbose"])
    # the tree does not tell whether a sipfrag ended with a line end, and our reader restores its length from the header
    assert [packet.data for packet in trace.wire.packets] == [sent.data for sent in messages]
