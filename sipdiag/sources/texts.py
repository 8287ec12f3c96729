"""What a text is, and what it holds: messages that were exported, a document, a trace, a dump of octets, a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.excerpts import Excerpts
from sipdiag.patterns import pattern
from sipdiag.places import Place
from sipdiag.sources.documents import DocumentError, Kind, detect, read_document
from sipdiag.sources.source import Opened, Source
from sipdiag.sources.spelled import in_words

if TYPE_CHECKING:
    from sipdiag.nodes import Node
    from sipdiag.raw import Wire

_LOOKED_AT = 1 << 16
_MOST_YAML = 8 << 20  # bytes of a text with SIP that are tried as YAML
_TRACE = "SIP messages; lint reads configuration only, diagnose reads these"
# The first line of a YAML document, below comments: a key, or a list.
_YAML_KEY = pattern(
    rb"(?:\xef\xbb\xbf)?(?:[ \t]*(?:#[^\n]*|---[ \t]*)?\r?\n)*+[ \t]*(?:- |[\w\"'.-]{1,80}:(?:[ \t\r]|\n))"
)


def read_text(input_id: str, source: Source, data: bytes, digest: str, messages: bool = True) -> Opened:
    """An export of messages, a document where it is one; else a trace where it holds SIP; else what stood in the way.

    Without `messages` a document is only that, whatever messages it quotes.
    """
    name = source.path.rpartition("/")[2]
    data = in_words(data)
    kind = detect(data, name)
    failure: DocumentError | None = None
    holds_sip = _holds_sip(data)
    exported = messages and (holds_sip or b'"layers"' in data[:_LOOKED_AT])
    if exported and (opened := _export(input_id, source, data, digest, kind)) is not None:
        return opened
    if kind in ("json", "jsonl", "xml", "ini", "cfg") or (kind == "yaml" and not (holds_sip and messages)):
        try:
            node = read_document(data, name, input_id, kind)
            wire = _quoted(node) if holds_sip and messages else None
            if kind == "yaml" and messages and b"!!binary" in data:
                from sipdiag.sources.followed import followed_document

                wire = followed_document(node, input_id)
            if kind == "jsonl" and holds_sip and messages and wire is None:
                console = _console(input_id, source, data, digest)
                if console is not None:
                    return console
            if (template := _template(data, kind, None)) is None or holds_sip:
                return Opened(input_id, source, "document", kind, digest, wire, node, Excerpts(data, kind))
        except DocumentError as error:
            failure, template = error, _template(data, kind, error)
        if template is not None and not holds_sip:
            return Opened(input_id, source, "unread", kind, digest, error=template)
    if not messages:
        return _no_document(input_id, source, data, digest, kind, failure, holds_sip)
    from sipdiag.sources.traces import read_trace

    trace = read_trace(data, input_id)
    if trace is not None:
        return Opened(input_id, source, "trace", trace.format, digest, wire=trace.wire, lines=Excerpts(data))
    from sipdiag.sources import hexdump

    dump = hexdump.read_dump(data, input_id)
    if dump is not None:
        return Opened(input_id, source, "trace", hexdump.FORMAT, digest, wire=dump, lines=Excerpts(data))
    from sipdiag.sources import followed

    stream = followed.read_followed(data, input_id)
    if stream is not None:
        return Opened(input_id, source, "trace", followed.FORMAT, digest, wire=stream, lines=Excerpts(data))
    if failure is None and kind == "yaml":
        try:
            node = read_document(data, name, input_id, kind)
            return Opened(input_id, source, "document", kind, digest, node=node, lines=Excerpts(data, kind))
        except DocumentError as error:
            failure = error
    if failure is None:
        from sipdiag.sources.documents.read_log import read_log
        from sipdiag.sources.traces.lines import decoded

        log = read_log(decoded(data), input_id)
        if log is not None:
            return Opened(input_id, source, "document", "log", digest, node=log, lines=Excerpts(data))
    return _no_document(input_id, source, data, digest, kind, failure)


def _template(data: bytes, kind: Kind, failure: DocumentError | None) -> str | None:
    """What is said of a template, where a text is one."""
    if failure is None and kind not in ("ini", "cfg", "xml"):
        return None
    from sipdiag.sources.documents.templated import WORDS, template_line

    line = template_line(data.decode("utf-8", "replace"), kind, failure)
    return WORDS.format(line) if line is not None else None


def _no_document(
    input_id: str,
    source: Source,
    data: bytes,
    digest: str,
    kind: Kind,
    failure: DocumentError | None,
    trace: bool = False,
) -> Opened:
    """Why a text could not be read: `trace` says that it holds SIP which nobody wants to see here."""
    if trace:
        return Opened(input_id, source, "unread", "trace", digest, lines=Excerpts(data), error=_TRACE)
    if failure is not None:
        place = Place(input_id, failure.line, failure.column)
        return Opened(
            input_id, source, "unread", kind, digest, lines=Excerpts(data, kind), error=failure.message, place=place
        )
    if b"\x00" in data[:4096]:
        return Opened(
            input_id, source, "unread", "", digest, error="binary data, neither capture, trace nor configuration"
        )
    from sipdiag.sources.listed import listed

    words = listed(Excerpts(data)) or "text without a SIP message, and no configuration"
    return Opened(input_id, source, "unread", "text", digest, error=words)


def _export(input_id: str, source: Source, data: bytes, digest: str, kind: Kind) -> Opened | None:
    """Frames that Wireshark exported, log lines with JSON in them, or YAML whose strings are messages."""
    from sipdiag.sources.exports import read_dissection, read_prefixed

    trace = read_dissection(data, kind, input_id)
    if trace is not None and not trace.wire.packets:
        why = next(iter(trace.wire.problems), "frames of Wireshark, none with a SIP message")
        return Opened(input_id, source, "unread", trace.format, digest, error=why)
    trace = trace or read_prefixed(data, input_id)
    if trace is not None:
        return Opened(input_id, source, "trace", trace.format, digest, wire=trace.wire, lines=Excerpts(data))
    if kind not in ("yaml", "other") or len(data) > _MOST_YAML or _YAML_KEY.match(data) is None:
        return None
    try:
        node = read_document(data, "", input_id, "yaml")
    except DocumentError:
        return None
    wire = _quoted(node)
    if wire is None:
        return None
    return Opened(input_id, source, "document", "yaml", digest, wire, node, Excerpts(data, "yaml"))


def _console(input_id: str, source: Source, data: bytes, digest: str) -> Opened | None:
    from sipdiag.sources.exports import read_wrapped

    trace = read_wrapped(data, input_id)
    if trace is None:
        return None
    return Opened(input_id, source, "trace", trace.format, digest, wire=trace.wire, lines=Excerpts(data))


def _quoted(node: Node) -> Wire | None:
    from sipdiag.sources.exports import quoted_wire

    return quoted_wire(node)


def _holds_sip(data: bytes) -> bool:
    return b"SIP/2.0" in data or "SIP/2.0".encode("utf-16-le") in data
