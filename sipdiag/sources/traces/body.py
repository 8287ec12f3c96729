"""The body of a message, put together from lines as it was on the wire.

Content-Length counts the body with CRLF; a paste has lost the CRs, and maybe the last line end.
"""

from __future__ import annotations

import re

from sipdiag.sources.traces.lines import encoded
from sipdiag.sources.traces.startline import find_start, is_header

LARGEST_BODY = 256 * 1024
# The header fields that a response may begin with; one of them below a status line makes it a message.
_OF_A_MESSAGE = re.compile(
    r"(?:via|v|record-route|from|f|to|t|call-id|i|cseq|contact|m|max-forwards|allow|supported|k|server|user-agent|date|"
    r"warning|www-authenticate|proxy-authenticate|content-type|c|content-length|l)[ \t]{0,4}:",
    re.IGNORECASE,
)
_SDP_LINE = re.compile(r"[a-z]=")


class Body:
    """The lines of one body, and whether a further line still belongs to it."""

    def __init__(self, content_type: str, length: int | None) -> None:
        kind = content_type.lower()
        self.length = length
        self.sdp = kind.startswith("application/sdp")
        self.sipfrag = kind.startswith(("message/sipfrag", "message/sip"))
        self.holds_messages = kind.startswith(("multipart/", "message/"))
        self.expected = length != 0 and (bool(length) or bool(kind))
        self._lines: list[bytes] = []
        self._size = 0
        self._started = False  # a sipfrag has its start line

    def __bool__(self) -> bool:
        return bool(self._lines)

    @property
    def full(self) -> bool:
        return self._size >= (LARGEST_BODY if self.length is None else min(self.length, LARGEST_BODY))

    @property
    def missing(self) -> int:
        """Bytes that Content-Length announces and that are not here."""
        return 0 if self.length is None else max(0, self.length - self._size)

    def begins_with(self, text: str, following: str | None) -> bool:
        """Whether a body without the empty line before it begins here, `following` being the next line."""
        if not self.expected:
            return False
        if self.sdp:
            return text.startswith("v=")
        return self.sipfrag and self.takes(text, following)

    def takes(self, text: str, following: str | None) -> bool:
        """Whether a line belongs to the body. `following` is the next line that is not blank."""
        blank = not text.strip()
        if self.sdp:
            # a body that had bare line feeds is full one line too early, so SDP goes on while it looks like SDP
            return (
                _SDP_LINE.match(text) is not None and (not self.full or self.missing == 0) and self._size < LARGEST_BODY
            )
        if self.full:
            return False
        if find_start(text) is not None and not text[:1].isspace():
            return self._takes_start(text, following)
        if self.sipfrag:
            if blank:
                return self._started and self.missing > 2 and following is not None and is_header(following)
            return self._started and (self.length is None or self.missing > 2) and is_header(text)
        return not blank or self.length is not None

    def _takes_start(self, text: str, following: str | None) -> bool:
        """A start line in a body is a sipfrag's own (RFC 3420), or the next message begins here."""
        if not self.sipfrag:
            return self.holds_messages and self.length is not None
        if self._started:
            return False
        # A whole message follows where the status line would fill the body and yet has headers below it.
        fills = self.length is None or self.length <= len(text) + 4
        return not (fills and following is not None and _OF_A_MESSAGE.match(following))

    def add(self, text: str) -> None:
        line = encoded(text)
        self._lines.append(line)
        self._size += len(line) + 2
        self._started = self._started or find_start(text) is not None

    def add_to_last(self, text: str) -> None:
        """Join a line that was wrapped."""
        self._lines[-1] += encoded(text)
        self._size += len(encoded(text))

    @property
    def last(self) -> bytes:
        return self._lines[-1] if self._lines else b""

    def data(self) -> bytes:
        """The bytes, in the one form of line ends whose length is the one announced; with CRLF where none fits."""
        lines = list(self._lines)
        while lines and not lines[-1]:
            lines.pop()
        if not lines:
            return b""
        whole = b"\r\n".join(lines) + b"\r\n"
        if self.length is None or len(whole) == self.length:
            return whole
        if len(whole) < self.length <= len(whole) + 4 and (self.length - len(whole)) % 2 == 0:
            return whole + b"\r\n" * ((self.length - len(whole)) // 2)
        for form in (whole[:-2], b"\n".join(lines) + b"\n", b"\n".join(lines)):
            if len(form) == self.length:
                return form
        return whole

    def cut(self) -> bool:
        """Whether more of the announced body is missing than lost line ends and masked addresses explain."""
        if not self.length:
            return False
        missing = self.length - len(self.data())
        return missing > 8 and missing * 4 > self.length
