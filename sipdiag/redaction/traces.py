"""Pasted traces and logs: header fields and bodies wherever they stand in the text, everything else as text.

No format is told from another: a line may have anything before a header field, line ends may be written out, and
messages may stand in any frame. What the reader makes of the text is used to learn names and bodies first.
"""

from __future__ import annotations

import re
from itertools import pairwise

from sipdiag.raw import Packet
from sipdiag.redaction import kept
from sipdiag.redaction.bodies import redact_sdp
from sipdiag.redaction.lines import redact_start
from sipdiag.redaction.text import Care, TextRedactor
from sipdiag.redaction.units import through_units
from sipdiag.sip.message import parse_message
from sipdiag.sip.names import canonical_name

# Line ends, also those that syslog, JSON and terminals write out.
_END = re.compile(
    r"(?:\\+u000[dD])?\\+u000[aA]|(?:\\+r)?\\+n(?![a-z]{2})|(?:#015)*#012|(?:\\x0[dD])?\\x0[aA]|\\015\\012|<br ?/?>|\r*\n|\r"
)
_NAME = re.compile(r"(?:^|(?<=[\s|>\"'\](<]))(?P<name>[A-Za-z][\w\-]{0,60})(?P<colon>[ \t]*:[ \t]*)")
_COMPACT = re.compile(r"\s*(?P<name>[vftmicklresoduxyabjn])(?P<colon>[ \t]*:[ \t]+)")
_SPACED = re.compile(
    r" (?=(?:Via|Route|Record-Route|From|To|Call-ID|CSeq|Contact|Max-Forwards|Refer-To|Referred-By|User-Agent|Server|Allow|Supported|Content-Type|Content-Length|(?:Proxy-|WWW-)?Auth[a-z]+|P-[A-Z][\w\-]+|X-[\w\-]+|[A-Z][a-z]+(?:-[A-Z][A-Za-z]+)+) {0,2}:)"
)
_SEVERAL = 3  # header fields that a line names when it holds a whole message
_LOOKED_AT = 300  # characters of a line before a header field
_DUMP = re.compile(r"(?m)^  (?=[^\n]*SIP/2\.0)[^\n]*\.\.[^\n]*(?:\n  [^\n]*)*")  # ngrep without -W byline
_DOTS = re.compile(r"\.\.(?!\w*\.\w)|\n")
_STATUS = re.compile(r"(?P<before>.*?)(?P<line>SIP/2\.0[ \t]+[1-6]\d\d(?:[ \t].*)?)\Z", re.DOTALL)
_REQUEST = re.compile(r"(?P<before>.*?)(?P<line>(?<![\w/])[A-Z]{3,20}[ \t]+\S+[ \t]+SIP/2\.0)(?P<after>.*)", re.DOTALL)
_SDP = re.compile(
    r"(?P<before>.*?)(?P<line>(?<![\w;?&])(?:v=0|o=\S+ \d+ \d+ IN |c=IN |m=(?:audio|video|image|message|application) |a=[A-Za-z]|s=|t=\d+ \d|b=[A-Z]+:|[iuepk]=).*)",
    re.DOTALL,
)
_SDP_TYPES = ("application/sdp", "message/sipfrag")
_SHORTEST = 3


def redact_trace(redactor: TextRedactor, text: str, packets: tuple[Packet, ...] = ()) -> str:
    """The text of a trace. `packets` are what the reader found in it."""
    bodies = _other_bodies(packets)
    return _Trace(redactor, bodies).redact(text)


def _other_bodies(packets: tuple[Packet, ...]) -> frozenset[str]:
    """The lines of bodies that have to go."""
    found: set[str] = set()
    for packet in packets:
        message = parse_message(packet.data)
        kind = message.content_type or ""
        if message.body.strip() and kind and kind not in _SDP_TYPES and not kind.startswith("multipart/"):
            found.update(line.strip() for line in message.body.decode("utf-8", "surrogateescape").splitlines())
    return frozenset(line for line in found if len(line) >= _SHORTEST)


class _Trace:
    def __init__(self, redactor: TextRedactor, bodies: frozenset[str]) -> None:
        self._redactor, self._bodies = redactor, bodies
        self._name = ""  # the header field that a folded line belongs to
        self._described = False  # inside a session description

    def redact(self, text: str) -> str:
        out: list[str] = []
        at = 0
        for dump in _DUMP.finditer(text):
            out += (self._lines(text[at : dump.start()], _END), self._dump(dump[0]))
            at = dump.end()
        return "".join((*out, self._lines(text[at:], _END)))

    def _lines(self, text: str, ends: re.Pattern[str]) -> str:
        out: list[str] = []
        at = 0
        for end in ends.finditer(text):
            out += (self._line(text[at : end.start()]), end[0])
            at = end.end()
        return "".join((*out, self._line(text[at:])))

    def _dump(self, text: str) -> str:
        """Lines that a dump broke after so many characters, with dots for line ends: broken again in the same places."""
        breaks = [(m.start(), m[0]) for m in re.finditer(r"\r?\n  ", text)]
        whole = re.sub(r"\r?\n  ", "", text)
        done = self._lines(whole, _DOTS)
        if len(done) != len(whole):
            return re.sub(r"[^\s]", "x", text)
        for at, written in breaks:
            done = done[:at] + written + done[at:]
        return done

    def _line(self, line: str) -> str:
        if "SIP/2.0" in line and len(_SPACED.findall(line)) >= _SEVERAL:
            starts = [0, *(m.start() + 1 for m in _SPACED.finditer(line)), len(line)]
            return "".join(self._field_line(line[a:b]) for a, b in pairwise(starts))
        return self._field_line(line)

    def _field_line(self, line: str) -> str:
        r = self._redactor
        if not line.strip():
            self._name = ""
            return line
        if self._bodies and (tail := next((b for b in self._bodies if line.rstrip().endswith(b)), None)):
            begin = line.rindex(tail)
            return r.text(line[:begin]) + re.sub(r"\S", "x", tail) + line[begin + len(tail) :]
        request = _REQUEST.match(line) if "SIP/2.0" in line else None
        if request is not None:
            self._name, self._described = "", False
            return r.text(request["before"]) + redact_start(r, request["line"]) + r.text(request["after"])
        status = _STATUS.match(line) if "SIP/2.0" in line else None
        if status is not None:
            self._name, self._described = "", False
            return r.text(status["before"]) + redact_start(r, status["line"])
        field = _field(line)
        if field is not None:
            self._name, self._described = field["name"], False
            begin = field.end()
            return (
                r.text(line[: field.start("name")])
                + line[field.start("name") : begin]
                + self._value(self._name, line[begin:])
            )
        if self._name and line[0] in " \t":
            return self._value(self._name, line)
        self._name = ""
        described = _SDP.match(line)
        if described is not None and (
            self._described or described["line"].startswith(("v=0", "o=", "c=IN", "m=", "a="))
        ):
            self._described = described["line"].startswith("v=0") or self._described
            return r.text(described["before"]) + redact_sdp(r, described["line"])
        return r.text(line)

    def _value(self, name: str, value: str) -> str:
        r = self._redactor
        written = re.search(r"(?<!\\)[\"']\s*[,}].*$|[ \t]*[|<].{0,3}$", value) if value.count('"') % 2 else None
        tail = written[0] if written else ""
        body = value[: len(value) - len(tail)] if tail else value
        canonical = canonical_name(name)
        escaped = '\\"' in body
        if kept.header_rule(canonical) == "other":
            return r.text(body, Care.TEXT) + (r.text(tail) if tail else "")
        done = through_units(body, lambda t: r.field(canonical, t)) if escaped else r.field(canonical, body)
        return done + (r.text(tail) if tail else "")


def _field(line: str) -> re.Match[str] | None:
    """Name and colon of the first header field on a line. In lower case it has to begin the line: logs say `from:` too."""
    compact = _COMPACT.match(line)
    if compact is not None:
        return compact
    for found in _NAME.finditer(line[: _LOOKED_AT + 64]):
        name = found["name"]
        known = name.lower().startswith(("x-", "p-")) or kept.header_rule(name) != "other"
        if known and (name != name.lower() or not line[: found.start()].strip()):
            return found
    return None
