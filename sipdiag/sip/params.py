"""Comma lists, header parameters and quoted strings (RFC 3261 25.1), with the column of what breaks them."""

from __future__ import annotations

import re
from typing import TypeAlias

from sipdiag.sip.errors import SipSyntaxError

Params: TypeAlias = tuple[tuple[str, str | None], ...]
Faults: TypeAlias = tuple[SipSyntaxError, ...]

# quoted-string = SWS DQUOTE *(qdtext / quoted-pair ) DQUOTE
# quoted-pair   = "\" (%x00-09 / %x0B-0C / %x0E-7F)
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
# token = 1*(alphanum / "-" / "." / "!" / "%" / "*" / "_" / "+" / "`" / "'" / "~" )
TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
_PAIR = re.compile(r"\\(.)", re.DOTALL)
_LIST = re.compile(r'[",<>]')

# generic-param = token [ EQUAL gen-value ],  gen-value = token / host / quoted-string
# Values such as base64, URIs or a `cnonce` with "=" are common in the field, so an unquoted value goes on to the next
# separator. A name is anything up to "=" or a separator, and is judged afterwards.
_NAME = re.compile(r'[^=;,"\s]*')
_VALUE = re.compile(r'[^;,"\s]*')
_SPACE = re.compile(r"\s*")
# The parameters of most addresses: a tag.
_ONE = re.compile(r";([A-Za-z-]+)=([A-Za-z0-9_.+~-]+)")


def unquote_pairs(text: str) -> str:
    r"""The text of a quoted string without its escapes.

    >>> unquote_pairs(r"say \"hi\"")
    'say "hi"'
    """
    return _PAIR.sub(r"\1", text) if "\\" in text else text


def split_list(value: str) -> tuple[tuple[int, str], ...]:
    """The elements of a comma list with their offsets, without the white space around them.

    Commas in quoted strings and in <> do not separate. Empty elements are kept; a quote or bracket left open takes the
    rest of the value.

    >>> split_list('"a, b" <sip:x,y@h>, <sip:z@h>')
    ((0, '"a, b" <sip:x,y@h>'), (20, '<sip:z@h>'))
    """
    if "," not in value:
        return (_strip(value, 0, len(value)),)
    cuts = []
    at = 0
    bracketed = False
    while (match := _LIST.search(value, at)) is not None:
        sign = match[0]
        at = match.end()
        if sign == ",":
            if not bracketed:
                cuts.append(match.start())
        elif sign == '"':
            if not bracketed:
                quoted = QUOTED.match(value, match.start())
                if quoted is None:
                    break
                at = quoted.end()
        elif sign == "<":
            closing = value.find(">", at)
            if closing < 0:
                break
            at = closing + 1
    edges = [-1, *cuts, len(value)]
    return tuple(_strip(value, edges[i] + 1, edges[i + 1]) for i in range(len(edges) - 1))


def _strip(value: str, start: int, end: int) -> tuple[int, str]:
    piece = value[start:end]
    stripped = piece.lstrip()
    return start + len(piece) - len(stripped), stripped.rstrip()


def read_params(text: str, at: int) -> tuple[Params, Faults]:
    """Read `*( SEMI generic-param )` from an offset to the end; what cannot be read ends the list with an error.

    >>> read_params('<sip:a@h> ; tag = 1 ;x="a;b"', 9)
    ((('tag', '1'), ('x', 'a;b')), ())
    """
    plain = _ONE.fullmatch(text, at)
    if plain is not None:
        return ((plain[1], plain[2]),), ()
    found: list[tuple[str, str | None]] = []
    faults: list[SipSyntaxError] = []
    at = _skip(text, at)
    while at < len(text):
        if text[at] != ";":
            faults.append(SipSyntaxError(f"expected ';', found {text[at]!r}", at + 1))
            break
        at = _skip(text, at + 1)
        start = at
        at = _end(_NAME, text, at)
        name = text[start:at]
        if not name:
            faults.append(SipSyntaxError("an empty parameter", start + 1))
        elif not TOKEN.fullmatch(name):
            faults.append(SipSyntaxError(f"parameter name {name[:40]!r} is not a token", start + 1))
        at = _skip(text, at)
        value: str | None = None
        if at < len(text) and text[at] == "=":
            at = _skip(text, at + 1)
            if text.startswith('"', at):
                quoted = QUOTED.match(text, at)
                if quoted is None:
                    faults.append(SipSyntaxError("a quoted string without its closing quote", at + 1))
                    found.append((name, text[at + 1 :]))
                    break
                value, at = unquote_pairs(quoted[1]), quoted.end()
            else:
                start = at
                at = _end(_VALUE, text, at)
                value = text[start:at]
            at = _skip(text, at)
        if name:
            found.append((name, value))
    return tuple(found), tuple(faults)


def param(params: Params, name: str) -> str | None:
    """The value of a parameter: "" where it stands without value, None where it is absent."""
    wanted = name.lower()
    for spelled, value in params:
        if spelled == wanted or spelled.lower() == wanted:
            return value or ""
    return None


def _skip(text: str, at: int) -> int:
    return _end(_SPACE, text, at)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
