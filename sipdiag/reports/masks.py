"""What is never printed, in any format or mode: secrets inside messages and inside lines of documents.

This is no redaction: it hides what nobody needs to read, and leaves every identity where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sipdiag.patterns import pattern

MASK = "[secret]"

# A header field with what is folded under it.
_FIELD = pattern(r"^(?P<name>[^\s:]{1,80})(?P<colon>[ \t]*:[ \t]*)(?P<value>[^\n]*(?:\n[ \t]+[^\n]*)*)", re.MULTILINE)
_CREDENTIALS = frozenset({"authorization", "proxy-authorization", "authentication-info"})
# RFC 8224 4: Identity, `y` in its compact form, is a signed token; cookies are sessions.
_WHOLE = frozenset({"identity", "y", "cookie", "set-cookie"})
_TELLING = pattern(
    r"token|secret|passw|api-?key|auth-?key|access-?key|private-?key|credential|signature", re.IGNORECASE
)
_SCHEME = pattern(r"\s*([A-Za-z][\w-]*)\s+")
# RFC 2617 3.2.2: what a password can be guessed from. A quote that is never closed takes all that follows.
_DIGEST = pattern(r'\b(response|rspauth)(\s*=\s*)("[^"]*"?|[^\s,]*)', re.IGNORECASE)
# Anywhere in a message
_URI_PASSWORD = pattern(r'(?<![a-z])(sips?:[^:@\s<>"]{0,200}:)([^@\s<>"]{1,200})(?=@)', re.IGNORECASE)
_PARAMETER = pattern(
    r"(?P<lead>[;?&](?:password|passwd|pwd|token|secret|api_?key|access_?token|response)(?:=|%3D)(?:%22)?)(?P<value>[^;&>\s\",%]+)",
    re.IGNORECASE,
)
_ESCAPED_DIGEST = pattern(r"(response%3D(?:%22)?)([^%&>;\s]+)", re.IGNORECASE)
_TOKEN = pattern(r"\beyJ[A-Za-z0-9_-]{12,}(?:\.[A-Za-z0-9_-]*){0,4}")
_BEARER = pattern(r"\b(Bearer|Basic)([ \t]+)([A-Za-z0-9._~+/=-]{6,})", re.IGNORECASE)
_KEY = pattern(r"\b(?:sk|pk|rk|xi|key)[_-][A-Za-z0-9_-]{16,}")
# RFC 4568 9.1, RFC 4567 3, RFC 8866 5.12, RFC 8839 5.4
_SDP_KEY = pattern(r"^(a=crypto:[^\n]*?inline:)([^\n\s]*)", re.MULTILINE | re.IGNORECASE)
_SDP_SECRET = pattern(r"^(a=(?:key-mgmt|ice-pwd):|k=)([^\n]*)", re.MULTILINE | re.IGNORECASE)
# A setting that holds a secret: `"password": "x"`, `secret=x`, `auth_token: x`. Switches and empty values stay.
_SETTING = pattern(
    r"(?P<lead>[\"']?[\w.-]{0,60}(?:password|passwd|secret|token|api_?key|private_?key|access_?key|auth_?key)[\w.-]{0,20}[\"']?\s{0,20}[:=]>?\s{0,20})"
    r"(?P<value>\"(?:[^\"\\]|\\.){1,4000}\"?|'[^']{1,4000}'?|[^\s,;}{\]\[\"']{1,4000})",
    re.IGNORECASE,
)
_IN_NAMES = ("passw", "secret", "token", "key")  # one of them is in each name of such a setting
_PLAIN = pattern(r"[\"']?(?:true|false|null|none|yes|no|\d{1,6}|\$\{.*|\{\{.*|<.*>)?[\"']?", re.IGNORECASE)


def mask_message(text: str) -> str:
    r"""The text of a SIP message without its secrets. Line ends are LF.

    >>> mask_message('Authorization: Digest username="a", response="0f"\n').strip()
    'Authorization: Digest username="a", response=[secret]'
    >>> mask_message("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVe|2^20\n").strip()
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[secret]'
    """
    text = _FIELD.sub(_field, text)
    text = _SDP_KEY.sub(rf"\1{MASK}", text)
    text = _SDP_SECRET.sub(rf"\1{MASK}", text)
    text = _URI_PASSWORD.sub(rf"\1{MASK}", text)
    text = _ESCAPED_DIGEST.sub(rf"\1{MASK}", text)
    text = _PARAMETER.sub(rf"\g<lead>{MASK}", text)
    text = _words(text)
    return _settings(text, lambda value: MASK)


def mask_line(line: str) -> str:
    """A line of a document, as long as it was, with stars for its secrets: what stands under it still fits.

    >>> mask_line('"password": "hunter2", "port": 5060')
    '"password": "*******", "port": 5060'
    >>> mask_line("sip_token_expiry: 3600")
    'sip_token_expiry: 3600'
    """
    line = _settings(line, _stars)
    if "@" in line:
        line = _URI_PASSWORD.sub(lambda m: m[1] + "*" * len(m[2]), line)
    line = _BEARER.sub(lambda m: m[1] + m[2] + "*" * len(m[3]), line)
    return _KEY.sub(lambda m: "*" * len(m[0]), _TOKEN.sub(lambda m: "*" * len(m[0]), line))


def _settings(text: str, hidden: Callable[[str], str]) -> str:
    """A text with what stands in place of the values of settings that hold secrets."""
    lowered = text.lower()
    if not any(word in lowered for word in _IN_NAMES):  # to look for this is a fiftieth of the work
        return text
    return _SETTING.sub(lambda m: m[0] if _harmless(m["value"]) else m["lead"] + hidden(m["value"]), text)


def _field(match: re.Match[str]) -> str:
    name = match["name"].lower()
    if name in _CREDENTIALS:
        scheme = _SCHEME.match(match["value"])
        if name == "authentication-info" or (scheme is not None and scheme[1].lower() == "digest"):
            return match["name"] + match["colon"] + _DIGEST.sub(rf"\1\2{MASK}", match["value"])
        return match["name"] + match["colon"] + (scheme[0] if scheme is not None else "") + MASK
    if name in _WHOLE or (_TELLING.search(name) and "=" not in name):
        return match["name"] + match["colon"] + MASK
    return match[0]


def _words(text: str) -> str:
    text = _BEARER.sub(rf"\1\2{MASK}", text)
    return _KEY.sub(MASK, _TOKEN.sub(MASK, text))


def _harmless(value: str) -> bool:
    return value == MASK or MASK in value or _PLAIN.fullmatch(value) is not None


def _stars(value: str) -> str:
    quote = value[0] if value[0] in "\"'" else ""
    end = quote if quote and len(value) > 1 and value.endswith(quote) else ""
    return quote + "*" * (len(value) - len(quote) - len(end)) + end
