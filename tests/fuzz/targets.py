"""What is fuzzed: each target takes any octets, and nothing may come out of it but the errors it names itself.

One entry in `targets()` is one target; the text formats bring one each by themselves.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sipdiag.raw import Wire
from sipdiag.sip.judge import judge
from sipdiag.sip.message import Message, parse_message
from sipdiag.sip.nameaddr import parse_name_addr
from sipdiag.sip.refer import parse_refer_to, parse_replaces
from sipdiag.sip.stream import Piece, StreamReader
from sipdiag.sip.uri import read_uri
from sipdiag.sources.captures import CaptureError, Limits, read_capture
from sipdiag.sources.documents import DocumentError, detect, read_document
from sipdiag.sources.exports import quoted_wire, read_dissection, read_prefixed, read_wrapped
from sipdiag.sources.hexdump import read_dump
from sipdiag.sources.traces import read_trace
from sipdiag.sources.traces.formats import formats
from tests.support.frames import pcap

FIXTURES = Path(__file__).parents[2] / "fixtures"
_LIMITS = Limits(frame=1 << 18, flow_buffer=1 << 16, total_buffer=1 << 20, spool=1 << 22)
_LINKS = (0, 1, 9, 50, 51, 101, 104, 108, 113, 127, 219, 228, 229, 276)
_VALUES = tuple(
    name for name, value in vars(Message).items() if name[0] != "_" and isinstance(value, property | cached_property)
)


@dataclass(frozen=True, slots=True)
class Target:
    """Something that takes octets; `seeds` are files to begin with, `words` what a mutation may put in."""

    name: str
    run: Callable[[bytes], None]
    seeds: tuple[Path, ...] = ()
    words: tuple[str, ...] = ()
    longest: int = 4_096


def message(data: bytes) -> None:
    """Every value of a message can be asked for, and every fault is inside it."""
    found = parse_message(data)
    for name in _VALUES:
        getattr(found, name)
    for error in judge(found):
        assert error.line is None or 1 <= error.line <= data.count(b"\n") + 2, error
    if found.body:
        assert found.body in data, "the body is made of other octets"


def uri(data: bytes) -> None:
    """URIs, addresses, Refer-To and Replaces; what was read as a URI reads the same again."""
    text = data.decode("utf-8", "replace")
    found, errors = read_uri(text)
    if found is not None and not errors:
        assert read_uri(text) == (found, errors)
    assert found is not None or errors, "no URI, and nothing is wrong"
    parse_name_addr(text)
    parse_refer_to(text)
    parse_replaces(text)


def stream(data: bytes) -> None:
    """The pieces of a stream are in order, inside it, and the same however it was divided; the first octet divides it."""
    size, rest = (data[0] % 64 + 1 if data else 1), data[1:]
    whole, divided = StreamReader(), StreamReader()
    once = _pieces([whole.feed(rest), whole.close()])
    parts = _pieces([*(divided.feed(rest[i : i + size]) for i in range(0, len(rest), size)), divided.close()])
    at = 0
    for piece in once:
        assert at <= piece.start < piece.end <= len(rest), "pieces overlap, are empty, or lie outside"
        assert piece.kind == "skipped" or piece.data == rest[piece.start : piece.end], "a message of other octets"
        at = piece.end
    assert [p.data for p in once if p.kind == "message"] == [p.data for p in parts if p.kind == "message"]


def _pieces(lists: list[list[Piece]]) -> list[Piece]:
    return [piece for found in lists for piece in found]


def capture(data: bytes) -> None:
    """A capture file as it is."""
    try:
        _sound(read_capture(io.BytesIO(data), "in1", limits=_LIMITS))
    except CaptureError:
        return


def frames(data: bytes) -> None:
    """Frames of any link: the first octet chooses it, and an octet before each frame tells its length."""
    link, at, found = _LINKS[data[0] % len(_LINKS)] if data else 1, 1, list[bytes]()
    while at < len(data):
        found.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    wire = read_capture(io.BytesIO(pcap(found, link=link)), "in1", limits=_LIMITS)
    assert wire.frames == len(found), "frames were lost"
    _sound(wire)


def _sound(wire: Wire) -> None:
    assert wire.messages >= len(wire.packets)
    assert all(p.data and p.frame.number for p in wire.packets), "a message without octets or frame"


def trace(data: bytes) -> None:
    """A pasted text: messages stand on lines of it, in their order, or the other way round in a log with the newest on top."""
    found = read_trace(data, "in1")
    if found is not None:
        lines = [p.frame.line or 0 for p in found.wire.packets]
        assert lines, "a trace without messages"
        assert lines in (sorted(lines), sorted(lines, reverse=True)), "messages out of order"
        for packet in found.wire.packets:
            message(packet.data)


def document(data: bytes) -> None:
    """Configuration in any of the languages, told by its content."""
    try:
        read_document(data, "document", "in1", detect(data, "document"))
    except DocumentError:
        return


def dump(data: bytes) -> None:
    """Rows of octets, with offsets or behind lines of ngrep."""
    wire = read_dump(data, "in1")
    if wire is not None:
        lines = len(data) + 1
        assert all(p.frame.number is None and 0 < (p.frame.line or 0) <= lines for p in wire.packets), "lines"
        _sound_octets(wire)


def _sound_octets(wire: Wire) -> None:
    assert wire.packets, "a dump without messages"
    assert all(p.data for p in wire.packets), "a message without octets"


def export(data: bytes) -> None:
    """A document that may quote messages: dissected frames, log lines with JSON in them, strings of any document."""
    kind = detect(data, "document")
    for trace in (read_dissection(data, kind, "in1"), read_prefixed(data, "in1")):
        for packet in trace.wire.packets if trace is not None else ():
            assert b"\r\n\r\n" in packet.data, "a message without the end of its head"
            message(packet.data)
    console = read_wrapped(data, "in1")
    for packet in console.wire.packets if console is not None else ():
        message(packet.data)
    try:
        wire = quoted_wire(read_document(data, "document", "in1", kind))
    except DocumentError:
        return
    assert wire is None or wire.packets, "no messages, and yet a wire"


def targets() -> Iterator[Target]:
    torture = _files("torture", "*.dat")
    lab = tuple(f for f in _files("captures/lab", "*.pcap*") if f.stat().st_size < 1 << 15)
    words = ("SIP/2.0", "\r\n\r\n", "Content-Length: ", "Refer-To: <sip:", "l:", "multipart/mixed;boundary=")
    yield Target("message", message, torture, words)
    yield Target("uri", uri, words=("sip:", "sips:", "tel:", ";", "?Replaces=", "%3B", "[2001:db8::1]", "<", ">", "@"))
    yield Target("stream", stream, torture, words)
    yield Target("pcap", capture, tuple(f for f in lab if f.suffix == ".pcap"), longest=1 << 15)
    yield Target("pcapng", capture, tuple(f for f in lab if f.suffix == ".pcapng"), longest=1 << 15)
    yield Target("frames", frames, words=("SIP/2.0", "INVITE sip:a@b SIP/2.0\r\n", "HEP3", "\x81\x7e"))
    yield Target("document", document, _files("platforms", "*/*.*"), ("&a", "*a", "<<:", "!!", "[[", "<!--", "]]>"))
    keys = (
        '"layers": {"frame": {',
        '"sip.msg_hdr": "',
        "<pdml><packet>",
        '"raw": "INVITE sip:a@b SIP/2.0\\r\\nVia: x',
        '"ts": 1715682151',
        '{"log": "',
    )
    yield Target("export", export, _files("exports", "*.*[!m]*"), keys, longest=1 << 15)
    rows = ("0000  ", "0x0010:  4500 ", "  49 4e 56 49 54 45 20 73    69 70 ", "U 192.0.2.1:5060 -> 192.0.2.2:5060\n")
    yield Target("dump", dump, _files("dumps", "*.txt"), rows, longest=1 << 14)
    for known in formats():
        yield Target(f"trace:{known.name}", trace, _files(f"traces/{known.name}", "*.txt"), (*known.hints, *words))


def _files(folder: str, pattern: str) -> tuple[Path, ...]:
    return tuple(f for f in sorted((FIXTURES / folder).glob(pattern)) if f.stat().st_size < 1 << 16)
