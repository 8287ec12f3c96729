"""PDML, the XML that tshark writes with `-T pdml`, and Wireshark with "Export Packet Dissections, As PDML".

A frame's fields are many and few are wanted, so the text is read as a stream and no tree is kept.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from sipdiag.raw import Packet
from sipdiag.sources.documents.bounds import DEEPEST, too_deep
from sipdiag.sources.documents.error import DocumentError
from sipdiag.sources.exports.fields import BODY, NAMES, PAYLOADS, Field, cut_short, octets, packets

_ROOT = re.compile(r"<pdml\b")
_PART = re.compile(r"\s*<(?:packet>|proto name=|field name=)")  # what was copied out of an export
_ENCODING = re.compile(r'^(\s*<\?xml[^>]{0,200}?)\sencoding\s*=\s*["\'][^"\']*["\']')
_WITH_OCTETS = frozenset((*PAYLOADS, "sip.Request-Line", "sip.Status-Line", "sip.msg_hdr"))
_MOST_FIELDS = 1_000  # that are kept of one frame


def is_export(text: str) -> bool:
    return _ROOT.search(text[:4096]) is not None or _PART.match(text) is not None


def read_frames(text: str, input_id: str) -> tuple[list[Packet], list[str]]:
    """The SIP messages of an export, and why it was not read to its end."""
    reader = _Reader(input_id)
    problems: list[str] = []
    try:
        if _PART.match(text):
            reader.parser.Parse("<pdml>", False)
        reader.parser.Parse(_ENCODING.sub(r"\1", text, count=1).lstrip(), True)
    except expat.ExpatError as error:
        problems.append(cut_short(error.lineno, error.offset + 1, expat.ErrorString(error.code)))
    except DocumentError as error:
        problems.append(cut_short(error.line, error.column, error.message))
    reader.finish()
    return reader.found, problems


class _Reader:
    def __init__(self, input_id: str) -> None:
        self.found: list[Packet] = []
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.EntityDeclHandler = self._refuse
        self._input = input_id
        self._fields: list[Field] = []
        self._depth = 0
        self._body: list[bytes] = []
        self._body_depth = 0  # of the element that holds the body, while it is open

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise too_deep(self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)
        name = attributes.get("name", "")
        if name == BODY:
            self._body, self._body_depth = [], self._depth
        elif self._body_depth and tag == "field" and self._depth == self._body_depth + 2:
            self._body.append(octets(attributes.get("value", "")))  # a line of it, without its end
        if name in NAMES and name != BODY and len(self._fields) < _MOST_FIELDS:
            covered = octets(attributes.get("value", "")) if name in _WITH_OCTETS else b""
            self._fields.append(Field(name, attributes.get("show", ""), covered, self.parser.CurrentLineNumber))

    def _end(self, tag: str) -> None:
        if self._body_depth == self._depth:
            self._body_depth = 0
            lines = b"".join(line + b"\r\n" for line in self._body)
            self._fields.append(Field(BODY, "", lines, self.parser.CurrentLineNumber))
        self._depth -= 1
        if tag == "packet":
            self.finish()

    def finish(self) -> None:
        """The messages of the frame whose fields were read last."""
        self.found += packets(self._fields, self._input)
        self._fields = []

    def _refuse(self, *_: object) -> None:
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        raise DocumentError("declares an entity, which is not read", line, column)
