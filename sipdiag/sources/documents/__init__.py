"""The reader of documents: bytes become a tree of values that know their line, column and JSON Pointer."""

from __future__ import annotations

from sipdiag.nodes import Node
from sipdiag.places import Place
from sipdiag.sources.documents.bounds import MOST_BYTES
from sipdiag.sources.documents.decode import decode
from sipdiag.sources.documents.error import DocumentError
from sipdiag.sources.documents.kinds import Kind, kind_of

__all__ = ["DocumentError", "Kind", "detect", "kind_of", "read_document"]


def detect(data: bytes, name: str) -> Kind:
    """What kind of document these bytes are; `other` where they are none, binary ones included."""
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        return "other"
    try:
        return kind_of(decode(data, "latin-1"), name)
    except DocumentError:
        return "other"


def read_document(data: bytes, name: str, input_id: str, kind: Kind | None = None) -> Node:
    """Read YAML, JSON, JSON Lines, XML, an INI-like file, or a configuration script.

    The shape of the tree for INI and XML is that of `read_ini` and `read_xml`; a configuration script is a list of its
    lines. Raises DocumentError, with the place, where the document is broken or is none of these.
    """
    if len(data) > MOST_BYTES:
        raise DocumentError(f"larger than {MOST_BYTES // 1024 // 1024} MiB, too large for a configuration", 1, 1)
    kind = kind or detect(data, name)
    # Only files that never had to be UTF-8 may be something else.
    text = decode(data, "latin-1" if kind in ("ini", "cfg", "xml", "other") else None)
    if not text.strip():
        raise DocumentError("empty document", 1, 1)
    if kind in ("json", "jsonl"):
        from sipdiag.sources.documents.read_json import read_json, read_json_lines

        return read_json(text, input_id) if kind == "json" else read_json_lines(text, input_id)
    if kind == "yaml":
        from sipdiag.sources.documents.read_yaml import read_yaml

        return read_yaml(text, input_id)
    if kind == "ini":
        from sipdiag.sources.documents.read_ini import read_ini

        return read_ini(text, input_id)
    if kind == "xml":
        from sipdiag.sources.documents.read_xml import read_xml

        return read_xml(text, input_id)
    if kind == "cfg":
        return _lines(text, input_id)
    raise DocumentError("neither YAML, JSON, XML nor an INI-like file", 1, 1)


def _lines(text: str, input_id: str) -> Node:
    lines = text.split("\n")
    nodes = [Node(line.rstrip("\r"), Place(input_id, i + 1, 1, f"/{i}")) for i, line in enumerate(lines)]
    return Node(nodes, Place(input_id, 1, 1, ""))
