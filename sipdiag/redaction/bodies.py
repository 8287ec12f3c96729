"""Bodies of SIP messages: session descriptions and sipfrags stay readable, all others are removed, their length kept."""

from __future__ import annotations

import re

from sipdiag.redaction.lines import redact_head, redact_lines
from sipdiag.redaction.text import Care, TextRedactor
from sipdiag.redaction.units import through_units

# Attributes whose words and numbers describe media, and nobody.
_MEDIA = frozenset(
    "rtpmap fmtp ptime maxptime sendrecv sendonly recvonly inactive rtcp-mux rtcp-rsize rtcp-fb mid group bundle-only setup "
    "connection silencesupp gpmd sqn cdsc cpar cpar-pcfg pcfg acap tcap extmap-allow-mixed ice-lite ice-options end-of-candidates "
    "T38FaxVersion T38MaxBitRate T38FaxRateManagement T38FaxMaxBuffer T38FaxMaxDatagram T38FaxUdpEC T38VendorInfo "
    "framerate quality orient type lang sdplang charset curr des conf sprt nortpproxy direction rtcp-xr msid-semantic "
    "rfc8888 sctp-port max-message-size csup content imageattr simulcast rid".lower().split()
)
_SECRET = frozenset(
    ("crypto", "ice-pwd", "ice-ufrag", "fingerprint", "key-mgmt", "zrtp-hash", "identity", "3ge2ae", "tls-id")
)
# RFC 4568 9.1: tag and suite, whose presence is what a diagnosis asks for, and the key
_CRYPTO = re.compile(r"(?P<lead>\d{1,9}\s+[A-Z0-9_]+\s+)(?P<method>inline:)(?P<key>.*)", re.DOTALL)
# Ports of media lines (RFC 8866 5.14), and of attributes: `a=rtcp:PORT`, `a=candidate:… ADDRESS PORT typ … rport PORT`,
# `a=remote-candidates:1 ADDRESS PORT 2 ADDRESS PORT`.
_PORT = re.compile(r"(?<=\s)\d{1,5}(?!\d)")
_PORTS = re.compile(r"(?P<lead>^\s*|(?:[.:]\w+|\brport)\s+)(?P<port>\d{1,5})(?=\s|$)")
_LINE = re.compile(r"(?P<kind>[A-Za-z])(?P<equals>\s*=)(?P<value>[^\r\n]*)")


def redact_body(redactor: TextRedactor, body: str, content_type: str) -> str:
    """A body by its media type; by its first line where it has none."""
    kind = content_type.partition(";")[0].replace(" ", "").strip().lower()
    if kind.startswith("multipart/"):
        boundary = re.search(r'boundary\s*=\s*(?:"([^"]*)"|([^\s;]+))', content_type, re.IGNORECASE)
        if boundary:
            return _multipart(redactor, body, boundary[1] or boundary[2])
    if kind == "application/sdp" or (not kind and body.lstrip().startswith("v=0")):
        return redact_sdp(redactor, body)
    if kind.startswith("message/sip") or (not kind and re.match(r"\s*SIP/2\.0 ", body)):
        return _sipfrag(redactor, body)
    return removed_body(body)


def removed_body(body: str) -> str:
    """Nothing but the lengths of its lines."""
    return re.sub(r"[^\r\n]", lambda m: "x" * len(m[0].encode("utf-8", "surrogateescape")), body)


def _sipfrag(redactor: TextRedactor, body: str) -> str:
    head, blank, rest = _split(body)
    return redact_head(redactor, head) + blank + removed_body(rest)


def _split(text: str) -> tuple[str, str, str]:
    blank = re.search(r"\r?\n\r?\n", text)
    return (text, "", "") if blank is None else (text[: blank.start()], blank[0], text[blank.end() :])


def _multipart(redactor: TextRedactor, body: str, boundary: str) -> str:
    """The parts by their own types. The boundary is written as the Content-Type field writes it: both are words."""
    pieces = re.split(rf"(--{re.escape(boundary)}(?:--)?)", body)
    out = [removed_body(pieces[0])]
    for delimiter, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        out.append(
            "--"
            + redactor.text(boundary, Care.COUNTS)
            + ("--" if delimiter.endswith("--") and len(delimiter) > len(boundary) + 2 else "")
        )
        head, blank, rest = _split(piece)
        if not blank or delimiter == f"--{boundary}--":
            out.append(removed_body(piece))
            continue
        named = re.search(r"^\s*(?:Content-Type|c)\s*:\s*([^\r\n]*)", head, re.IGNORECASE | re.MULTILINE)
        out += (redact_lines(redactor, head), blank, redact_body(redactor, rest, named[1] if named else "text/plain"))
    return "".join(out)


def redact_sdp(redactor: TextRedactor, body: str) -> str:
    """A session description, line by line; what is no line of one is removed."""

    def change(match: re.Match[str]) -> str:
        line = _LINE.fullmatch(match[0])
        if line is None:
            return removed_body(match[0])
        return line["kind"] + line["equals"] + _sdp_value(redactor, line["kind"], line["value"])

    return re.sub(r"[^\r\n]+", change, body)


def _sdp_value(redactor: TextRedactor, kind: str, value: str) -> str:
    p = redactor.pseudonyms
    if kind == "m":
        return redactor.plain(_PORT.sub(lambda m: p.ports(m[0]), value, count=1), Care.COUNTS)
    if kind in "vtbrz":
        return redactor.plain(value, Care.COUNTS)
    if kind == "k":
        return value if value.strip() in ("prompt", "") else re.sub(r"\S+", lambda m: p.removed(m[0]), value)
    if kind == "o":
        user, _, rest = value.partition(" ")
        return (
            (p.name(user) if user != "-" else user)
            + value[len(user) : len(user) + 1]
            + redactor.plain(rest, Care.COUNTS)
        )
    if kind == "c":
        return redactor.plain(value, Care.COUNTS)
    if kind == "a":
        return _attribute(redactor, value)
    return (
        re.sub(r"[^\s]+", lambda m: redactor.plain(m[0], Care.NAME), value) if kind in "isuep" else removed_body(value)
    )


def _attribute(redactor: TextRedactor, value: str) -> str:
    name, colon, rest = value.partition(":")
    lower = name.strip().lower()
    p = redactor.pseudonyms
    if lower in _SECRET:
        if lower == "crypto" and (read := _CRYPTO.match(rest)):
            rest = read["key"]
            lead = redactor.plain(read["lead"], Care.COUNTS) + read["method"]
            return name + colon + lead + re.sub(r"[^\s|;]+", lambda m: p.removed(m[0]), rest)
        return name + colon + re.sub(r"\S+", lambda m: p.removed(m[0]), rest)
    if lower in ("candidate", "remote-candidates", "rtcp", "alt"):
        return name + colon + redactor.plain(_PORTS.sub(lambda m: m["lead"] + p.ports(m["port"]), rest), Care.COUNTS)
    if lower == "ssrc":
        number, space, more = rest.partition(" ")
        return name + colon + redactor.plain(number, Care.COUNTS) + space + redactor.plain(more, Care.TOKEN)
    if lower in _MEDIA:
        return redactor.plain(name, Care.COUNTS) + colon + redactor.plain(rest, Care.COUNTS)
    return redactor.plain(name, Care.TOKEN) + colon + through_units(rest, lambda t: redactor.plain(t, Care.NAME))
