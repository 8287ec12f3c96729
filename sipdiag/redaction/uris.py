"""SIP, SIPS and tel URIs, whole or broken: each part by its own rule, all delimiters where they were."""

from __future__ import annotations

import re
from functools import partial

from sipdiag.patterns import pattern
from sipdiag.redaction import kept
from sipdiag.redaction.text import Care, TextRedactor
from sipdiag.redaction.units import through_units

# As the reader of URIs has it: `?` before `@` is part of the user, unless a header that no user has follows it.
_EMBEDDED = pattern(
    r"[?&](?:replaces|require|referred-by|user-to-user|target-dialog|supported|subject)=", re.IGNORECASE
)
_HOST = pattern(r"\[[^\]]*\]|[^:;?/\s&=]*")
_PLACEHOLDER = pattern(r"\{\{.*?\}\}|[$#]\{[^}]*\}|\{[A-Za-z_]\w*\}|\$[A-Za-z_]\w*")
_ADDRESSES = ("maddr", "received", "alias", "via-host")


def redact_uri(redactor: TextRedactor, raw: str) -> str:
    """A URI with its scheme."""
    scheme, colon, rest = raw.partition(":")
    if re.match(r"(?i)(?:sips?|tel):", rest):  # a scheme twice is a fault that has to stay one
        return scheme + colon + redact_uri(redactor, rest)
    if scheme.lower() == "tel":
        number, semicolon, params = rest.partition(";")
        return f"{scheme}{colon}{_user(redactor, number)}{semicolon}{params and redact_params(redactor, params)}"
    at = rest.find("@")
    question = rest.find("?")
    if at >= 0 and 0 <= question < at and _EMBEDDED.search(rest, question, at):
        at = -1
    user = rest[: at + 1]
    host = _HOST.match(rest, at + 1)
    end = host.end() if host else at + 1
    tail = rest[end:]
    port = re.match(r":[0-9]{1,5}(?![0-9])", tail)
    after = port.end() if port else 0
    params, mark, headers = tail[after:].partition("?")
    return "".join(
        (
            scheme,
            colon,
            _userinfo(redactor, user[:-1]) + "@" if user else "",
            redact_host(redactor, rest[at + 1 : end]),
            redactor.pseudonyms.ports(tail[:after]),
            redact_params(redactor, params) if params else "",
            mark,
            redact_headers(redactor, headers) if headers else "",
        )
    )


def redact_host(redactor: TextRedactor, raw: str) -> str:
    if _PLACEHOLDER.search(raw):
        return redactor.plain(raw, Care.TEXT)
    return through_units(raw, redactor.pseudonyms.host)


def _userinfo(redactor: TextRedactor, raw: str) -> str:
    user, colon, password = raw.partition(":")
    name, semicolon, params = user.partition(";")
    return "".join(
        (
            _user(redactor, name),
            semicolon,
            redact_params(redactor, params) if params else "",
            colon,
            through_units(password, redactor.pseudonyms.removed) if password else "",
        )
    )


def _user(redactor: TextRedactor, raw: str) -> str:
    """A user part; what is filled in later stays."""
    out, at = "", 0
    for match in _PLACEHOLDER.finditer(raw):
        out += _name(redactor, raw[at : match.start()]) + redactor.plain(match[0], Care.TEXT)
        at = match.end()
    return out + _name(redactor, raw[at:])


def _name(redactor: TextRedactor, raw: str) -> str:
    def change(text: str) -> str:
        return (
            redactor.pseudonyms.host(text)
            if re.fullmatch(r"(?:\d{1,3}\.){3}\d{1,3}", text)
            else redactor.pseudonyms.name(text)
        )

    return through_units(raw, change) if raw else raw


def redact_params(redactor: TextRedactor, raw: str) -> str:
    """Parameters between semicolons, of a URI or of a header field."""
    return ";".join(_param(redactor, piece) for piece in raw.split(";"))


def _param(redactor: TextRedactor, raw: str) -> str:
    name, equals, value = raw.partition("=")
    bare = name.strip().lower()
    shown = redactor.plain(name, Care.TOKEN)
    if not equals:
        return shown
    p = redactor.pseudonyms
    if bare in _ADDRESSES:
        return f"{shown}={through_units(value, p.host)}"
    if "sip:" in value.lower() or "sips:" in value.lower() or "tel:" in value.lower():
        return f"{shown}={redactor.text(value, Care.TOKEN)}"
    if bare in ("phone-context", "tgrp", "trunk-context", "isub", "ext", "cpn", "oli", "user-id", "cname"):
        return f"{shown}={through_units(value, p.name if not re.search(r'[A-Za-z]', value) else p.host)}"
    if bare == "rport":
        return (
            f"{shown}={p.ports(value)}" if value.strip().isdigit() else f"{shown}={redactor.plain(value, Care.COUNTS)}"
        )
    return f"{shown}={redactor.plain(value, Care.COUNTS if kept.is_numeric(bare) else Care.TOKEN)}"


def redact_headers(redactor: TextRedactor, raw: str) -> str:
    """Header fields of a URI, between ampersands: each value by the rule of its header field."""
    out = []
    for piece in raw.split("&"):
        name, equals, value = piece.partition("=")
        told = through_units(value, partial(redactor.field, name)) if value else ""
        out.append((name if name.replace("-", "").isalpha() else redactor.plain(name, Care.TOKEN)) + equals + told)
    return "&".join(out)
