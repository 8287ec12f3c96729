"""One zip for a ticket: the reports, the redacted inputs, and a manifest of what is in it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence

from sipdiag import __version__
from sipdiag.dataclass import dataclass
from sipdiag.sources.archives import MANIFEST

VERSION = 1
_BEGINNING = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can tell; when a bundle was made is nobody's business
_READABLE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Member:
    """An input as it goes into the bundle. `name` is its path there; `named` tells whether it was named by itself, and
    not found in a folder; `called` is the redacted path by which other files may name it, with no folder before it where
    it was given without one.
    """

    name: str
    case: str
    kind: str
    format: str
    data: bytes
    named: bool = True
    called: str = ""


def bundle(
    inputs: Sequence[Member], reports: Mapping[str, bytes], options: Mapping[str, object], redaction: str
) -> bytes:
    """The bytes of a bundle. The same members and options give the same bytes.

    `reports` are by file name; `options` are those of the diagnosis, and must be what JSON can hold.
    """
    manifest = {
        "sipdiag_bundle": VERSION,
        "tool": {"name": "sipdiag", "version": __version__},
        "redaction": redaction,
        "options": dict(options),
        "inputs": [
            {"name": m.name, "case": m.case, "kind": m.kind, "format": m.format, "sha256": _sha256(m.data)}
            | {"named": m.named, "called": m.called or m.name}
            for m in inputs
        ],
        "reports": [{"name": n, "sha256": _sha256(d)} for n, d in sorted(reports.items())],
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, MANIFEST, (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode())
        for name, data in sorted(reports.items()):
            _add(archive, name, data)
        for member in inputs:
            _add(archive, member.name, member.data)
    return out.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _BEGINNING)
    info.external_attr, info.create_system, info.compress_type = _READABLE, 3, zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
