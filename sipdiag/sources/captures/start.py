"""Telling SIP from everything else by its first line, at the speed of a capture."""

from __future__ import annotations

import re

# Request-Line = Method SP Request-URI SP SIP-Version CRLF; Status-Line = SIP-Version SP Status-Code SP ... (RFC 3261, 25.1)
# Wider than the grammar where real and hostile senders are: several blanks, blanks in the URI, a bare LF, any version.
# What follows must be a header, nothing, or not yet there: HTTP servers exist that say "SIP/2.0 200 OK" first.
_LINE = (
    rb"(?:SIP/\d\.\d[ \t]++[1-9]\d\d(?:[ \t][^\r\n]*+)?+"
    rb"|[A-Za-z][A-Za-z0-9.!%*_+`'~-]{0,39}[ \t]++[^\r\n]{1,65000}[ \t]SIP/\d\.\d[ \t]*+)"
    rb"(?:\Z|\r?\n(?:[\r\n]|[^\r\n:]*+(?::|\Z)))"
)
START = re.compile(rb"[\r\n]*+(?P<line>" + _LINE + rb")")
# Inside a stream, a message begins at the beginning of a line.
RESTART = re.compile(rb"(?:\A|\n)(?P<line>" + _LINE + rb")")

CALL_ID = re.compile(rb"(?i)\n(?:Call-ID|i)[ \t]*:\s*([^\s]+)")
CONTENT_LENGTH = re.compile(rb"(?i)\n(?:Content-Length|l)[ \t]*:\s*(\d{1,9})[ \t]*(?:[\r\n]|\Z)")
CONTENT_TYPE = re.compile(rb"(?i)\n(?:Content-Type|c)[ \t]*:")
