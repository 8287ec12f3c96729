"""Header fields of SIP: the value of each by the rule for its name."""

from __future__ import annotations

import re

from sipdiag.patterns import pattern
from sipdiag.redaction import kept
from sipdiag.redaction.text import URI, Care, TextRedactor
from sipdiag.redaction.units import through_units
from sipdiag.redaction.uris import redact_host, redact_params
from sipdiag.sip.names import canonical_name

_QUOTED = r'"(?:[^"\\]|\\.)*"?'
_ADDRESS_PIECE = pattern(
    rf"(?P<quoted>{_QUOTED})|(?P<angle><[^<>]*>?)|(?P<params>;[^<>,\"]*(?:\"[^\"]*\"[^<>,\"]*)*)|(?P<rest>[^<>;\",]+|.)",
    re.DOTALL,
)
_VIA = pattern(
    r"(?P<protocol>\s*[^\s/;,]+\s*/\s*[^\s/;,]+\s*/\s*[^\s;,]+)(?P<space>\s+)(?P<host>\[[^\]]*\]|[^\s;:,]*)(?P<port>\s*(?::\s*\d{1,5})?)(?P<rest>[^,]*)",
    re.DOTALL,
)
_DIGEST_PARAM = pattern(rf"(?P<name>[\w\-]+)(?P<equals>\s*=\s*)(?P<value>{_QUOTED}|[^\s,;\"]*)", re.DOTALL)
_SCHEME = pattern(r"\s*[A-Za-z][\w\-]*(?=\s|$)")
_DIGEST_KEPT = frozenset({"algorithm", "qop", "stale", "nc", "charset", "userhash"})


def redact_value(redactor: TextRedactor, name: str, value: str) -> str:
    """The value of a header field, folded or not."""
    return _by_rule(redactor, kept.header_rule(canonical_name(name) or name), value)


def _by_rule(redactor: TextRedactor, rule: str, value: str) -> str:
    match rule:
        case "keep":
            return redactor.text(value, Care.COUNTS)
        case "cseq":
            return re.sub(
                r"(?<=\d)(\s+)(?![A-Z]{1,20}\s*$)(\S.*)$", lambda m: m[1] + redactor.text(m[2], Care.TOKEN), value
            )
        case "address":
            return redact_addresses(redactor, value)
        case "via":
            return _via(redactor, value)
        case "token":
            return redactor.text(value, Care.TOKEN)
        case "digest":
            return redact_digest(redactor, value)
        case "remove":
            return re.sub(r"\S+", lambda m: redactor.pseudonyms.removed(m[0]), value)
        case "product" | "words":
            return redactor.text(value)
        case "name":
            return redactor.text(value, Care.NAME)
    return redactor.text(value, Care.NAME) if not URI.search(value) else redact_addresses(redactor, value)


def kept_name(redactor: TextRedactor, name: str) -> str:
    """The name of a header field: letters and hyphens are a name, whatever they say; anything else is suspect."""
    return name if re.fullmatch(r"[A-Za-z][A-Za-z\-]{0,40}\s*", name) else redactor.plain(name, Care.TOKEN)


def redact_addresses(redactor: TextRedactor, value: str) -> str:
    """Name-addr and addr-spec, also several, also broken ones."""
    out: list[str] = []
    pieces = list(_ADDRESS_PIECE.finditer(value))
    for n, piece in enumerate(pieces):
        raw = piece[0]
        if piece["quoted"]:
            out.append(_display(redactor, raw))
        elif piece["angle"]:
            out.append(_in_angles(redactor, raw))
        elif piece["params"]:
            out.append(";" + redact_params(redactor, raw[1:]) if '"' not in raw else redactor.text(raw, Care.TOKEN))
        elif URI.search(raw):
            out.append(redactor.text(raw, Care.NAME))
        else:
            follows = next((p for p in pieces[n + 1 :] if p[0].strip()), None)
            named = follows is not None and follows["angle"]
            out.append(_display(redactor, raw) if named else _loose(redactor, raw))
    return "".join(out)


def _display(redactor: TextRedactor, raw: str) -> str:
    return through_units(
        raw, lambda t: re.sub(r'[^"]+', lambda m: redactor.pseudonyms.name(m[0]) if m[0].strip() else m[0], t)
    )


def _in_angles(redactor: TextRedactor, raw: str) -> str:
    inner = raw[1:-1] if raw.endswith(">") else raw[1:]
    body = redactor.text(inner, Care.NAME) if URI.search(inner) else _loose(redactor, inner)
    return f"<{body}{'>' if raw.endswith('>') else ''}"


def _loose(redactor: TextRedactor, raw: str) -> str:
    """What should have been a URI and has no scheme: `500`, `1001@pbx`, `pbx.example;transport=tcp`."""
    lead = raw[: len(raw) - len(raw.lstrip())]
    tail = raw[len(raw.rstrip()) :] if raw.strip() else ""
    bare = raw.strip()
    if not bare:
        return raw
    head, semicolon, params = bare.partition(";")
    user, at, host = head.rpartition("@")
    place, colon, port = host.partition(":") if host.count(":") == 1 else (host, "", "")
    ported = colon if port[:5].isdigit() else ""
    if not ported and colon:
        place = host
    done = through_units(user, redactor.pseudonyms.name) + at if at else ""
    if re.match(r"(?i)[a-z][a-z0-9+.\-]*:", head) and not ported:  # another scheme: http, urn, data
        done += redactor.text(host, Care.TOKEN)
    elif "?" in place:
        done += redactor.text(host, Care.NAME)
    else:
        done += redact_host(redactor, place) + (ported + redactor.pseudonyms.ports(port) if ported else "")
    return f"{lead}{done}{semicolon}{redact_params(redactor, params) if params else ''}{tail}"


def _via(redactor: TextRedactor, value: str) -> str:
    def one(match: re.Match[str]) -> str:
        rest = match["rest"]
        lead = rest[: len(rest) - len(rest.lstrip())]
        rest = rest[len(lead) :]
        told = ";" + redact_params(redactor, rest[1:]) if rest.startswith(";") else redactor.text(rest, Care.TOKEN)
        protocol, port = redactor.text(match["protocol"], Care.COUNTS), redactor.pseudonyms.ports(match["port"])
        return f"{protocol}{match['space']}{redact_host(redactor, match['host'])}{port}{lead}{told}"

    out, at = "", 0
    for match in _VIA.finditer(value):
        out += redactor.text(value[at : match.start()], Care.TOKEN) + one(match)
        at = match.end()
    return out + redactor.text(value[at:], Care.TOKEN)


def redact_digest(redactor: TextRedactor, value: str) -> str:
    """Challenges and credentials: scheme, algorithm and qop stay, names become pseudonyms, all else is removed."""
    scheme = _SCHEME.match(value)
    start = scheme.end() if scheme else 0
    p = redactor.pseudonyms

    def param(match: re.Match[str]) -> str:
        name, raw = match["name"].lower(), match["value"]
        quote = '"' if raw.startswith('"') else ""
        inner = raw[1:-1] if quote and raw.endswith('"') and len(raw) > 1 else raw[len(quote) :]
        end = raw[len(quote) + len(inner) :]
        if name in _DIGEST_KEPT:
            inner = redactor.text(inner, Care.COUNTS) if name != "nc" else inner[:8] + p.removed(inner[8:])
        elif name == "realm":
            inner = through_units(inner, lambda t: p.host(t) if "@" not in t else redactor.text(t, Care.NAME))
        elif name == "username":
            inner = redactor.text(inner, Care.NAME) if "@" in inner else through_units(inner, p.name)
        elif name in ("uri", "domain"):
            inner = redactor.text(inner, Care.NAME)
        else:
            inner = p.removed(inner)
        return f"{match['name']}{match['equals']}{quote}{inner}{end}"

    out, at = redactor.text(value[:start], Care.TOKEN), start
    if value[:start].strip().lower() != "digest":  # Basic, Bearer: all that follows is the secret
        return out + re.sub(r"[^\s]+", lambda m: p.removed(m[0]), value[start:])
    for match in _DIGEST_PARAM.finditer(value, start):
        between = value[at : match.start()]
        out += re.sub(r"[^\s,;]+", lambda m: p.removed(m[0]), between) + param(match)
        at = match.end()
    return out + re.sub(r"[^\s,;]+", lambda m: p.removed(m[0]), value[at:])
