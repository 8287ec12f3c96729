"""Whatever the text is: nothing is raised, and the work grows no faster than the text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sipdiag.sources.traces import read_trace
from tests.support.exchange import LOCAL, exchange
from tests.support.render import FORMATS
from tests.support.steps import steps

TEXTS = {name: form.write(exchange(), LOCAL) for name, form in FORMATS.items()}
PIECES = sorted({line for text in TEXTS.values() for line in text.splitlines()})


# The machine may be busy; what a text costs is counted below.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNHURRIED
@given(st.text(max_size=400))
def test_any_text(text: str) -> None:
    trace = read_trace(text + "\nSIP/2.0 200 OK\nVia: x", "in1")
    assert trace is None or trace.wire.packets


@UNHURRIED
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    trace = read_trace(b"INVITE sip:a SIP/2.0\nVia: x\n" + data, "in1")
    assert trace is None or trace.wire.packets


@UNHURRIED
@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=40), max_size=60),
    st.sampled_from(["\n", "\r\n", "\n\n", "\n> "]),
)
def test_any_mixture_of_lines(lines: list[str], end: str) -> None:
    trace = read_trace(end.join(lines), "in1")
    if trace is not None:
        for packet in trace.wire.packets:
            head, blank, _ = packet.data.partition(b"\r\n\r\n")
            assert blank
            assert b"SIP/" in head
            assert packet.frame.line is not None
        numbers = [packet.frame.line or 0 for packet in trace.wire.packets]
        assert numbers == sorted(numbers)


@UNHURRIED
@given(st.sampled_from(sorted(TEXTS)), st.data())
def test_cut_anywhere(name: str, data: st.DataObject) -> None:
    """A text that breaks off loses no message before the break."""
    text = TEXTS[name]
    whole = read_trace(text, "in1")
    position = data.draw(st.integers(0, len(text)))
    part = read_trace(text[:position], "in1")
    assert whole is not None
    found = [packet.data for packet in part.wire.packets] if part is not None else []
    assert found[:-1] == [packet.data for packet in whole.wire.packets][: max(0, len(found) - 1)]


HEAD = "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\nCall-ID: 1@a\nCSeq: 1 INVITE\n"


def _x(number: int) -> str:
    return f"{'x' * (number % 90)} {number}"


HOSTILE: dict[str, Callable[[int], str]] = {
    "methods on one line": lambda n: "INVITE " * n + "SIP/2.0\n" + HEAD,
    "start lines": lambda n: "INVITE sip:a SIP/2.0\n" * n,
    "start lines with one header": lambda n: "INVITE sip:a SIP/2.0\nVia: x\n" * n,
    "versions on one line": lambda n: "SIP/2.0 " * n + "200 OK\n" + HEAD,
    "deep quotes": lambda n: ">" * n + " INVITE sip:a SIP/2.0\n" + HEAD,
    "quoted lines": lambda n: ("> " * 40 + "INVITE sip:a SIP/2.0\n" + "> " * 40 + "Via: x\n") * n,
    "angle brackets": lambda n: "SIP/2.0 200 OK\n" + HEAD + "<" * n,
    "entities": lambda n: "INVITE &lt;sip:a&gt; SIP/2.0\n" + "&lt;" * n + "\n" + HEAD,
    "headers": lambda n: "INVITE sip:a SIP/2.0\n" + HEAD * n,
    "one long header": lambda n: "INVITE sip:a SIP/2.0\n" + HEAD + "X: " + "a" * n,
    "wrapped lines": lambda n: "INVITE sip:a SIP/2.0\n" + HEAD + ("a" * 70 + "\n") * n,
    "blank lines": lambda n: "INVITE sip:a SIP/2.0\n" + "\n" * n + HEAD + "\n" * n,
    "endless body": lambda n: "INVITE sip:a SIP/2.0\n" + HEAD + "Content-Length: 999999999\n\n" + "abc\n" * n,
    "endless SDP": lambda n: "INVITE sip:a SIP/2.0\n" + HEAD + "Content-Type: application/sdp\n\nv=0\n" + "a=b\n" * n,
    "frame lines": lambda n: "2024/05/14 10:22:31.149511 192.0.2.10:5060 -> 192.0.2.2:5060\n" * n + "SIP/2.0 200 OK\n" + HEAD,
    "almost frame lines": lambda n: "<--- Received SIP request (" * n + "\nSIP/2.0 200 OK\n" + HEAD,
    "arrows": lambda n: "U 1:1 -> " * n + "\nSIP/2.0 200 OK\n" + HEAD,
    "tree lines": lambda n: "Session Initiation Protocol (INVITE)\n" * n + "SIP/2.0 200 OK\n" + HEAD,
    "deep tree": lambda n: "    Request-Line: INVITE sip:a SIP/2.0\n    Message Header\n" + (" " * 300 + "x: y\n") * n,
    "written line ends": lambda n: "INVITE sip:a SIP/2.0" + "\\r\\n" * n + "Via: x\\r\\n",
    "dots": lambda n: "  INVITE sip:a SIP/2.0..Via: x" + ".." * n + "\n" + ("  " + "." * 70 + "\n") * n,
    "digits": lambda n: "1" * n + " INVITE sip:a SIP/2.0\n" + "1" * n + " Via: x\n",
    "prefixes": lambda n: "".join(f"{_x(i)} INVITE sip:a SIP/2.0\n{_x(i)} Via: x\n" for i in range(n)),
    "long prefixes": lambda n: "x" * n + ": INVITE sip:a SIP/2.0\n" + "x" * n + ": Via: x\n",
    "carriage returns": lambda n: "SIP/2.0 200 OK\n" + HEAD + "\n" + "\r" * n,
    "octal ends": lambda n: "SIP/2.0 200 OK#012Via: x" + "#015" * n,
    "spaces": lambda n: "SIP/2.0 200 OK Via: x" + " " * n + "y",
    "backslashes": lambda n: "SIP/2.0 200 OK\\r\\nVia: x" + "\\r" * n,
    "names on one line": lambda n: "SIP/2.0 200 OK " + "Via: x " * n,
    "starts on one line": lambda n: "INVITE sip:a SIP/2.0 " * n + "\nVia: x",
    "tags": lambda n: "INVITE &lt;sip:a&gt; SIP/2.0\nVia: x\n\n" + "<p " * n,
    "braces": lambda n: '{"log":' * n + "SIP/2.0 200 OK\n" + HEAD,
    "clocks": lambda n: "SIP/2.0 200 OK\n" + HEAD + "\n" + "10:22:31 x\n23:59:59 y\n" * n,
    "escaped quotes": lambda n: 'x "INVITE sip:a SIP/2.0\\r\\nVia: ' + '\\"' * n + "\\r\\n",
    "packets of heplify": lambda n: "&HEP{Version:2,Protocol:17,SrcIP:" * n + "\nSIP/2.0 200 OK\n" + HEAD,
    "dots alone": lambda n: "  INVITE sip:a SIP/2.0..Via: x.\n" + "  .  \n" * n,
    "escapes": lambda n: "SIP/2.0 200 OK\n" + HEAD + "\n" + "\x1b[" * n + "\x1b]" * n,
}  # fmt: skip


def _steps(text: str) -> int:
    return steps(lambda: read_trace(text, "in1"))


@pytest.mark.parametrize("shape", HOSTILE)
def test_work_is_linear(shape: str) -> None:
    read_trace(HOSTILE[shape](3), "in1")  # modules and caches
    once, twice, four = (_steps(HOSTILE[shape](n)) for n in (60, 120, 240))
    assert twice <= 2.2 * once + 200
    assert four <= 2.2 * twice + 200


def test_line_too_long_is_said() -> None:
    trace = read_trace("INVITE sip:a SIP/2.0\n" + HEAD + "\n" + "x" * 100_000, "in1")
    assert trace is not None
    assert trace.wire.problems == ("1 lines were longer than 64 KiB and were cut",)


def test_log_lines_are_bounded() -> None:
    trace = read_trace("INVITE sip:a SIP/2.0\n" + HEAD + "\n" + "app: working\n" * 50_010, "in1")
    assert trace is not None
    assert len(trace.wire.log) == 50_000
    assert trace.wire.problems == ("10 log lines after the first 50000 were not kept",)
