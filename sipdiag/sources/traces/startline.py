"""Where a SIP message begins in a line of text.

Request-Line = Method SP Request-URI SP SIP-Version; Status-Line = SIP-Version SP Status-Code SP Reason-Phrase
(RFC 3261, 7.1 and 7.2). In a log something may stand before it; nothing may stand behind it but the dot that ngrep
prints for the CR.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_VERSION = re.compile(r"SIP/\d{1,2}\.\d{1,2}")
_STATUS = re.compile(r"(?<![\w/.-])SIP/\d{1,2}\.\d{1,2} {1,3}[1-6]\d\d(?![\w.@:])")
_METHOD = re.compile(r"[A-Za-z0-9!%*_+`'~.-]{1,40}")
_SCHEME = re.compile(r"<?[A-Za-z][A-Za-z0-9+.-]{0,20}:")
# What may stand directly before a start line that does not begin its line: the end of a prefix, or a quote sign.
_PREFIX_END = re.compile(r"(?:[\s>|:\]\"'`({=,<^]|<!\[CDATA\[)$")
# A header line. The name is a token of RFC 3261, 25.1, as far as headers have ever used it.
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,60}[ \t]{0,4}:(?!//)")
_USUAL = (  # RFC 3261, 3262, 3311, 3428, 3515, 3903, 6086, 6665
    "INVITE|ACK|BYE|CANCEL|OPTIONS|REGISTER|PRACK|UPDATE|INFO|SUBSCRIBE|NOTIFY|PUBLISH|MESSAGE|REFER"
)
_BURIED = re.compile(
    rf"(?:(?:{_USUAL}) <?[A-Za-z][A-Za-z0-9+.-]{{0,20}}:\S{{1,4000}} SIP/2\.0\s*$|SIP/2\.0 [1-6]\d\d(?: [^\t]*)?$)"
)
_LEVELS = frozenset(
    # as loggers of many languages write them
    ("debug", "dbg", "trace", "verbose", "info", "inf", "notice", "warn", "warning", "wrn", "error", "err", "fatal")
)


# Warning = "Warning" HCOLON warn-code SP warn-agent SP warn-text   (RFC 3261, 25.1): no log line, whatever its first word
_WARNING = re.compile(r"Warning[ \t]{0,4}:[ \t]{0,4}[0-9]{3} \S", re.IGNORECASE)


class Start(NamedTuple):
    """A start line: the text before it and the line itself, without trailing spaces."""

    prefix: str
    text: str

    @property
    def is_status(self) -> bool:
        return self.text.startswith("SIP/")


def find_start(text: str) -> Start | None:
    """The start line that a line of text is, or ends with; None where there is none.

    >>> find_start("[10:22:31 DBG] SIP/2.0 202 Accepted")
    Start(prefix='[10:22:31 DBG] ', text='SIP/2.0 202 Accepted')
    >>> find_start("Via: SIP/2.0/UDP 192.0.2.1") is None
    True
    """
    if "SIP/" not in text:
        return None
    return _request(text) or _status(text)


def _request(text: str) -> Start | None:
    line = text.rstrip(" \t\"'`")
    bare = line.removesuffix(".").rstrip()
    head, _, version = bare.rpartition(" ")
    if not _VERSION.fullmatch(version):
        return None
    words = head.rstrip()[-16_384:].rsplit(None, 2)
    if len(words) < 2:
        return None
    method, uri = words[-2], words[-1]
    begin = len(head.rstrip())  # the end of the URI; walk back over the URI, the gap and the method
    begin = text.rindex(uri, 0, begin)
    begin = text.rindex(method, 0, begin)
    prefix = text[:begin]
    # A method may be glued to what stands before it: >REFER, "REFER, :REFER
    glued = re.search(r"(?:[>|:\"'`({=,\]<^]|<!\[CDATA\[)(?=[A-Z]+$)", method)
    if glued is not None:
        prefix, method, begin = prefix + method[: glued.end()], method[glued.end() :], begin + glued.end()
    if not _METHOD.fullmatch(method):
        return None
    if prefix.strip(" \t>|") and not (
        method.isupper() and method.isalpha() and _PREFIX_END.search(prefix) and (_SCHEME.match(uri) or uri == "*")
    ):
        return None
    return Start(prefix, line[begin:])


def _status(text: str) -> Start | None:
    match = _STATUS.search(text)
    if match is None:
        return None
    prefix = text[: match.start()]
    if prefix.strip(" \t>|") and not _PREFIX_END.search(prefix):
        return None
    return Start(prefix, text[match.start() :].rstrip(" \t"))


def find_buried_start(text: str) -> Start | None:
    """The start line at the end of a line of octets, where any character may stand right before it.

    >>> find_buried_start("E..u.s@.@..7AREFER sip:a@b.example SIP/2.0")
    Start(prefix='', text='REFER sip:a@b.example SIP/2.0')
    """
    match = _BURIED.search(text) if "SIP/" in text else None
    return None if match is None else Start("", match[0].rstrip(" \t"))


def is_header(text: str) -> bool:
    """Whether a line looks like a header field, and not like a log line that begins with its level."""
    match = HEADER.match(text)
    if match is None:
        return False
    return match[0].rstrip(": \t").lower() not in _LEVELS or _WARNING.match(text) is not None
