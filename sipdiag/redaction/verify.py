"""The search that follows redaction: no original and no secret may stand in an artefact, in any of the usual disguises.

Searched are the octets as they are, without line folds, percent-decoded, with runs of base64 and hexadecimal digits
decoded, and what our own reader finds in the artefact (messages that several TCP segments carry); backwards, too.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote_to_bytes

from sipdiag.raw import Packet
from sipdiag.redaction import kept
from sipdiag.redaction.ledger import Ledger
from sipdiag.sip.message import parse_message
from sipdiag.sources.captures import CaptureError, read_capture
from sipdiag.sources.documents import detect
from sipdiag.sources.exports import read_dissection
from sipdiag.sources.followed import followed
from sipdiag.sources.hexdump import read_dump
from sipdiag.sources.spelled import in_words
from sipdiag.sources.traces import read_trace

SHORTEST = 6  # characters of an original that is searched for
_FOLD = re.compile(rb"\r?\n[ \t]+")
_RUN = re.compile(r"[^\W_]+")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){8,}")
_ADDRESS = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d(?!\d{1,4}(?![\w.]\w)))|(?<![\w:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])"
)
_DECODED = 4 << 20  # octets of encoded runs that are looked into
_IDENTITY = ("From", "To", "Contact", "P-Asserted-Identity", "Refer-To", "Referred-By", "Call-ID", "Via", "Diversion")


class LeakError(Exception):
    """An original was found in an artefact. The message tells its kind, never the original itself."""


def search(data: bytes, ledger: Ledger, kind: str, own: str = "") -> None:
    """Raises LeakError where something of the ledger stands in the artefact; `kind` is that of `Redacted`.

    `own` is what the artefact says whatever was read: what stands in it as well is no leak.
    """
    views = [v.decode("utf-8", "surrogateescape") for v in _views(data, kind)]
    words, digits, places = (
        found - said for found, said in zip(_identities(views), _identities([own] if own else []), strict=True)
    )
    joined = " ".join(digits)
    for original, (what, pseudonym) in ledger.replaced.items():
        if (
            len(original) >= SHORTEST
            and original not in ledger.passed
            and _found(what, original, pseudonym, words, joined, places)
        ):
            raise LeakError(f"a {what} of {len(original)} characters is still in it")
    for secret in ledger.removed:
        telling = len(secret) >= SHORTEST and any(not kept.is_word(r) and not r.isdigit() for r in _RUN.findall(secret))
        if telling and any(secret in v or secret[::-1] in v for v in views):
            raise LeakError(f"a secret of {len(secret)} characters is still in it")


def _identities(views: Iterable[str]) -> tuple[set[str], set[str], set[str]]:
    """The words, numbers and addresses in texts."""
    words, digits, places = set[str](), set[str](), set[str]()
    for view in views:
        words.update(r.lower() for r in _RUN.findall(view))
        places.update(_ADDRESS.findall(view))
        digits.update(re.sub(r"[().\-\s]", "", d) for d in re.findall(r"\+?\d[\d().\- ]{4,20}\d", view))
    return words, digits | {w for w in words if w.isdigit()}, places


def check(original: bytes, copy: bytes, ledger: Ledger, kind: str) -> None:
    """Compare a copy with its original, message by message, and search it. Raises LeakError."""
    compare(_messages(original, kind), _messages(copy, kind), ledger)
    search(copy, ledger, kind)


def _found(what: str, original: str, pseudonym: str, words: set[str], digits: str, places: set[str]) -> bool:
    if what == "address":
        return original in places
    if what == "number":
        bare = re.sub(r"\D", "", original)
        own = re.sub(r"\D", "", pseudonym)
        if len(bare) <= SHORTEST or bare == own:
            return False
        return (bare in digits and bare not in own) or bare[::-1] in digits.split()
    if what in ("name", "word", "host"):
        lower = original.lower()
        return not kept.is_word(original) and (lower in words or lower[::-1] in words)
    return False


def _views(data: bytes, kind: str) -> Iterator[bytes]:
    yield data
    if kind != "capture":
        yield _FOLD.sub(b"", data)
        yield unquote_to_bytes(data)
    for packet in _messages(data, kind):
        yield packet.data
        yield _FOLD.sub(b"", packet.data)
        yield unquote_to_bytes(packet.data)
    looked = 0
    for run in _BASE64.finditer(data):
        looked += len(run[0])
        if looked > _DECODED:
            break
        try:
            text = run[0].replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
            yield base64.b64decode(text + b"=" * (-len(text) % 4))
        except (binascii.Error, ValueError):
            continue
    for run in _HEX.finditer(data[:_DECODED]):
        yield bytes.fromhex(run[0].decode())


def _messages(data: bytes, kind: str) -> Sequence[Packet]:
    """What the artefact holds when it is read again. Raises LeakError where it cannot be read."""
    if kind == "capture":
        try:
            return read_capture(io.BytesIO(data), "redacted").packets
        except CaptureError as error:
            raise LeakError(f"it cannot be read again: {error}") from None
    if kind == "trace":
        data = in_words(data)
        trace = read_dissection(data, detect(data, ""), "redacted") or read_trace(data, "redacted")
        dump = (read_dump(data, "original") or followed(data, "original")) if trace is None else None
        return trace.wire.packets if trace is not None else dump.packets if dump is not None else ()
    return ()


def compare(before: Sequence[Packet], after: Sequence[Packet], ledger: Ledger) -> None:
    """Each field of a message that tells of a person or system has to be another one afterwards.

    Raises LeakError where messages are missing, or where one kept an identity.
    """
    if len(before) != len(after):
        raise LeakError(f"it holds {len(after)} messages instead of {len(before)}")
    for old, new in zip(before, after, strict=True):
        one, other = parse_message(old.data), parse_message(new.data)
        for name in _IDENTITY:
            for was, now in zip(one.all(name), other.all(name), strict=False):
                for a, b in zip(_RUN.findall(was), _RUN.findall(now), strict=False):
                    same = a == b and len(a) >= SHORTEST and a in ledger.replaced and a not in ledger.passed
                    if same and not kept.is_word(a):
                        raise LeakError(f"{name} keeps {len(a)} characters of an identity")
