"""Whatever the export is: nothing is raised, what is found is whole, and the work grows no faster than the text."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sipdiag.nodes import Node, Scalar
from sipdiag.places import Place
from sipdiag.sources.documents import Kind, detect
from sipdiag.sources.documents.error import DocumentError
from sipdiag.sources.documents.read_json import read_json
from sipdiag.sources.exports import quoted_wire, read_dissection, read_prefixed
from sipdiag.sources.exports.beside import told
from tests.support.exchange import exchange
from tests.support.steps import steps

EXPORTS = Path(__file__).parents[3] / "fixtures" / "exports"
KINDS: dict[str, Kind] = {"tshark.json": "json", "tshark-ek.jsonl": "jsonl", "tshark.pdml": "xml"}
# The machine may be busy; what a text costs is counted below.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
MESSAGES = [m.data.decode() for m in exchange()]
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(MESSAGES)
)
DOCUMENTS = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["time", "src", "x"]) | st.text(max_size=8), inner),
    max_leaves=12,
)  # fmt: skip


@UNHURRIED
@given(st.sampled_from(sorted(KINDS)), st.data())
def test_cut_and_changed_anywhere(name: str, data: st.DataObject) -> None:
    """Of a damaged export no message is made up: each one found is one of the export, or a part of its octets."""
    text = bytearray((EXPORTS / name).read_bytes())
    del text[data.draw(st.integers(0, len(text))) :]
    for at in data.draw(st.lists(st.integers(0, max(0, len(text) - 1)), max_size=3)):
        text[at : at + 1] = data.draw(st.binary(max_size=2))
    trace = read_dissection(bytes(text), KINDS[name], "in1")
    for packet in trace.wire.packets if trace is not None else ():
        assert b"\r\n\r\n" in packet.data
        assert packet.frame.line is not None


def strings(value: object) -> int:
    """How many messages a document quotes."""
    if isinstance(value, dict):
        return sum(strings(v) for v in value.values())
    if isinstance(value, list):
        return sum(strings(v) for v in value)
    return int(value in MESSAGES)


@UNHURRIED
@given(DOCUMENTS)
def test_every_quoted_message_is_found_once(value: object) -> None:
    node = read_json(json.dumps(value), "in1")
    wire = quoted_wire(node)
    assert (len(wire.packets) if wire is not None else 0) == strings(value)
    assert wire is None or all(packet.data.decode() in MESSAGES for packet in wire.packets)


@UNHURRIED
@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_octets(data: bytes) -> None:
    for text in (data, b'{"layers": {"frame": ' + data, b"<pdml>" + data, b'x {"a": "SIP/2.0' + data):
        kind = detect(text, "x")
        read_dissection(text, kind, "in1")
        read_prefixed(text, "in1")


KEYS = st.sampled_from(["src", "dst", "srcPort", "proto", "direction", "ts", "timeSeconds", "timeUseconds", "peer"])
SCALARS: st.SearchStrategy[Scalar] = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.sampled_from(["192.0.2.1", "in", "17"])
)  # fmt: skip


@UNHURRIED
@given(st.lists(st.tuples(st.text(max_size=8), KEYS, SCALARS), max_size=12))
def test_any_values_beside_a_message(pairs: list[tuple[str, str, Scalar]]) -> None:
    frame = told(pairs, "x")
    assert frame.stamp is None or frame.stamp.day is not None
    assert frame.transport in (None, "udp", "tcp", "tls", "ws", "wss", "sctp")


SIP = json.dumps(MESSAGES[1])
HOSTILE: dict[str, Callable[[int], str]] = {
    "many messages": lambda n: "[" + ",".join(f'{{"raw": {SIP}, "src": "192.0.2.1"}}' for _ in range(n)) + "]",
    "keys beside one message": lambda n: "{" + "".join(f'"k{i}": {i},' for i in range(n)) + f'"raw": {SIP}}}',
    "objects around one message": lambda n: '{"a":' * min(n, 190) + SIP + "}" * min(n, 190) + " " * n * 20,
    "objects beside one message": lambda n: "{" + "".join(f'"k{i}": {{"a": {{"b": 1}}}},' for i in range(n)) + f'"raw": {SIP}}}',
    "one long string": lambda n: '{"raw": "INVITE sip:a SIP/2.0\\r\\nVia: x' + "\\r\\nX: y" * n + '"}',
    "digits": lambda n: f'{{"raw": {SIP}, "ts": "{"1" * n}", "src": "{"1." * n}"}}',
    "repeated keys": lambda n: '{"layers": {"frame": {' + '"ip.src": "a",' * n + '"x": 1}}}',
    "frames": lambda n: "[" + '{"layers": {"frame": {"frame.number": "1"}}},' * n + "1]",
    "messages in a frame": lambda n: '[{"layers": {"frame": {}, "sip": {' + f'"sip.Request-Line": "A b SIP/2.0","sip.msg_hdr": {SIP},' * n + '"x": 1}}}]',
    "payloads in a frame": lambda n: '[{"layers": {"frame": {}, "udp": {' + '"udp.payload": "41:42",' * n + f'"sip.Request-Line": "A b SIP/2.0","sip.msg_hdr": {SIP}}}}}}}]',
    "packets": lambda n: "<pdml>" + "<packet><proto name='sip'/></packet>" * n + "</pdml>",
    "fields": lambda n: "<pdml><packet>" + "<field name='sip.Request-Line' show='A b SIP/2.0'/><field name='sip.msg_hdr' show='Via: x'/>" * n + "</packet></pdml>",
    "deep fields": lambda n: "<pdml>" + "<field name='sip.msg_body'>" * n,
    "objects in lines": lambda n: f'x {{"raw": {SIP}}}\n' * n,
    "braces": lambda n: 'x {"' * n + "SIP/2.0",
    "broken objects": lambda n: ('x {"a": "SIP/2.0" ' + '{"b": 1 ' * 20 + "\n") * n,
    "other lines": lambda n: f'x {{"raw": {SIP}}}\n' + "2024-05-14T10:22:31Z x\n" * n,
}  # fmt: skip


def _read(text: str) -> None:
    data = text.encode()
    kind = detect(data, "x")
    read_dissection(data, kind, "in1")
    read_prefixed(data, "in1")
    if kind == "json":
        try:
            quoted_wire(read_json(text, "in1"))
        except DocumentError:
            return


def _steps(text: str) -> int:
    return steps(lambda: _read(text))


@pytest.mark.parametrize("shape", HOSTILE)
def test_work_is_linear(shape: str) -> None:
    _read(HOSTILE[shape](3))  # modules and caches
    once, twice, four = (_steps(HOSTILE[shape](n)) for n in (60, 120, 240))
    assert twice <= 2.2 * once + 200
    assert four <= 2.2 * twice + 200


def test_aliases_are_read_once() -> None:
    """Nodes that many aliases share cost no more than one."""
    shared = Node(MESSAGES[0], Place("in1", 1))

    def work(number: int) -> int:
        return steps(lambda: quoted_wire(Node([shared] * number, Place("in1", 1))))

    work(3)
    assert work(200) < 2 * work(100) < 4 * work(50)
