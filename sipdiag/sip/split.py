"""The start line of a message and its header fields, split but not yet read (RFC 3261 7.1 to 7.3)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

from sipdiag.cached import cached_property
from sipdiag.dataclass import dataclass
from sipdiag.sip.errors import SipSyntaxError
from sipdiag.sip.header import Header
from sipdiag.sip.names import canonical_name
from sipdiag.sip.params import TOKEN
from sipdiag.sip.uri import Uri, read_uri

# generic-message = start-line *message-header CRLF [ message-body ]
# Pasted traces have LF for CRLF, and both may stand in one message.
_LEADING = re.compile(rb"[\r\n]*")
_FOLD = re.compile(rb"\r?\n[ \t]+")
# Request-Line = Method SP Request-URI SP SIP-Version CRLF
# Several SP, trailing SP and other versions are read and reported.
_REQUEST = re.compile(r"(\S+)([ \t]+)(?=\S)")
_VERSION = re.compile(r"SIP/[0-9]+\.[0-9]+", re.IGNORECASE)
# Status-Line = SIP-Version SP Status-Code SP Reason-Phrase CRLF
# Real gateways drop the last SP when the reason is empty; so do we.
_STATUS = re.compile(r"(SIP/[0-9]+\.[0-9]+)([ \t]+)([0-9]+)(?:[ \t](.*))?[ \t]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StartLine:
    """A request line (`method`, `uri_text`) or a status line (`status`, `reason`); neither where it is none of both."""

    method: str | None = None
    uri_text: str | None = None
    status: int | None = None
    reason: str | None = None
    errors: tuple[SipSyntaxError, ...] = ()


# A header field found but not decoded: its line, its start, and what stands before and behind its colon. A folded one
# has line ends in it.
_Raw: TypeAlias = tuple[int, int, bytes, bytes]


@dataclass(frozen=True)
class Head:
    """What stands before the body: the start line and the header fields. All places are offsets in `data`.

    `line` is the number of the start line in `data`: empty lines may stand before it.
    """

    data: bytes
    start: int
    line: int
    headers_start: int
    headers_end: int
    body_start: int

    @cached_property
    def start_line(self) -> str:
        return self.data[self.start : self.headers_start].rstrip(b"\r\n").decode("utf-8", "replace")

    @cached_property
    def first(self) -> StartLine:
        text = self.start_line
        # The same few status lines open most responses.
        return (
            status_line(text, self.line) if len(text) <= 40 and text[:4] == "SIP/" else read_start_line(text, self.line)
        )

    @cached_property
    def request_uri(self) -> tuple[Uri | None, tuple[SipSyntaxError, ...]]:
        """The Request-URI with its faults, read also where it is wrongly put into <>."""
        text = self.first.uri_text
        if text is None:
            return None, ()
        errors: tuple[SipSyntaxError, ...]
        prefix = self.start_line.find(text, len(self.first.method or ""))
        if text.startswith("<") and text.endswith(">"):
            uri, errors = read_uri(text[1:-1])
            errors = (SipSyntaxError("the Request-URI stands in <>", 0), *errors)
            prefix += 1
        else:
            uri, errors = read_uri(text)
        if uri is not None and uri.headers:
            span = uri.span("headers")
            at = None if span is None else span[0] + 1
            errors = (*errors, SipSyntaxError("headers are not allowed in a Request-URI (RFC 3261 19.1.1)", at))
        return uri, tuple(e.within(None, self.line, prefix) for e in errors)

    @cached_property
    def _found(self) -> tuple[dict[str, list[_Raw]], tuple[SipSyntaxError, ...]]:
        return _find_fields(self.data, self.headers_start, self.headers_end, self.line + 1)

    @cached_property
    def _made(self) -> dict[str, tuple[Header, ...]]:
        return {}

    def fields(self, canonical: str) -> tuple[Header, ...]:
        """The header fields of a name, in order. They are decoded when first asked for."""
        made = self._made.get(canonical)
        if made is None:
            raw = self._found[0].get(canonical)
            if raw is None:
                return ()
            made = self._made[canonical] = tuple(_decode(canonical, *entry) for entry in raw)
        return made

    def first_value(self, canonical: str) -> str | None:
        """The value of the first header field of a name, without the rest of the field: most are asked for no more."""
        raw = self._found[0].get(canonical)
        return None if raw is None else _text(raw[0][3])

    def values(self, canonical: str) -> tuple[str, ...]:
        """The values of all header fields of a name, in order."""
        raw = self._found[0].get(canonical)
        return () if raw is None else tuple([_text(value) for _, _, _, value in raw])

    @cached_property
    def headers(self) -> tuple[Header, ...]:
        every = [field for canonical in self._found[0] for field in self.fields(canonical)]
        return tuple(sorted(every, key=lambda field: field.start))

    @property
    def header_errors(self) -> tuple[SipSyntaxError, ...]:
        return self._found[1]


def split_head(data: bytes) -> Head:
    """Find the start line, the header fields and the body. Empty lines before the start line are skipped."""
    start, line = 0, 1
    if data.startswith((b"\r", b"\n")) and (leading := _LEADING.match(data)):
        start = leading.end()
        line += data.count(b"\n", 0, start)
    head_end, body_start = _blank_line(data, start)
    first_end = data.find(b"\n", start, head_end)
    headers_start = head_end if first_end < 0 else first_end + 1
    return Head(data, start, line, headers_start, head_end, body_start)


def _blank_line(data: bytes, start: int) -> tuple[int, int]:
    """Where the header fields end and where the body starts; the end of the data where no empty line was captured."""
    crlf = data.find(b"\r\n\r\n", start)
    end = crlf if crlf >= 0 else len(data)
    # In a message with LF for CRLF, or with both, the empty line stands earlier; what stands later is the body's.
    if data.find(b"\n\n", start, end) < 0 and data.find(b"\n\r\n", start, end) < 0:
        return end, min(end + 4, len(data))
    found = [(at, at + len(blank)) for blank in (b"\n\n", b"\n\r\n") if (at := data.find(blank, start, end)) >= 0]
    at, body_start = min(found)
    return (at - 1 if data[at - 1 : at] == b"\r" else at), body_start


def read_start_line(text: str, line: int = 1) -> StartLine:
    """Read a start line, keeping what breaks the grammar.

    >>> read_start_line("SIP/2.0 603 Decline").status, read_start_line("BYE sip:a@b SIP/2.0").uri_text
    (603, 'sip:a@b')
    """
    words = text.split(" ")
    if len(words) == 3 and words[2] == "SIP/2.0" and words[1] and TOKEN.fullmatch(words[0]):
        return StartLine(words[0], words[1])
    errors: list[SipSyntaxError] = []

    def fault(message: str, at: int) -> None:
        errors.append(SipSyntaxError(message, at + 1, line))

    status = _STATUS.fullmatch(text)
    if status is not None:
        version, space, digits, reason = status.groups()
        if version.upper() != "SIP/2.0":
            fault(f"version {version[:20]} is not SIP/2.0", 0)
        if space != " ":
            fault("one space belongs before the status code", status.start(2))
        code = int(digits) if len(digits) == 3 and "100" <= digits <= "699" else None
        if code is None:
            fault(f"{digits[:20]} is not a status code", status.start(3))
        return StartLine(status=code, reason=(reason or "").strip(), errors=tuple(errors))
    request = _REQUEST.match(text)
    line_end = len(text.rstrip(" \t"))
    version_at = max(text.rfind(" ", 0, line_end), text.rfind("\t", 0, line_end)) + 1
    if request is None or version_at <= request.end() or not _VERSION.fullmatch(text, version_at, line_end):
        return StartLine(errors=(SipSyntaxError(f"neither a request nor a status line: {text[:40]!r}", 1, line),))
    method = request[1]
    uri_text = text[request.end() : version_at].rstrip(" \t")
    uri_end = request.end() + len(uri_text)
    if not TOKEN.fullmatch(method):
        fault(f"method {method[:40]!r} is not a token", 0)
    if request[2] != " ":
        fault("one space belongs between method and Request-URI", request.start(2) + 1)
    if text[uri_end:version_at] != " ":
        fault("one space belongs between Request-URI and version", uri_end + 1)
    if text[version_at:line_end].upper() != "SIP/2.0":
        fault(f"version {text[version_at:line_end][:20]} is not SIP/2.0", version_at)
    if line_end < len(text):
        fault("white space at the end of the request line", line_end)
    return StartLine(method, uri_text, errors=tuple(errors))


@lru_cache(maxsize=256)
def status_line(text: str, line: int) -> StartLine:
    """As `read_start_line`, of one that begins with `SIP/`."""
    return read_start_line(text, line)


def _find_fields(
    data: bytes, start: int, end: int, line: int
) -> tuple[dict[str, list[_Raw]], tuple[SipSyntaxError, ...]]:
    # message-header = field-name HCOLON header-value CRLF;  HCOLON = *( SP / HTAB ) ":" SWS
    # A line that begins with white space goes on the line before it (RFC 3261 7.3.1).
    found: dict[str, list[_Raw]] = {}
    errors: list[SipSyntaxError] = []
    last: list[_Raw] | None = None  # the fields of which the last one is the field before this line
    more: list[bytes] = []  # the lines that go on that one
    at = start
    for text in data[start:end].split(b"\n"):
        name, colon, value = text.partition(b":")
        # Names that are usual come first: this runs for each line of each message.
        canonical = _NAMES.get(name) if colon else None
        if canonical is None and text.startswith(_WHITE):
            if last is not None:
                more.append(text)
            else:
                errors.append(SipSyntaxError("a folded line without a header field before it", 1, line))
            at += len(text) + 1
            line += 1
            continue
        if more and last is not None:
            last[-1] = _folded(last[-1], more)
            more = []
        if colon and name:
            canonical = canonical or _canonical(name)
            field = (line, at, name, value)
            last = found.get(canonical)
            if last is None:
                found[canonical] = last = [field]
            else:
                last.append(field)
        else:
            if text.strip():
                errors.append(SipSyntaxError("expected '<name>: <value>'", 1, line))
            last = None
        at += len(text) + 1
        line += 1
    if more and last is not None:
        last[-1] = _folded(last[-1], more)
    return found, tuple(errors)


def _folded(field: _Raw, more: list[bytes]) -> _Raw:
    line, at, name, value = field
    return line, at, name, b"\n".join((value, *more))


_WHITE = (b" ", b"\t")
_USUAL = (
    "Via", "From", "To", "Call-ID", "CSeq", "Contact", "Max-Forwards", "Content-Length", "Content-Type", "Route",
    "Record-Route", "Allow", "Supported", "User-Agent", "Server", "Event", "Refer-To", "Referred-By", "Require",
    "Subscription-State", "Expires", "Date", "Session-Expires", "Accept", "Allow-Events", "Reason", "Warning",
)  # fmt: skip
_NAMES: dict[bytes, str] = {
    spelling.encode(): canonical_name(name) for name in _USUAL for spelling in (name, name.lower(), name.upper())
}


def _canonical(name: bytes) -> str:
    """The canonical name of one that is not among `_NAMES`."""
    return canonical_name(name.strip(b" \t").decode("utf-8", "replace"))


def _text(value: bytes) -> str:
    """The value of a header field as text: without the white space around it, and in one line."""
    content = value.strip()
    return (_FOLD.sub(b" ", content) if b"\n" in content else content).decode("utf-8", "replace")


def _decode(canonical: str, line: int, start: int, name: bytes, value: bytes) -> Header:
    stop = start + len(name) + 1 + len(value)
    value_start = stop - len(value.lstrip())
    end = stop - 1 if value.endswith(b"\r") else stop
    written = name.decode("utf-8", "replace").strip(" \t")
    return Header(written, canonical, _text(value), line, start, min(value_start, end), end)
