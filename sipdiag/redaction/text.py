"""Free text: URIs, addresses, hosts, numbers and ids in it are replaced, and every word that is not known.

Separators stay, so what was JSON, INI, a header field or a log line is one afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import TypeAlias

from sipdiag.patterns import pattern
from sipdiag.redaction import kept
from sipdiag.redaction.ledger import Ledger
from sipdiag.redaction.pseudonyms import Pseudonyms, is_address
from sipdiag.redaction.units import through_units


class Care(Enum):
    """How much of a text may stay."""

    COUNTS = "counts"  # known words, and numbers that count: a header field of the protocol
    TEXT = "text"  # known words, and short numbers: sentences, log lines, settings
    TOKEN = "token"  # known words  # noqa: S105 - no password
    NAME = "name"  # nothing


_SEPARATOR = r"(?:[ .\-/]|\r?\n[ \t]+)"
_CLOCK = r"\d\d:\d\d(?::\d\d(?:[.,:]\d{1,9})?)?"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_TIME = (
    rf"(?<![\w./])\d{{4}}[/.]\d{{1,2}}[/.]\d{{1,2}}[T ]{_CLOCK}|(?<![\w./])\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{4}},?[ ]{_CLOCK}"
    rf"|\d{{4}}-\d\d-\d\d(?:[T ]{_CLOCK}(?:Z|[+-]\d\d:?\d\d)?)?(?![\w-])"
    rf"|(?<![\w-])\d\d-\d\d[ T]{_CLOCK}"
    rf"|(?<!\w){_MONTH}[ ]{{1,2}}\d{{1,2}}(?:,?[ ]\d{{4}})?(?:[ ]{_CLOCK})?(?!\w)"
    rf"|(?<!\w)\d{{1,2}}[ /-]{_MONTH}(?:[ /-]\d{{4}})?(?:[ :]{_CLOCK})?(?!\w)"
    r"|(?<![\w:])\d\d:\d\d:\d\d(?:[.,:]\d{1,9})?(?![\w:])"
    # Seconds, milliseconds, microseconds since 1970; no number of any plan has 13 or 16 digits and begins so
    r"|(?<![\w.+])1[4-9]\d{8}(?:\.\d{1,9}|\d{3}|\d{6})(?![\w.])"
    r"|^\d{10}(?:\.\d{1,6})?(?=\|)"  # Polycom: month, day, hour, minute, second
    r"|(?<![\w/])\d{1,4}/\d{1,2}/\d{1,4}(?![\w/])"
)
_SIDE = r"(?<=\{ )L(?=\d)|(?<=/)R(?=\d{1,3}\.\d)"  # before an address: `{ L192.0.2.1:5060/R192.0.2.2:5060/TLS/`
# `192.0.2.1.5060 > `, as tcpdump writes a port, is an address; with a digit more behind it, it is a version
_V4 = r"(?:(?<![\w.])|(?<=\{ L)|(?<=/R))(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d(?!\d{1,4}(?![\w.]\w)))"
_V6 = r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]{0,4})(?:%\w{1,16})?(?![\w:])"
_MAC = r"(?<![\w:\-])(?:[0-9A-Fa-f]{2}(?P<colon>[:\-])(?:[0-9A-Fa-f]{2}(?P=colon)){4}[0-9A-Fa-f]{2})(?![\w:\-])"
_NAME = r"(?<![\w.\-])(?:[A-Za-z0-9_](?:[A-Za-z0-9_\-]{0,62}[A-Za-z0-9_])?\.){1,16}[A-Za-z]{2,24}(?![\w\-])"
_PHONE = (
    rf"(?<!\w)\+\d{{7,18}}(?!\d)|(?<!\w)\+\d{{1,4}}(?:{_SEPARATOR}?\(?\d{{1,4}}\)?){{2,6}}(?!\d)"
    rf"|(?<![\w.\-+@])\(\d{{2,5}}\){_SEPARATOR}?\d{{2,4}}(?:{_SEPARATOR}?\d{{2,5}}){{1,3}}(?!\w)"
    rf"|(?<![\w.\-+@/])\d{{1,4}}(?:{_SEPARATOR}\d{{2,4}}){{2,4}}(?!\w|[.\-/]\w)"
)
_MEANT = pattern(
    rf"(?P<mac>{_MAC})|(?P<side>{_SIDE})|(?P<time>{_TIME})|(?P<v4>{_V4})|(?P<v6>{_V6})|(?P<host>{_NAME})|(?P<phone>{_PHONE})|(?P<word>[^\W_]+)"
)
_WORD = pattern(r"(?P<word>[^\W_]+)")
_TELLING = pattern(r"[\d.]")
_DIGIT = pattern(r"\d")
# What is in <>, quotes or brackets ends there; commas, too: in a list of header values they stand between URIs.
URI = pattern(r"""(?<![A-Za-z0-9+.\-])(?:sips?|tel):(?=[^\s])[^\s<>"'`,\])\\|]*""", re.IGNORECASE)
# What looks like a secret wherever it stands: keys with their makers' prefixes, JSON web tokens, HTTP credentials, PEM.
_SECRET = pattern(
    r"(?<![\w\-])(?:(?:sk|pk|rk|whsec|xox[abprs]|gh[opsu]|key|tok|pat|glpat|AKIA|AIza)[\-_]?(?=[A-Za-z0-9_\-]*\d)[A-Za-z0-9_\-]{14,}"
    r"|eyJ[\w\-]{4,}\.[\w\-]{4,}(?:\.[\w\-]*)?)"
    r"|(?<=Bearer )[^\s\"',]{4,}|(?<=Basic )(?=\S*[A-Z0-9+/=])[A-Za-z0-9+/=]{8,}"
    r"|(?<=password=)[^\s&;,\"']+|(?<=password: )[^\s,;\"']+|(?<=secret=)[^\s&;,\"']+|(?<=token=)[^\s&;,\"']+"
    r"|(?<=response=\")[^\"]+|(?<=nonce=\")[^\"]+|(?<=opaque=\")[^\"]+|(?<=rspauth=\")[^\"]+"
    r"|(?<=KEY-----)[^-]{16,}(?=-----END)",
)
_SHORTEST_KEY = 16  # characters of a key with its maker's prefix
_BEFORE_SECRETS = ("=", "eyJ", "Bearer ", "Basic ", "password: ", "KEY-----")
_USERINFO = pattern(r"(?P<user>\bsips?:[^:@\s<>\"]+:)(?P<password>[^@\s<>\"]+)(?=@)", re.IGNORECASE)
_STATUS = pattern(r"(?:SIP/2\.0|status|code|response|cause|error|reason)\W{1,4}\Z", re.IGNORECASE)
# What stands before a port: `192.0.2.1:`, `pbx.example:`, `[2001:db8::1]:`, `192.0.2.1|`, `port `, `srcPort="`
_PORT = pattern(
    r"(?:\.\d{1,3}[:|]|(?:\d{1,3}\.){4}|\.[A-Za-z][\w\-]{0,16}:|\]:|(?:(?<![A-Za-z])[Pp]|(?<=[a-z])P)orts?\W{1,4}|PORTS?\W{1,4})(?:\d{1,5}-)?\Z"
)
_RUN = pattern(r"[^\W_]+")
_SECONDS = pattern(r"1[4-9]\d{8}")  # since 1970
# Before the number of an error of a platform: `error_code: 13801`, `ErrorCode=13801`
_CODE = pattern(
    r"(?:error|status|response|reason|result|cause|warning|alert|hangup|disconnect)[ _]?code\W{1,6}\Z", re.IGNORECASE
)
_LONGEST_CODE = 5
_LASTING = pattern(r"\d{1,6}(?:ns|us|ms|s|m|h)")  # `+12ms`: how long after the line before it one was written
_LARGEST_COUNT = 2**31  # RFC 3261 8.1.1.5: what a sequence number stays below
_SHORT = 4  # digits of a number in a text that may count something


class TextRedactor:
    """Redacts text. `uri` takes every SIP, SIPS and tel URI found in it, `field` name and value of a URI's header."""

    def __init__(self, pseudonyms: Pseudonyms, ledger: Ledger, uri: RedactUri, field: RedactField) -> None:
        self.pseudonyms, self._ledger, self._uri, self._field = pseudonyms, ledger, uri, field

    def uri(self, text: str) -> str:
        """A URI with its scheme."""
        return self._uri(self, text)

    def field(self, name: str, value: str) -> str:
        """The value of a header field."""
        return self._field(self, name, value)

    def text(self, raw: str, care: Care = Care.TEXT) -> str:
        """Text with URIs and secrets in it."""
        if not _may_hold_secret(raw):
            return self._identities(raw, care)
        out: list[str] = []
        at = 0
        for match in _SECRET.finditer(raw):
            out += (self._identities(raw[at : match.start()], care), self._removed(match))
            at = match.end()
        return "".join((*out, self._identities(raw[at:], care)))

    def without_secrets(self, raw: str) -> str:
        """Text from which secrets are removed, and nothing else."""
        text = _SECRET.sub(self._removed, raw) if _may_hold_secret(raw) else raw
        if "@" not in text:
            return text
        return _USERINFO.sub(lambda m: m["user"] + self.pseudonyms.removed(m["password"]), text)

    def _removed(self, match: re.Match[str]) -> str:
        return re.sub(r"[^\s\\]+", lambda m: self.pseudonyms.removed(m[0]), match[0])

    def _identities(self, raw: str, care: Care) -> str:
        if ":" not in raw:
            return self.plain(raw, care)
        out: list[str] = []
        at = 0
        for match in URI.finditer(raw):
            out += (self.plain(raw[at : match.start()], care), self.uri(match[0]))
            at = match.end()
        out.append(self.plain(raw[at:], care))
        return "".join(out)

    def term(self, raw: str) -> str:
        """A word of a format by its place, though nobody knows it; unless it is somebody's name elsewhere."""
        if raw.lower() in self._ledger.names:
            return self.text(raw)
        self._ledger.stayed.add(raw.lower())
        self._ledger.passed.update(_RUN.findall(raw))
        return raw

    def plain(self, raw: str, care: Care) -> str:
        """Text in which no URI is looked for."""
        return through_units(raw, lambda t: self._meant(t, care)) if raw else raw

    def _meant(self, text: str, care: Care) -> str:
        # Nearly all text is words: without a digit, a dot, two colons or five dashes there is nothing else to find.
        plain = _TELLING.search(text) is None and text.count(":") < 2 and text.count("-") < 5
        return (_WORD if plain else _MEANT).sub(lambda m: self._piece(m, care), text)

    def _piece(self, match: re.Match[str], care: Care) -> str:
        piece, kind = match[0], match.lastgroup
        p = self.pseudonyms
        if kind == "word":
            return self._word(piece, care, match.string[max(0, match.start() - 20) : match.start()])
        if match["mac"]:
            return p.hardware(piece)
        if kind == "time" and care is not Care.NAME:
            piece = p.moment(piece)
            self._ledger.passed.update(re.findall(r"\d{5,}", piece))
            return piece
        if kind in ("v4", "v6") and is_address(piece):
            return p.address(piece)
        if kind == "host":
            labels = piece.split(".")
            if kept.provider_labels(labels) or (
                kept.top_labels(labels) and (care is Care.NAME or not all(kept.is_word(x) for x in labels))
            ):
                return p.host(piece)
        if kind == "phone" and care is not Care.COUNTS:
            return p.number(piece)
        before = match.string[max(0, match.start() - 20) : match.start()]
        return _RUN.sub(lambda m: self._word(m[0], care, before if not m.start() else ""), piece)

    def _word(self, run: str, care: Care, before: str) -> str:
        p = self.pseudonyms
        if care is Care.NAME:
            return p.word(run, "name")
        if run.isascii() and run.isdigit():
            if not self._counts(run, care, before):
                return p.number(run)
            self._ledger.stayed.add(run)
            run = p.moment(run) if _SECONDS.fullmatch(run) else p.ports(run) if _PORT.search(before) else run
            if len(run) > _SHORT:
                self._ledger.passed.add(run)
            return run
        if care is not Care.TOKEN and _LASTING.fullmatch(run) and run.lower() not in self._ledger.names:
            self._ledger.stayed.add(run.lower())
            return run
        if len(run) == 1 or (kept.is_word(run) and run.lower() not in self._ledger.names):
            self._ledger.stayed.add(run.lower())
            return run
        return p.word(run)

    def _counts(self, digits: str, care: Care, before: str) -> bool:
        if care is Care.COUNTS:
            return int(digits[:12]) < _LARGEST_COUNT and len(digits) <= 10
        if 3 <= len(digits) <= _LONGEST_CODE and (_STATUS if len(digits) == 3 else _CODE).search(before):
            return care is Care.TEXT
        if care is Care.TOKEN or digits in self._ledger.names:
            return False
        port = before.endswith(":") or _PORT.search(before) is not None
        return len(digits) <= _SHORT or (port and len(digits) == 5 and int(digits) < 65536)


def _may_hold_secret(text: str) -> bool:
    """Whether a text holds what every secret begins with, or has in it: most text does not, and this is quickly seen."""
    long_enough = len(text) >= _SHORTEST_KEY and _DIGIT.search(text) is not None
    return long_enough or any(word in text for word in _BEFORE_SECRETS)


RedactUri: TypeAlias = Callable[[TextRedactor, str], str]
RedactField: TypeAlias = Callable[[TextRedactor, str, str], str]
