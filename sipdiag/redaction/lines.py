"""Start lines and header fields."""

from __future__ import annotations

import re

from sipdiag.redaction.headers import kept_name, redact_value
from sipdiag.redaction.text import URI, Care, TextRedactor
from sipdiag.sip.names import canonical_name

_FIELD = re.compile(r"(?P<name>[^\s:]+[ \t]*)(?P<colon>:[ \t]*)(?P<value>.*)", re.DOTALL)
_LINES = re.compile(r"[^\r\n]+(?:\r?\n[ \t]+[^\r\n]*)*")  # with what is folded under them
_STATUS = re.compile(r"(?P<version>\s*SIP/\d+\.\d+\s+\d+)(?P<reason>.*)", re.DOTALL | re.IGNORECASE)
_REQUEST = re.compile(
    r"(?P<method>\s*\S+)(?P<space>[ \t]+)(?P<uri>.*?)(?P<version>[ \t]*(?:SIP/\d+\.\d+)?[ \t]*)\Z",
    re.DOTALL | re.IGNORECASE,
)


def redact_head(redactor: TextRedactor, head: str) -> str:
    """Start line and header fields."""
    end = re.search(r"\r?\n", head)
    first = head[: end.start()] if end else head
    return redact_start(redactor, first) + (redact_lines(redactor, head[len(first) :]) if end else "")


def redact_start(redactor: TextRedactor, line: str) -> str:
    status = _STATUS.fullmatch(line)
    if status is not None:
        return status["version"] + redactor.text(status["reason"])
    request = _REQUEST.fullmatch(line)
    if request is None:
        return redactor.text(line)
    uri = request["uri"]
    found = URI.match(uri)
    whole = found is not None and " " not in uri.strip()
    shown = redactor.uri(uri) if whole and ":" in uri else redactor.text(uri, Care.NAME)
    return request["method"] + request["space"] + shown + request["version"]


def redact_lines(redactor: TextRedactor, lines: str) -> str:
    """Header fields, each with what is folded under it. A line that is none is replaced word by word."""

    def field(match: re.Match[str]) -> str:
        parts = _FIELD.fullmatch(match[0])
        if parts is None:
            return redactor.text(match[0], Care.NAME)
        name = parts["name"]
        canonical = canonical_name(name.strip())
        return kept_name(redactor, name) + parts["colon"] + redact_value(redactor, canonical, parts["value"])

    return _LINES.sub(field, lines)
