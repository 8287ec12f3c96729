"""How much of one input is read: of a log, of standard input, and of what is packed."""

from __future__ import annotations

import zlib
from typing import BinaryIO

from sipdiag.sources.signatures import GZIP

MAX_TEXT = 512 << 20  # octets of one log; larger ones are read to this point
MAX_RATIO = 200  # packed data may grow to so many times its size, beyond what it may always
ALWAYS = 16 << 20  # octets that packed data may grow to, however small it is
_PIECE = 4 << 20  # octets of a large file taken at a time


def read_most(file: BinaryIO, head: bytes = b"") -> bytes:
    """What a file holds, with the `head` that was read of it before; of a too large one, one octet more than `cut` keeps."""
    pieces, left = [head], MAX_TEXT + 1 - len(head)
    while left > 0 and (piece := file.read(min(left, _PIECE))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def cut(data: bytes) -> tuple[bytes, str | None]:
    """At most `MAX_TEXT` octets of something, and what is to be said if that is not all."""
    if len(data) <= MAX_TEXT:
        return data, None
    return data[:MAX_TEXT], f"larger than {MAX_TEXT >> 20} MiB; the rest was not read"


def gunzip(data: bytes) -> tuple[bytes, str | None]:
    """The members of a gzip file together, and why its end is missing."""
    limit = min(max(ALWAYS, len(data) * MAX_RATIO), MAX_TEXT)
    out = bytearray()
    while data.startswith(GZIP):
        member = zlib.decompressobj(31)
        try:
            out += member.decompress(data, limit - len(out) + 1)
        except zlib.error as error:
            return bytes(out), f"broken gzip data: {error}"
        if len(out) > limit:
            return bytes(out[:limit]), f"it grows beyond {limit >> 20} MiB; the rest was not read"
        if not member.eof:
            return bytes(out), "the gzip file is cut off"
        data = member.unused_data.lstrip(b"\0")
    return bytes(out), None
