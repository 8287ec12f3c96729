"""Addresses in From, To, Contact, Route, Refer-To and their kin: `name-addr` and `addr-spec` (RFC 3261 20.10, 25.1)."""

from __future__ import annotations

import re
from functools import lru_cache

from sipdiag.dataclass import dataclass
from sipdiag.sip.errors import SipSyntaxError
from sipdiag.sip.params import QUOTED, Faults, Params, param, read_params, unquote_pairs
from sipdiag.sip.uri import Uri, read_uri


@dataclass(frozen=True, slots=True)
class NameAddr:
    """A display name, a URI and header parameters.

    `uri_text` is the URI as written, `uri_at` its offset (from 0) in `raw`. `uri` is None where `uri_text` cannot be
    read as one, and for `Contact: *`. What breaks the grammar is in `errors`, with columns in `raw`.
    """

    raw: str
    display_name: str | None
    quoted: bool
    uri: Uri | None
    uri_text: str
    uri_at: int
    bracketed: bool
    params: Params
    errors: Faults = ()

    @property
    def error(self) -> SipSyntaxError | None:
        """The first fault, or None."""
        return self.errors[0] if self.errors else None

    @property
    def tag(self) -> str | None:
        return self.param("tag") or None

    def param(self, name: str) -> str | None:
        """A header parameter: "" where it stands without value, None where it is absent."""
        return param(self.params, name)

    def __str__(self) -> str:
        return self.raw


_SHORT = 256  # characters of an address that is worth remembering
# display-name = *( token LWS ) / quoted-string
# Names in UTF-8 without quotes are common and harmless; we take them.
_DISPLAY = re.compile(r"(?:[A-Za-z0-9\-.!%*_+`'~\s]|[^\x00-\x7f])*+")
# addr-spec without <>: ends at the first ";", what follows belongs to the header (RFC 3261 20).
_BARE = re.compile(r"[^;]*")


def parse_name_addr(value: str) -> NameAddr:
    """Read one name-addr or addr-spec with its header parameters. Never raises; faults are in `errors`.

    >>> a = parse_name_addr('"Bell, A." <sips:bell@example.com;lr>;tag=1')
    >>> a.display_name, a.uri_text, a.tag
    ('Bell, A.', 'sips:bell@example.com;lr', '1')
    >>> parse_name_addr('Bell, A. <sip:bell@example.com>').error
    SipSyntaxError("',' in a display name without quotes", column=5, line=None, header=None)
    """
    return _remembered(value) if len(value) <= _SHORT else _read(value)


@lru_cache(maxsize=1024)
def _remembered(value: str) -> NameAddr:
    """The messages of a call repeat a handful of addresses."""
    return _read(value)


# The beginning of most addresses with a tag: nothing before it that could be anything else.
_PLAIN = re.compile(r'(?:"[^"\\]*"\s*|[^"<>;]*)<[^<>]*>(?:;tag=([^;,"\s]*)(?=;|\Z)|\Z)')


def tag_of(value: str | None) -> str | None:
    """The tag of an address, without reading the rest where that is plain: the tags of all messages are asked for.

    >>> tag_of('"Bell, A." <sips:bell@example.com;lr>;tag=1'), tag_of("sip:a@h ; TAG = 2"), tag_of("<sip:a@h>")
    ('1', '2', None)
    """
    if value is None:
        return None
    plain = _PLAIN.match(value)
    return (plain[1] or None) if plain is not None else parse_name_addr(value).tag


def _read(value: str) -> NameAddr:
    errors: list[SipSyntaxError] = []
    start = len(value) - len(value.lstrip())
    display: str | None = None
    quoted = False
    opening = value.find("<", start)
    if value.startswith('"', start):
        match = QUOTED.match(value, start)
        if match is None:
            errors.append(SipSyntaxError("a quoted name without its closing quote", start + 1))
            display = value[start + 1 : opening if opening >= 0 else len(value)].rstrip()
        else:
            display, quoted = unquote_pairs(match[1]), True
            start = match.end()
            opening = value.find("<", start)
            between = value[start : opening if opening >= 0 else len(value)]
            if between.strip() and opening >= 0:
                errors.append(SipSyntaxError(f"{between.strip()[:40]!r} between name and '<'", start + 1))
    elif opening >= 0:
        name = value[start:opening]
        # A bare URI whose parameters hold a "<" is no name-addr.
        match = _DISPLAY.match(value, start, opening)
        stop = match.end() if match else start
        if stop < opening:
            errors.append(SipSyntaxError(f"{value[stop]!r} in a display name without quotes", stop + 1))
        display = name.strip() or None
    if opening < 0:
        return _bare(value, start, display, quoted, errors)
    closing = value.find(">", opening)
    if closing < 0:
        errors.append(SipSyntaxError("'<' without its '>'", opening + 1))
        closing = len(value)
    text = value[opening + 1 : closing]
    params, faults = read_params(value, closing + 1)
    errors += faults
    return _finish(value, display, quoted, text, opening + 1, True, params, errors)


def _bare(value: str, start: int, display: str | None, quoted: bool, errors: list[SipSyntaxError]) -> NameAddr:
    if quoted and value[start:].strip():
        errors.append(SipSyntaxError("a display name needs its URI in <>", start + 1))
        start += len(value[start:]) - len(value[start:].lstrip())
    match = _BARE.match(value, start)
    end = match.end() if match else start
    text = value[start:end].rstrip()
    params, faults = read_params(value, end)
    errors += faults
    if not errors or quoted:
        # "If the URI contains a comma, question mark or semicolon, it MUST be enclosed in <>" (RFC 3261 20.10)
        for sign in "?,":
            at = value.find(sign, start, end)
            if at >= 0:
                errors.append(SipSyntaxError(f"a URI with {sign!r} must stand in <>", at + 1))
                break
    return _finish(value, display, quoted, text, start, False, params, errors)


def _finish(
    value: str,
    display: str | None,
    quoted: bool,
    text: str,
    at: int,
    bracketed: bool,
    params: Params,
    errors: list[SipSyntaxError],
) -> NameAddr:
    stripped = text.strip()
    if text != stripped:
        # Told once, then read without the spaces, as most receivers do.
        lead = len(text) - len(text.lstrip())
        errors.append(SipSyntaxError("white space inside <>", at + 1 if lead else at + len(stripped) + 1))
        at += lead
    uri = None
    if stripped != "*" or bracketed:
        uri, faults = read_uri(stripped)
        errors += [e.within(None, 0, at) for e in faults]
    cleaned = [SipSyntaxError(e.message, e.column) for e in sorted(errors, key=lambda e: e.column or 0)]
    return NameAddr(value, display, quoted, uri, stripped, at, bracketed, params, tuple(cleaned))
