"""What a file is, by its first octets: a capture, packed or not, or something that sipdiag has no use for."""

from __future__ import annotations

import os
import zlib
from typing import BinaryIO

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
_ZSTD = b"\x28\xb5\x2f\xfd"
_TAR = b"ustar"  # at 257 (POSIX.1-1988, tar header block)

# Both orders of octets, each with times in microseconds and in nanoseconds.
_CAPTURES = {
    b"\xd4\xc3\xb2\xa1": "pcap",
    b"\xa1\xb2\xc3\xd4": "pcap",
    b"\x4d\x3c\xb2\xa1": "pcap",
    b"\xa1\xb2\x3c\x4d": "pcap",
    b"\x34\xcd\xb2\xa1": "pcap",  # pcap with longer record headers, of patched Linux systems
    b"\xa1\xb2\xcd\x34": "pcap",
    b"\x0a\x0d\x0d\x0a": "pcapng",
}
_OTHERS = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"RIFF": "a sound or picture file",
    b"ID3": "a sound file",
    b"OggS": "a sound file",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"SQLi": "a database",
    b"\xd0\xcf\x11\xe0": "an Office document",
}


def capture_form(data: bytes) -> str | None:
    """The form of a capture that is not packed: pcap or pcapng; None for anything else."""
    return _CAPTURES.get(data[:4])


def capture_form_of(head: bytes, file: BinaryIO) -> str | None:
    """The form of a capture file, `.gz` or `.zst` behind it where it is packed; `head` is its beginning.

    Within gzip it is looked for, which moves the file's position; zstd is taken for a packed capture without a look.
    """
    if head[:2] == GZIP:
        import gzip  # little is packed

        file.seek(0)
        try:
            packed = capture_form(gzip.GzipFile(fileobj=file).read(4))
        except (OSError, EOFError, zlib.error):
            return None
        return f"{packed}.gz" if packed is not None else None
    return "pcap.zst" if head[:4] == _ZSTD else capture_form(head)


def is_archive(path: str) -> bool:
    """Whether a file is a zip; a pipe is left alone, because what is read of it is gone."""
    try:
        if not os.path.isfile(path):
            return False
        with open(path, "rb") as file:
            return file.read(len(ZIP)) == ZIP
    except OSError:
        return False


def is_tar(data: bytes) -> bool:
    return data[257:262] == _TAR


def other_thing(data: bytes) -> str | None:
    """What something is that is neither capture nor text, in words."""
    return next((words for magic, words in _OTHERS.items() if data.startswith(magic)), None)
