"""SIP messages that a program exported in a document: Wireshark's dissections, and strings in JSON or YAML."""

from __future__ import annotations

from sipdiag.sources.documents import Kind
from sipdiag.sources.exports import pdml, prefixed, wireshark, wrapped
from sipdiag.sources.exports.quoted import FORMAT, quoted_wire, wire_of
from sipdiag.sources.traces import Trace
from sipdiag.sources.traces.lines import decoded

__all__ = ["FORMAT", "quoted_wire", "read_dissection", "read_prefixed", "read_wrapped"]

_FORMATS = {"json": "tshark-json", "jsonl": "tshark-ek", "xml": "tshark-pdml"}
_LOOKED_AT = 1 << 16


def read_dissection(data: bytes, kind: Kind, input_id: str) -> Trace | None:
    """The SIP messages of frames that tshark or Wireshark wrote as JSON, for Elasticsearch, or as PDML.

    None where the document is no such export; without packets where none of its frames has a SIP message.
    """
    if kind not in _FORMATS:
        return None
    export = pdml if kind == "xml" else wireshark
    if not export.is_export(decoded(data[:_LOOKED_AT])):
        return None
    packets, problems = export.read_frames(_text(data), input_id)
    return Trace(wire_of(packets, problems=problems), (_FORMATS[kind],))


def read_prefixed(data: bytes, input_id: str) -> Trace | None:
    """The messages of a log that writes each in a JSON object behind a prefix; None where this is no such log."""
    wire = prefixed.prefixed_wire(_text(data), input_id)
    return None if wire is None else Trace(wire, (prefixed.FORMAT,))


def read_wrapped(data: bytes, input_id: str) -> Trace | None:
    """The messages of a console whose lines stand in JSON objects, one in each; None where there are none."""
    return wrapped.wrapped_trace(_text(data), input_id)


def _text(data: bytes) -> str:
    return decoded(data).encode("utf-8", "replace").decode("utf-8")
