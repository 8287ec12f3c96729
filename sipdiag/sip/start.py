"""Where a SIP message begins: told by its start line, never by a port (RFC 3261 7.1, 7.2)."""

from __future__ import annotations

from typing import TypeAlias

from sipdiag.patterns import pattern

Buffer: TypeAlias = bytes | bytearray

MOST_LINE = 16 * 1024  # bytes of a start line; a longer one begins no message
VERSION = b"SIP/2.0"

# Status-Line = SIP-Version SP Status-Code SP Reason-Phrase CRLF
# The last SP is often dropped with the reason.
_STATUS = pattern(rb"SIP/2\.0 [1-6][0-9]{2}(?![0-9])")
# Request-Line = Method SP Request-URI SP SIP-Version CRLF
# Several SP are taken, and so is a Request-URI with spaces in it if it has a scheme: such a message is evidence.
_METHOD = pattern(
    rb"[A-Za-z0-9\-.!%*_+`'~]{1,64} ++(?:<?[A-Za-z][A-Za-z0-9+.-]{0,40}+:|[!-~\x80-\xff]++ ++SIP/2\.0\s*+\Z)"
)
# Where other bytes stand before it on the same line, only a usual method and a URI with a scheme count.
_METHOD_INSIDE = pattern(rb"(?<![A-Za-z])[A-Z]{3,16} [A-Za-z][A-Za-z0-9+.-]*:")
# message-header = field-name HCOLON header-value
_HEADER = pattern(rb"[A-Za-z0-9\-.!%*_+`'~]+[ \t]*:")


def is_start(data: Buffer) -> bool:
    """Whether bytes begin with a SIP request or status line; empty lines may stand before it.

    >>> is_start(b"REFER sip:bob@example.com SIP/2.0\\r\\n"), is_start(b"SIP/2.0 202 Accepted\\r\\n")
    (True, True)
    >>> is_start(b"GET /?q=sip:a SIP/2.0 HTTP/1.1\\r\\n"), is_start(b"SIP/2.0/UDP 192.0.2.1")
    (False, False)
    """
    if data.startswith((b"\r", b"\n")):
        data = data[:MOST_LINE].lstrip(b"\r\n")
    if data.startswith(VERSION):
        return _STATUS.match(data) is not None
    end = data.find(b"\n", 0, MOST_LINE)
    return is_request_line(data[: end if end >= 0 else MOST_LINE])


def is_request_line(line: Buffer) -> bool:
    return line.rstrip().endswith(b" SIP/2.0") and _METHOD.match(line) is not None


def is_header_line(line: Buffer) -> bool:
    return _HEADER.match(line) is not None


def start_in_line(line: Buffer) -> int:
    """Where in a line a start line begins, which other bytes may precede; -1 where none does.

    >>> start_in_line(b"\\x00\\x17OPTIONS sip:a@b SIP/2.0\\r\\n"), start_in_line(b"Via: SIP/2.0/UDP 192.0.2.1\\r\\n")
    (2, -1)
    """
    if line.rstrip().endswith(b" SIP/2.0"):
        if _METHOD.match(line):
            return 0
        match = _METHOD_INSIDE.search(line)
        return match.start() if match else -1
    match = _STATUS.search(line)
    return match.start() if match else -1


def find_start(data: Buffer, pos: int = 0) -> int:
    """The place of the next SIP start line at or after `pos`, or -1. Linear.

    A start line counts where a header field follows it, as far as the data goes: the status line in a sipfrag body is
    none, unless header fields follow that as well.

    >>> find_start(b"junk\\r\\nSIP/2.0 200 OK\\r\\nVia: SIP/2.0/UDP a\\r\\n")
    6
    """
    at = pos
    while (hit := data.find(VERSION, at)) >= 0:
        line_start = max(data.rfind(b"\n", at, hit) + 1, at, hit - MOST_LINE)
        line_end = data.find(b"\n", hit)
        if line_end < 0:
            line_end = len(data)
        found = start_in_line(data[line_start:line_end])
        follows = data[line_end + 1 : line_end + 257]
        if found >= 0 and (not follows or is_header_line(follows)):
            return line_start + found
        at = line_end + 1
    return -1
