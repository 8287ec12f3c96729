"""The start line of a message and its header fields, split but not yet read (RFC 3261 7.1 to 7.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from sipdiag.sip.errors import SipSyntaxError
from sipdiag.sip.header import Header, canonical_name
from sipdiag.sip.params import TOKEN
from sipdiag.sip.uri import Uri, read_uri

# generic-message = start-line *message-header CRLF [ message-body ]
# Pasted traces have LF for CRLF, and both may stand in one message.
_BLANK = re.compile(rb"\r?\n\r?\n")
_LEADING = re.compile(rb"[\r\n]*")
_FOLD = re.compile(rb"\r?\n[ \t]+")
# Request-Line = Method SP Request-URI SP SIP-Version CRLF
# Several SP, trailing SP and other versions are read and reported.
_REQUEST = re.compile(r"(\S+)([ \t]+)(?=\S)")
_VERSION = re.compile(r"SIP/[0-9]+\.[0-9]+", re.IGNORECASE)
# Status-Line = SIP-Version SP Status-Code SP Reason-Phrase CRLF
# Real gateways drop the last SP when the reason is empty; so do we.
_STATUS = re.compile(r"(SIP/[0-9]+\.[0-9]+)([ \t]+)([0-9]+)(?:[ \t](.*))?[ \t]*", re.IGNORECASE)


@dataclass(frozen=True)
class Head:
    """A start line, read, and what stands between it and the body. `lines_before` are empty lines before it."""

    data: bytes
    start: int
    body_start: int
    start_line: str
    method: str | None = None
    uri_text: str | None = None
    status: int | None = None
    reason: str | None = None
    line: int = 1
    headers_start: int = 0
    headers_end: int = 0
    start_errors: tuple[SipSyntaxError, ...] = ()

    @cached_property
    def uri(self) -> Uri | None:
        return self._uri[0]

    @cached_property
    def _uri(self) -> tuple[Uri | None, tuple[SipSyntaxError, ...]]:
        """The Request-URI, read also where it is wrongly put into <>."""
        text = self.uri_text
        if text is None:
            return None, ()
        if text.startswith("<") and text.endswith(">"):
            uri, errors = read_uri(text[1:-1])
            return uri, (SipSyntaxError("the Request-URI stands in <>", 1), *errors)
        uri, errors = read_uri(text)
        if uri is not None and uri.headers:
            span = uri.span("headers")
            at = None if span is None else span[0] + 1
            errors = (*errors, SipSyntaxError("headers are not allowed in a Request-URI (RFC 3261 19.1.1)", at))
        return uri, errors

    @property
    def uri_errors(self) -> tuple[SipSyntaxError, ...]:
        prefix = self.start_line.find(self.uri_text) if self.uri_text else 0
        return tuple(e.within(None, self.line, prefix) for e in self._uri[1])

    @cached_property
    def _split(self) -> tuple[tuple[Header, ...], tuple[SipSyntaxError, ...]]:
        return _split_headers(self.data, self.headers_start, self.headers_end, self.line + 1)

    @property
    def headers(self) -> tuple[Header, ...]:
        return self._split[0]

    @property
    def header_errors(self) -> tuple[SipSyntaxError, ...]:
        return self._split[1]

    @cached_property
    def index(self) -> dict[str, tuple[Header, ...]]:
        """The header fields by canonical name."""
        found: dict[str, list[Header]] = {}
        for field in self._split[0]:
            found.setdefault(field.canonical, []).append(field)
        return {name: tuple(fields) for name, fields in found.items()}


def split_head(data: bytes) -> Head:
    """Find the start line, the header fields and the body. Empty lines before the start line are skipped."""
    leading = _LEADING.match(data)
    start = leading.end() if leading else 0
    line = 1 + data.count(b"\n", 0, start)
    blank = _blank_line(data, start)
    head_end, body_start = blank if blank is not None else (len(data), len(data))
    first_end = data.find(b"\n", start, head_end)
    if first_end < 0:
        first_end = head_end
    text = data[start:first_end].rstrip(b"\r\n").decode("utf-8", "replace")
    headers_start = min(first_end + 1, head_end)
    made = _start_line(text, line)
    return Head(
        data, start, body_start, text, made.method, made.uri_text, made.status, made.reason, line,
        headers_start, head_end, made.errors,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _StartLine:
    method: str | None = None
    uri_text: str | None = None
    status: int | None = None
    reason: str | None = None
    errors: tuple[SipSyntaxError, ...] = ()


def _blank_line(data: bytes, start: int) -> tuple[int, int] | None:
    """Where the header fields end and where the body starts; None where no empty line was captured."""
    crlf = data.find(b"\r\n\r\n", start)
    # An LF-only end can only come earlier; where the message has no bare LF there, this looks at the head alone.
    match = _BLANK.search(data, start, crlf + 2 if crlf >= 0 else len(data))
    if match is not None:
        return match.start(), match.end()
    return None if crlf < 0 else (crlf, crlf + 4)


def _start_line(text: str, line: int) -> _StartLine:
    errors: list[SipSyntaxError] = []

    def fault(message: str, at: int) -> None:
        errors.append(SipSyntaxError(message, at + 1, line))

    status = _STATUS.fullmatch(text)
    if status is not None:
        version, space, digits, reason = status.groups()
        if version.upper() != "SIP/2.0":
            fault(f"version {version} is not SIP/2.0", 0)
        if space != " ":
            fault("one space belongs before the status code", status.start(2))
        code = int(digits) if len(digits) == 3 and "100" <= digits <= "699" else None
        if code is None:
            fault(f"{digits[:20]} is not a status code", status.start(3))
        return _StartLine(status=code, reason=(reason or "").strip(), errors=tuple(errors))
    request = _REQUEST.match(text)
    line_end = len(text.rstrip(" \t"))
    version_at = max(text.rfind(" ", 0, line_end), text.rfind("\t", 0, line_end)) + 1
    if request is None or version_at <= request.end() or not _VERSION.fullmatch(text, version_at, line_end):
        return _StartLine(errors=(SipSyntaxError(f"neither a request nor a status line: {text[:40]!r}", 1, line),))
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
    return _StartLine(method=method, uri_text=uri_text, errors=tuple(errors))


def _split_headers(
    data: bytes, start: int, end: int, line: int
) -> tuple[tuple[Header, ...], tuple[SipSyntaxError, ...]]:
    # message-header = field-name HCOLON header-value CRLF;  HCOLON = *( SP / HTAB ) ":" SWS
    found: list[Header] = []
    errors: list[SipSyntaxError] = []
    at = start
    while at < end:
        first, stop = at, at
        lines = 0
        while True:  # one line, and those folded into it
            newline = data.find(b"\n", stop, end)
            stop = end if newline < 0 else newline
            lines += 1
            at = stop + 1
            if newline < 0 or data[at : at + 1] not in (b" ", b"\t") or at >= end:
                break
            stop = at
        if data[stop - 1 : stop] == b"\r":
            stop -= 1
        colon = data.find(b":", first, stop)
        name = data[first:colon].rstrip().decode("utf-8", "replace") if colon >= 0 else ""
        if not name or name[0] in " \t":
            if stop > first:
                errors.append(SipSyntaxError("expected '<name>: <value>'", 1, line))
        else:
            value = data[colon + 1 : stop]
            value_at = colon + 1 + len(value) - len(value.lstrip())
            if lines > 1:
                value = _FOLD.sub(b" ", value)
            text = value.strip().decode("utf-8", "replace")
            found.append(Header(name, canonical_name(name), text, line, first, min(value_at, stop), stop))
        line += lines
    return tuple(found), tuple(errors)
