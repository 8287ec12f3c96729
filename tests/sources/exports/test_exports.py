"""Exports yield the messages that went into them, octet for octet, with their lines, times, ends and directions."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from sipdiag.raw import Packet
from sipdiag.sources.captures import read_capture
from sipdiag.sources.documents import Kind, detect
from sipdiag.sources.exports import read_dissection
from sipdiag.sources.find import find_sources
from sipdiag.sources.inputs import Reading, read_sources
from sipdiag.sources.source import Opened
from tests.support.exchange import LOCAL, exchange
from tests.support.sent import Sent

FIXTURES = Path(__file__).parents[3] / "fixtures"
EXPORTS = FIXTURES / "exports"
MADE = (0, 3, 4, 5)  # of the exchange: INVITE, REFER, 202, NOTIFY

# file: format, transport, whether frames are numbered, whether directions are told, lines
READ: dict[str, tuple[str, str, bool, bool, list[int]]] = {
    "tshark.json": ("tshark-json", "udp", True, False, [96, 293, 446, 593]),
    "tshark-octets.json": ("tshark-json", "tcp", True, False, [493, 1549, 2346, 3091]),
    "tshark-ek.jsonl": ("tshark-ek", "tcp", True, False, [2, 4, 6, 8]),
    "tshark.pdml": ("tshark-pdml", "tcp", True, False, [124, 349, 530, 700]),
    "homer.json": ("json", "udp", False, False, [19, 37, 55, 73]),
    "lines.jsonl": ("jsonl", "udp", False, False, [1, 2, 3, 4]),
    "prefixed.log": ("json-log", "udp", False, True, [2, 3, 4, 5]),
    "block.yaml": ("yaml", "udp", False, True, [7, 30, 46, 60]),
}


def opened(path: Path) -> Opened:
    found = list(read_sources(find_sources([str(path)]).sources, Reading()))
    assert len(found) == 1
    return found[0]


def ends(packet: Packet) -> tuple[str | None, str | None]:
    return (str(packet.source) if packet.source else None, str(packet.destination) if packet.destination else None)


def expected_ends(sent: Sent, peer_only: bool) -> tuple[str | None, str | None]:
    ours = sent.sent(LOCAL)
    source = None if peer_only and ours else str(sent.source)
    return source, None if peer_only and not ours else str(sent.destination)


@pytest.mark.parametrize("name", READ)
def test_fixture(name: str) -> None:
    form, transport, numbered, directed, lines = READ[name]
    made = [exchange(transport)[i] for i in MADE]
    read = opened(EXPORTS / name)
    assert read.error is None
    assert read.format == form
    assert read.wire is not None
    packets = read.wire.packets
    assert [p.data for p in packets] == [m.data for m in made]
    assert [p.frame.time for p in packets] == [pytest.approx(m.time, abs=2e-6) for m in made]
    assert [p.frame.line for p in packets] == lines
    assert [p.frame.number for p in packets] == ([1, 2, 3, 4] if numbered else [None] * 4)
    assert [ends(p) for p in packets] == [expected_ends(m, directed) for m in made]
    assert {p.transport for p in packets} == {transport}
    assert [p.sent for p in packets] == [m.sent(LOCAL) if directed else None for m in made]
    assert not any(p.cut for p in packets)
    assert not read.wire.problems


def test_every_fixture_is_read() -> None:
    assert set(READ) == {file.name for file in EXPORTS.iterdir() if file.suffix != ".md"}


def test_other_lines_of_a_log_are_kept() -> None:
    wire = opened(EXPORTS / "prefixed.log").wire
    assert wire is not None
    assert [(line.frame.line, line.text[25:]) for line in wire.log] == [
        (1, "INFO agent: the caller asks for a person"),
        (6, "INFO agent: transfer accepted"),
    ]
    assert wire.log[0].frame.time == pytest.approx(1715682150.9)


needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark, to export with, is not installed")
LAB = sorted(f for f in (FIXTURES / "captures" / "lab").iterdir() if f.suffix in (".pcap", ".pcapng"))


def row(packet: Packet) -> tuple[bytes, int | None, str, str, str | None]:
    return packet.data, packet.frame.number, str(packet.source), str(packet.destination), packet.transport


@needs_tshark
@pytest.mark.parametrize(("how", "kind"), [("json", "json"), ("json -x", "json"), ("ek", "jsonl"), ("pdml", "xml")])
@pytest.mark.parametrize("capture", LAB[::4] + LAB[19:21], ids=lambda file: file.stem)
def test_the_export_of_a_capture_is_read_as_the_capture(capture: Path, how: str, kind: Kind) -> None:
    command = ["tshark", "-n", "-o", "tcp.reassemble_out_of_order:TRUE", "-r", str(capture), "-Y", "sip", "-T"]
    data = subprocess.run([*command, *how.split()], capture_output=True, check=True).stdout
    wire = read_capture(capture, "in1")
    trace = read_dissection(data, kind, "in1")
    assert detect(data, "x") == kind or not wire.packets
    assert [row(p) for p in (trace.wire.packets if trace else ())] == [row(p) for p in wire.packets]
    for ours, theirs in zip(trace.wire.packets if trace else (), wire.packets, strict=True):
        assert ours.frame.time == pytest.approx(theirs.frame.time, abs=2e-6)


def test_what_was_copied_out_of_an_export_is_read(tmp_path: Path) -> None:
    text = (EXPORTS / "tshark.pdml").read_text("utf-8")
    part = tmp_path / "part.txt"
    part.write_text(text[text.index("<packet>") :].removesuffix("\n").removesuffix("</pdml>"), "utf-8")
    wire = opened(part).wire
    assert wire is not None
    assert len(wire.packets) == 4
    assert len(wire.problems) == 1
    assert wire.problems[0].endswith("what follows was not read")


@pytest.mark.parametrize(("name", "whole"), [("tshark.json", 3), ("tshark-ek.jsonl", 3), ("tshark.pdml", 3)])
def test_a_cut_export_is_read_as_far_as_it_goes(name: str, whole: int, tmp_path: Path) -> None:
    file = tmp_path / name
    data = (EXPORTS / name).read_bytes()
    file.write_bytes(data[: -len(data) // 20])
    wire = opened(file).wire
    assert wire is not None
    assert len(wire.packets) >= whole
    assert wire.problems[0].endswith("what follows was not read")


def test_a_message_that_an_icmp_error_quotes_is_none() -> None:
    text = (EXPORTS / "tshark.json").read_text("utf-8").replace("ip:udp:sip", "ip:icmp:ip:udp:sip")
    trace = read_dissection(text.encode(), "json", "in1")
    assert trace is not None
    assert not trace.wire.packets


def test_frames_without_sip_are_said_to_be_such(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(
        '[{"_source": {"layers": {"frame": {"frame.number": "1"}, "ip": {"ip.addr": "a", "ip.addr": "b"}}}}]'
    )
    assert opened(file).error == "frames of Wireshark, none with a SIP message"


def test_messages_in_one_array_share_nothing(tmp_path: Path) -> None:
    """What stands beside a list of messages is said of none of them."""
    texts = [m.data.decode() for m in exchange()[:3]]
    file = tmp_path / "x.json"
    file.write_text(json.dumps({"direction": "inbound", "time": 1715682151, "src": "192.0.2.1", "messages": texts}))
    wire = opened(file).wire
    assert wire is not None
    assert [p.data.decode() for p in wire.packets] == texts
    assert {(p.source, p.destination, p.sent, p.frame.time) for p in wire.packets} == {(None, None, None, None)}


def test_an_alias_of_yaml_is_no_further_message(tmp_path: Path) -> None:
    text = exchange()[0].data.decode()
    file = tmp_path / "x.yaml"
    file.write_text(f"first: &a {json.dumps(text)}\nagain: *a\n")
    wire = opened(file).wire
    assert wire is not None
    assert len(wire.packets) == 1


def test_text_of_a_program_inside_a_string_is_read_as_its_format(tmp_path: Path) -> None:
    message = exchange()[0].data.decode()
    log = f"<--- Received SIP request ({len(message)} bytes) from UDP:192.0.2.10:5060 --->\n{message}"
    file = tmp_path / "x.json"
    file.write_text(json.dumps([{"ts": 1715682151.5, "log": log}]))
    wire = opened(file).wire
    assert wire is not None
    assert [(str(p.source), p.sent, p.transport, p.frame.time) for p in wire.packets] == [
        ("192.0.2.10:5060", False, "udp", 1715682151.5)
    ]


@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_stored_messages_of_elevenlabs_are_the_same_in_yaml(kind: str, tmp_path: Path) -> None:
    page = {
        "sip_messages": [
            {
                "raw_message": m.data.decode(),
                "direction": "out" if m.sent(LOCAL) else "in",
                "local_address": str(m.source if m.sent(LOCAL) else m.destination),
                "remote_address": str(m.peer(LOCAL)),
                "transport": "udp",
                "created_at_unix_micro": round(m.time * 1e6),
            }
            for m in exchange()
        ]
    }
    file = tmp_path / f"page.{kind}"
    file.write_text(json.dumps(page) if kind == "json" else yaml.safe_dump(page))
    read = opened(file)
    assert (read.kind, read.format) == ("document", kind)
    assert read.wire is not None
    assert [p.data for p in read.wire.packets] == [m.data for m in exchange()]


def test_a_document_that_only_speaks_of_sip_holds_no_message(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(json.dumps({"note": "The carrier answered\nSIP/2.0 603 Decline\n\nand nothing else."}))
    read = opened(file)
    assert (read.kind, read.wire) == ("document", None)


def test_fixture_kinds() -> None:
    assert [detect((EXPORTS / name).read_bytes(), name) for name in ("tshark.json", "tshark.pdml")] == ["json", "xml"]


def test_a_list_of_objects_on_one_line_is_a_document(tmp_path: Path) -> None:
    """What stands before its first object is no prefix of a log."""
    file = tmp_path / "x.json"
    file.write_text(json.dumps([{"raw": m.data.decode()} for m in exchange()]))
    wire = opened(file).wire
    assert wire is not None
    assert [p.data for p in wire.packets] == [m.data for m in exchange()]


def test_a_log_line_with_two_objects_is_read_whole(tmp_path: Path) -> None:
    one, two = (json.dumps({"raw": m.data.decode()}) for m in exchange()[:2])
    file = tmp_path / "x.log"
    file.write_text(f"2024-05-14T10:22:31Z INFO {one} {two}\n")
    wire = opened(file).wire
    assert wire is not None
    assert len(wire.packets) == 2


def test_why_an_export_was_not_read_is_said(tmp_path: Path) -> None:
    file = tmp_path / "x.pdml"
    file.write_text('<!DOCTYPE x [<!ENTITY a "b">]><pdml><packet>SIP/2.0</packet></pdml>')
    assert (opened(file).error or "").endswith("declares an entity, which is not read; what follows was not read")


@pytest.mark.parametrize("rows", ["loki", "insights"])
def test_what_a_log_store_answers_is_read_from_the_oldest_on(rows: str, tmp_path: Path) -> None:
    """Loki and CloudWatch put the newest row on top, and the time into a cell of its own."""
    found: list[object] = []
    for m in reversed(exchange()):
        if rows == "loki":
            found.append([str(int(m.time * 1e6) * 1000), m.data.decode()])
        else:
            cells = {"@timestamp": m.when("%Y-%m-%d %H:%M:%S.%L"), "@message": m.data.decode()}
            found.append([{"field": k, "value": v} for k, v in cells.items()])
    answer = {"data": {"result": [{"stream": {"app": "x"}, "values": found}]}} if rows == "loki" else {"results": found}
    file = tmp_path / "x.json"
    file.write_text(json.dumps(answer))
    wire = opened(file).wire
    assert wire is not None
    assert [p.data for p in wire.packets] == [m.data for m in exchange()]
    assert [p.frame.time for p in wire.packets] == pytest.approx([m.time for m in exchange()], abs=1e-3)


def test_lists_of_messages_in_one_document_are_put_in_order_by_their_times(tmp_path: Path) -> None:
    messages = exchange()
    rows = [{"ts": m.time, "raw": m.data.decode()} for m in messages]
    file = tmp_path / "x.json"
    file.write_text(json.dumps({"sent": rows[::2], "received": rows[1::2]}))
    wire = opened(file).wire
    assert wire is not None
    assert [p.data for p in wire.packets] == [m.data for m in messages]


def test_octets_that_the_journal_wrote_as_numbers_are_a_message(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    lines = [{"__REALTIME_TIMESTAMP": str(int(m.time * 1e6)), "MESSAGE": list(m.data)} for m in exchange()]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    wire = opened(file).wire
    assert wire is not None
    assert [p.data for p in wire.packets] == [m.data for m in exchange()]
