"""One file in, its redacted copy out: what it is decides which engine."""

from __future__ import annotations

import io

from sipdiag.dataclass import dataclass
from sipdiag.raw import Packet
from sipdiag.redaction.captures import redact_capture
from sipdiag.redaction.redactor import Redactor
from sipdiag.redaction.sealed import printed
from sipdiag.sources.bounded import gunzip
from sipdiag.sources.documents import Kind, detect, read_document
from sipdiag.sources.documents.decode import decode
from sipdiag.sources.documents.error import DocumentError
from sipdiag.sources.dumped import has_rows
from sipdiag.sources.exports import read_dissection
from sipdiag.sources.followed import followed, read_followed
from sipdiag.sources.hexdump import read_dump
from sipdiag.sources.signatures import GZIP, capture_form_of
from sipdiag.sources.spelled import in_words
from sipdiag.sources.traces import Trace, read_trace
from sipdiag.sources.traces.formats.ngrep_dotted import FORMAT as DOTTED_FORMAT
from sipdiag.sources.traces.formats.tcpdump import FORMAT as TCPDUMP_FORMAT
from sipdiag.sources.traces.lines import unspoiled

MOST = 1 << 30  # octets of one file, which is held in memory as a whole


@dataclass(frozen=True, slots=True)
class Redacted:
    """`kind` is capture, trace, document or text; `data` what to write."""

    kind: str
    data: bytes


class RefusedError(Exception):
    """What cannot be redacted, and why."""


def _octets(data: bytes, text: str, trace: Trace | None) -> tuple[Packet, ...] | None:
    """The messages of a text that prints the octets of packets, or breaks words where its lines end; None for any other."""
    if trace is not None:
        broken = has_rows(text) or {TCPDUMP_FORMAT.name, DOTTED_FORMAT.name} & set(trace.formats)
        return trace.wire.packets if broken else None
    dump = (read_dump(data, "") or read_followed(data, "")) if has_rows(text) else None
    return dump.packets if dump is not None else None


def _reads(data: bytes, name: str, kind: Kind) -> bool:
    """Whether it is a document, as the diagnosis asks: a log that begins with a bracket looks like INI and is none."""
    try:
        read_document(data, name, "", kind)
    except DocumentError:
        return False
    return True


def redact_file(data: bytes, name: str, redactor: Redactor) -> Redacted:
    """The redacted copy of a capture (pcap, pcapng), trace, configuration, record or report; of what is compressed, the copy
    is not.

    Text is redacted twice: a name that is known by its place in one line is replaced in every line.

    Raises:
        RefusedError: binary data that is no capture, and what cannot be unpacked whole.
        CaptureError: a damaged capture.
    """
    if capture_form_of(data, io.BytesIO(data)) is not None:
        return Redacted("capture", redact_capture(data, redactor))
    if data.startswith(GZIP):
        data, problem = gunzip(data)
        if problem is not None or data.startswith(GZIP):
            raise RefusedError(problem or "compressed more than once")
        name = name.removesuffix(".gz")
    data = in_words(data)
    kind = detect(data, name)
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RefusedError("binary data, and no capture: it would have to be removed as a whole")
    try:
        text = unspoiled(decode(data, "latin-1"))
    except DocumentError as error:
        raise RefusedError(error.message) from None
    document = kind in ("json", "jsonl", "xml", "ini") or (kind in ("yaml", "cfg") and "SIP/2.0" not in text)
    readable = document and kind != "jsonl" and ("SIP/2.0" not in text or _reads(data, name, kind))
    trace = None if readable else read_trace(data, name)
    packets: tuple[Packet, ...] = trace.wire.packets if trace is not None else ()
    export = read_dissection(data, kind, name)
    stream = followed(data, name) if kind == "yaml" and b"!!binary" in data else None
    if stream is not None:
        octets: tuple[Packet, ...] | None = stream.packets
    elif export is not None:
        octets = export.wire.packets
    else:
        octets = _octets(data, text, trace) if not document or packets else None
    if octets is not None:  # addresses and numbers stand in them in forms that no text can be searched for
        return Redacted("trace", printed(octets, redactor))
    for packet in packets:
        redactor.message(packet.data)
    written = text
    for _ in range(2):
        written = redactor.document(text) if document and not packets else redactor.trace(text, packets)
    found = "trace" if packets else "document" if document else "text"
    return Redacted(found, written.encode("utf-8", "surrogateescape"))
