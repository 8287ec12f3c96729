"""Reading SIP, SIPS, tel and other URIs, with the place of every part (RFC 3261 19.1 and 25.1, RFC 3966)."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import unquote

from sipdiag.sip.errors import SipSyntaxError
from sipdiag.sip.uri_parts import Uri
from sipdiag.values import Secret

__all__ = ["Uri", "parse_uri", "read_uri"]

_SHORT = 256  # characters of a URI that is worth remembering

# scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")

# user = 1*( unreserved / escaped / user-unreserved )
# unreserved = alphanum / "-" / "_" / "." / "!" / "~" / "*" / "'" / "(" / ")"
# user-unreserved = "&" / "=" / "+" / "$" / "," / ";" / "?" / "/"
_USER = re.compile(r"(?:[A-Za-z0-9\-_.!~*'()&=+$,;?/]|%[0-9A-Fa-f]{2})*+")
# password = *( unreserved / escaped / "&" / "=" / "+" / "$" / "," )
_PASSWORD = re.compile(r"(?:[A-Za-z0-9\-_.!~*'()&=+$,]|%[0-9A-Fa-f]{2})*+")
# host = hostname / IPv4address / IPv6reference
# Container and Windows networks put "_" into host names, and resolvers take it; so do we.
_HOST = re.compile(r"\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)")
# paramchar = param-unreserved / unreserved / escaped;  param-unreserved = "[" / "]" / "/" / ":" / "&" / "+" / "$"
# Proxies put base64 into their Route parameters and leave its "=" as it is; so do we.
_PARAM = re.compile(r"(?:[A-Za-z0-9\-_.!~*'()\[\]/:&+$=]|%[0-9A-Fa-f]{2})*+")
# hnv-unreserved = "[" / "]" / "/" / "?" / ":" / "+" / "$"
# The reserved characters are read too: a Replaces left unescaped is a fault of its own, told by `refer.Replaces`.
_HVALUE = re.compile(r"""(?:[^\s<>"%\x00-\x1f\x7f]|%[0-9A-Fa-f]{2})*+""")
# absoluteURI: everything but what cannot stand in any URI.
_OPAQUE = re.compile(r"""[^\s<>"\x00-\x1f\x7f]*+""")
# global-number-digits / local-number-digits, with visual separators (RFC 3966, 3)
_TEL = re.compile(r"\+?[0-9A-Fa-f*#().-]*+")

# userinfo may hold "?" and "=", so `sip:host?Replaces=a@b` is a user by the letter. These names are never a user's.
_EMBEDDED = re.compile(
    r"(?:^|[?&])(?:replaces|require|referred-by|user-to-user|target-dialog|supported|subject)=", re.IGNORECASE
)


# What most are: nothing in it needs a closer look.
_PLAIN = re.compile(r"(sips?):([A-Za-z0-9_.+-]+)@([A-Za-z0-9._-]+)(?::([1-9][0-9]{0,3}))?")


def parse_uri(text: str) -> Uri:
    """Read a URI that has to follow the grammar.

    >>> uri = parse_uri("sips:alice:pw@[2001:db8::1]:5061;transport=tcp?Subject=hi%20you")
    >>> uri.user, uri.host, uri.port, uri.transport, uri.header("subject")
    ('alice', '2001:db8::1', 5061, 'tcp', 'hi you')
    >>> parse_uri("sip:a b@example.com")
    Traceback (most recent call last):
    sipdiag.sip.errors.SipSyntaxError: column 6: ' ' must be escaped in the user

    Raises SipSyntaxError with the column of the first fault.
    """
    uri, errors = read_uri(text)
    if errors:
        raise errors[0]
    if uri is None:  # read_uri gives a reason whenever it gives no URI
        raise SipSyntaxError("not a URI", 1)
    return uri


def read_uri(text: str) -> tuple[Uri | None, tuple[SipSyntaxError, ...]]:
    """Read whatever parts a URI has, with everything that breaks the grammar.

    The URI is None where it has no scheme, or no host where it needs one.
    """
    return _remembered(text) if len(text) <= _SHORT else _read(text)


@lru_cache(maxsize=1024)
def _remembered(text: str) -> tuple[Uri | None, tuple[SipSyntaxError, ...]]:
    """The messages of a call repeat a handful of URIs."""
    return _read(text)


def _read(text: str) -> tuple[Uri | None, tuple[SipSyntaxError, ...]]:
    plain = _PLAIN.fullmatch(text)
    if plain is not None:
        return _plain(plain), ()
    match = _SCHEME.match(text)
    if match is None:
        return None, (SipSyntaxError("no scheme such as 'sip:'", 1),)
    reader = _Reader(text)
    scheme = match[1].lower()
    reader.spans.append(("scheme", 0, match.end(1)))
    if scheme in ("sip", "sips"):
        uri = reader.sip(scheme, match.end())
    elif scheme == "tel":
        uri = reader.tel(match.end())
    else:
        reader.expect(_OPAQUE, match.end(), len(text), "the URI")
        uri = Uri(text, scheme, spans=tuple(reader.spans))
    return uri, tuple(sorted(reader.errors, key=lambda e: e.column or 0))


def _plain(found: re.Match[str]) -> Uri:
    scheme, user, host, digits = found.groups()
    spans = tuple([(part, *found.span(n)) for n, part in enumerate(_PARTS, 1) if n < 4 or digits])
    return Uri(found[0], scheme, user, user, None, host, int(digits) if digits else None, (), (), (), spans)


_PARTS = ("scheme", "user", "host", "port")


class _Reader:
    """One URI on its way through the grammar: the parts found so far and what is wrong with them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.errors: list[SipSyntaxError] = []
        self.spans: list[tuple[str, int, int]] = []

    def fault(self, message: str, at: int) -> None:
        self.errors.append(SipSyntaxError(message, at + 1))

    def expect(self, pattern: re.Pattern[str], start: int, end: int, part: str) -> None:
        """Report the first character between start and end that a part may not hold."""
        match = pattern.match(self.text, start, end)
        stop = match.end() if match else start
        if stop < end:
            found = self.text[stop]
            what = "an escape of two hex digits must follow '%'" if found == "%" else f"{found!r} must be escaped"
            self.fault(f"{what} in {part}", stop)

    def sip(self, scheme: str, start: int) -> Uri | None:
        # SIP-URI = "sip:" [ userinfo ] hostport uri-parameters [ headers ]
        text = self.text
        user = raw_user = None
        password = None
        at = text.find("@", start)
        question = text.find("?", start, at) if at >= 0 else -1
        if question >= 0 and _EMBEDDED.search(text, question, at):
            at = -1
        if at >= 0:
            colon = text.find(":", start, at)
            user_end = colon if colon >= 0 else at
            raw_user = text[start:user_end]
            user = unquote(raw_user, errors="replace")
            self.spans.append(("user", start, user_end))
            if start == user_end:
                self.fault("nothing stands before '@'", start)
            self.expect(_USER, start, user_end, "the user")
            if colon >= 0:
                password = Secret(unquote(text[colon + 1 : at], errors="replace"))
                self.spans.append(("password", colon + 1, at))
                self.expect(_PASSWORD, colon + 1, at, "the password")
            start = at + 1
        question = text.find("?", start)
        head_end = question if question >= 0 else len(text)
        semicolon = text.find(";", start, head_end)
        host_end = semicolon if semicolon >= 0 else head_end
        host, port = self.hostport(start, host_end)
        params = self.params(semicolon, head_end) if semicolon >= 0 else ()
        raw_headers = self.headers(question) if question >= 0 else ()
        if not host:
            return None
        decoded = tuple((unquote(n), unquote(v, errors="replace")) for n, v in raw_headers)
        spans = tuple(self.spans)
        return Uri(text, scheme, user, raw_user, password, host, port, params, decoded, raw_headers, spans)

    def hostport(self, start: int, end: int) -> tuple[str, int | None]:
        # hostport = host [ ":" port ]
        match = _HOST.match(self.text, start, end)
        if match is None:
            found = f"{self.text[start]!r}" if start < end else "nothing"
            self.fault(f"expected a host, found {found}", start)
            return "", None
        host = match[1] or match[2]
        self.spans.append(("host", match.start(), match.end()))
        if match[1] and not _is_ipv6(match[1]):
            self.fault("not an IPv6 address in brackets", match.start())
        stop = match.end()
        if stop == end:
            return host, None
        if self.text[stop] != ":":
            self.fault(f"{self.text[stop]!r} cannot stand in a host", stop)
            return host, None
        digits = self.text[stop + 1 : end]
        self.spans.append(("port", stop + 1, end))
        if not re.fullmatch(r"[0-9]{1,5}", digits) or not 0 < int(digits) < 65536:
            self.fault(f"{digits[:12]!r} is not a port", stop + 1)
            return host, None
        return host, int(digits)

    def params(self, start: int, end: int) -> tuple[tuple[str, str | None], ...]:
        # uri-parameters = *( ";" uri-parameter ), uri-parameter = pname [ "=" pvalue ]
        self.spans.append(("params", start, end))
        found: list[tuple[str, str | None]] = []
        at = start + 1
        for piece in self.text[at:end].split(";"):
            name, equals, value = piece.partition("=")
            if not name:
                self.fault("an empty parameter", at)
            else:
                self.expect(_PARAM, at, at + len(piece), "a parameter")
                name = unquote(name, errors="replace")
                self.spans.append((f"param:{name.lower()}", at, at + len(piece)))
                found.append((name, unquote(value, errors="replace") if equals else None))
            at += len(piece) + 1
        return tuple(found)

    def headers(self, start: int) -> tuple[tuple[str, str], ...]:
        # headers = "?" header *( "&" header ), header = hname "=" hvalue
        self.spans.append(("headers", start, len(self.text)))
        found = []
        at = start + 1
        for piece in self.text[at:].split("&"):
            name, equals, value = piece.partition("=")
            if not name or not equals:
                self.fault("a URI header needs a name, '=' and a value", at)
            if name:
                self.expect(_HVALUE, at, at + len(piece), "a URI header")
                self.spans.append((f"header:{unquote(name).lower()}", at, at + len(piece)))
                found.append((name, value))
            at += len(piece) + 1
        return tuple(found)

    def tel(self, start: int) -> Uri | None:
        # telephone-uri = "tel:" telephone-subscriber (RFC 3966, 3)
        semicolon = self.text.find(";", start)
        end = semicolon if semicolon >= 0 else len(self.text)
        raw_user = self.text[start:end]
        self.spans.append(("user", start, end))
        if not raw_user:
            self.fault("a tel URI without number", start)
        self.expect(_TEL, start, end, "a telephone number")
        params = self.params(semicolon, len(self.text)) if semicolon >= 0 else ()
        user = unquote(raw_user, errors="replace")
        return Uri(self.text, "tel", user, raw_user, params=params, spans=tuple(self.spans)) if raw_user else None


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True
