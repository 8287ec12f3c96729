"""What mail programs, browsers, terminals and log collectors do to a paste does not change its messages."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable

import pytest

from sipdiag.sources.traces import read_trace
from tests.support.exchange import LOCAL, exchange
from tests.support.render import FORMATS

MESSAGES = [sent.data for sent in exchange()]


def _wrap(text: str, width: int) -> str:
    """Wrap wherever a line is full, as a terminal does."""
    return re.sub(rf"(.{{{width}}})(?=.)", r"\1\n", text)


def _flow(text: str, width: int) -> str:
    """Wrap at spaces, as a mail program does."""
    out = []
    for line in text.split("\n"):
        while len(line) > width and " " in line[1:width]:
            at = line.rindex(" ", 1, width)
            out.append(line[:at])
            line = line[at + 1 :]
        out.append(line)
    return "\n".join(out)


def _each_line(prefix: Callable[[int], str]) -> Callable[[str], str]:
    return lambda text: "\n".join(f"{prefix(number)}{line}".rstrip() for number, line in enumerate(text.split("\n")))


def _linked(line: str) -> str:
    """Escaped, with each URI made a link."""
    return re.sub(r"(sips?:[\w.+-]+@[\w.-]+)", r'<a href="\1">\1</a>', html.escape(line, quote=False)) or "&nbsp;"


SPOILED: dict[str, Callable[[str], str]] = {
    "windows line ends": lambda text: text.replace("\n", "\r\n"),
    "doubled CR": lambda text: text.replace("\n", "\r\r\n"),
    "html": lambda text: html.escape(text, quote=False),
    "html with quotes": lambda text: html.escape(text, quote=True),
    "html with breaks": lambda text: "<pre>" + html.escape(text).replace("\n", "<br>\n") + "</pre>",
    "html of a mail program": lambda text: (
        "<div class=WordSection1>"
        + "".join(
            f"<p class=MsoNormal><span style='font-family:Consolas'>{_linked(line)}<o:p></o:p></span></p>\n"
            for line in text.split("\n")
        )
    ),
    "html of a table": lambda text: (
        "<table><tbody>" + "".join(f"<tr><td><tt>{html.escape(line)}</tt></td></tr>\n" for line in text.split("\n"))
    ),
    "links of a mail program": lambda text: re.sub(r"([\w.+-]+@[\w.-]+)", r"\1<mailto:\1>", text),
    "links of a chat": lambda text: re.sub(r"([\w.+-]+@[\w.-]+)", r"<mailto:\1|\1>", text),
    "quoted": _each_line(lambda n: "> "),
    "quoted twice": _each_line(lambda n: ">> "),
    "quoted thrice": _each_line(lambda n: "> > > "),
    "indented": _each_line(lambda n: "    "),
    "tabs": _each_line(lambda n: "\t"),
    "code fence": lambda text: f"Hello,\n\n```text\n{text}\n```\n\nRegards",
    "no-break spaces": lambda text: text.replace(": ", ":\u00a0"),
    "zero width": lambda text: text.replace("\n", "\u200b\n").replace("@", "@\u200b"),
    "byte order mark": lambda text: "\ufeff" + text,
    "smart quotes": lambda text: re.sub(r'"([^"\n]*)"', "“\\1”", text),
    "colours": lambda text: "".join(f"\x1b[1;32m{line}\x1b[0m\n" for line in text.split("\n")),
    "trailing spaces": lambda text: text.replace("\n", "  \n"),
    "doubled lines": lambda text: text.replace("\n", "\n\n"),
    "syslog": _each_line(lambda n: f"May 14 10:22:{n % 60:02d} pbx app[{n + 100}]: "),
    "journald": _each_line(lambda n: "May 14 10:22:31 pbx-1.example app[4711]: "),
    "kubectl": _each_line(lambda n: f"2024-05-14T10:22:31.{n:09d}Z "),
    "compose": _each_line(lambda n: "sip-gateway-1  | "),
    "docker json": lambda text: "\n".join(
        json.dumps({"log": line + "\n", "stream": "stdout", "time": "2024-05-14T10:22:31.1495Z"})
        for line in text.split("\n")
    ),
    "octal line ends": lambda text: text.replace("\n", "#015\n"),
}


SOME = ["plain-messages", "sngrep-text", "asterisk-pjsip-logger", "freeswitch-siptrace", "pjsua-log", "sipjs-console"]


@pytest.mark.parametrize("how", SPOILED)
@pytest.mark.parametrize("name", SOME)
def test_spoiled(how: str, name: str) -> None:
    trace = read_trace(SPOILED[how](FORMATS[name].write(exchange(), LOCAL)), "in1")
    assert trace is not None
    assert [packet.data for packet in trace.wire.packets] == MESSAGES


@pytest.mark.parametrize("how", [how for how in SPOILED if how not in ("doubled lines", "code fence")])
def test_spoiled_tree(how: str) -> None:
    trace = read_trace(SPOILED[how](FORMATS["tshark-verbose"].write(exchange(), LOCAL)), "in1")
    assert trace is not None
    assert [packet.data for packet in trace.wire.packets] == MESSAGES


@pytest.mark.parametrize("how", ["windows line ends", "html", "quoted", "indented", "syslog"])
@pytest.mark.parametrize("name", FORMATS)
def test_spoiled_every_format(how: str, name: str) -> None:
    spoiled = SPOILED[how](FORMATS[name].write(exchange(), LOCAL))
    trace = read_trace(spoiled, "in1")
    assert trace is not None
    assert [packet.data for packet in trace.wire.packets] == MESSAGES


@pytest.mark.parametrize("width", [72, 80, 100])
def test_wrapped_by_a_terminal(width: int) -> None:
    text = FORMATS["plain-messages"].write(exchange(), LOCAL)
    trace = read_trace(_wrap(text, width), "in1")
    assert trace is not None
    assert [packet.data for packet in trace.wire.packets] == MESSAGES


@pytest.mark.parametrize("width", [60, 72])
def test_flowed_by_a_mail_program(width: int) -> None:
    text = FORMATS["plain-messages"].write(exchange(), LOCAL)
    trace = read_trace(_each_line(lambda n: "> ")(_flow(text, width)), "in1")
    assert trace is not None
    assert [packet.data for packet in trace.wire.packets] == MESSAGES


def test_no_blank_lines_at_all() -> None:
    text = FORMATS["plain-messages"].write(exchange(), LOCAL)
    trace = read_trace(re.sub(r"\n{2,}", "\n", text), "in1")
    assert trace is not None
    assert [packet.data for packet in trace.wire.packets] == MESSAGES


def test_utf16() -> None:
    trace = read_trace(FORMATS["plain-messages"].write(exchange(), LOCAL).encode("utf-16"), "in1")
    assert trace is not None
    assert [packet.data for packet in trace.wire.packets] == MESSAGES


@pytest.mark.parametrize("name", ["sngrep-text", "freeswitch-siptrace", "oracle-sipmsg", "avaya-sm"])
def test_the_newest_message_on_top(name: str) -> None:
    """As the search page of a log store shows it."""
    trace = read_trace(FORMATS[name].write(exchange()[::-1], LOCAL), "in1")
    assert trace is not None
    assert [packet.data for packet in trace.wire.packets] == MESSAGES
    times = [packet.frame.time or 0.0 for packet in trace.wire.packets]
    assert times == sorted(times)
