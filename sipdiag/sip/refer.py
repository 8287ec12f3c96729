"""What a REFER asks for and what its NOTIFY reports: Refer-To, Replaces, sipfrag (RFC 3515, 3891, 3420)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal, TypeAlias
from urllib.parse import unquote

from sipdiag.dataclass import dataclass
from sipdiag.sip.nameaddr import NameAddr, parse_name_addr
from sipdiag.sip.params import Params, param, read_params
from sipdiag.sip.uri import Uri

FaultKind: TypeAlias = Literal[
    "empty", "missing-scheme", "missing-domain", "missing-user", "missing-angle-brackets", "malformed"
]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a Refer-To value. `column` counts from 1 in the value. `missing-user` alone is legal."""

    kind: FaultKind
    column: int
    why: str


@dataclass(frozen=True, slots=True)
class Replaces:
    """The dialog to be replaced (RFC 3891 6.1). `to_tag` and `from_tag` are None where they are missing.

    `reserved_raw` are the characters among `; = @ +` that stand unescaped where it was a URI header: a strict reader
    ends the value, or the URI, there, and some read + as a space.
    """

    raw: str
    call_id: str
    to_tag: str | None
    from_tag: str | None
    early_only: bool = False
    reserved_raw: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferTo:
    """One Refer-To value (RFC 3515 2.1).

    `params` are the header parameters; those of the URI are in `uri`. `replaces` is read from `?Replaces=` after
    decoding, `raw_replaces` is the same as written. `require` are option tags of `?Require=` in lower case.
    """

    raw: str
    display_name: str | None
    bracketed: bool
    uri: Uri | None
    uri_text: str
    params: Params
    replaces: Replaces | None
    raw_replaces: str | None
    require: frozenset[str]
    faults: tuple[Fault, ...]

    @property
    def masked(self) -> bool:
        """Whether the value is hidden or cut off in the text, so that its faults may not be those of its sender."""
        return _MASKED.search(self.uri_text) is not None

    def as_sent(self) -> ReferTo:
        """The value as a trace shows it: where it is masked, nothing is wrong with it that can be known.

        >>> parse_refer_to("<sip:****@****>").as_sent().faults, len(parse_refer_to("<sip:front desk@x>").as_sent().faults)
        ((), 1)
        """
        return replace(self, faults=()) if self.faults and self.masked else self

    def fault(self, kind: FaultKind) -> Fault | None:
        return next((f for f in self.faults if f.kind == kind), None)

    def __str__(self) -> str:
        return self.raw


@dataclass(frozen=True, slots=True)
class Sipfrag:
    """The status line of a message/sipfrag body and the header lines after it."""

    code: int
    reason: str
    headers: tuple[tuple[str, str], ...] = ()


_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
# Schemes that a Refer-To may hold beside sip, sips and tel; "name:rest" of any other word may be host:port or
# user:password, and then is a URI whose scheme is missing.
_SCHEMES = {"sip", "sips", "tel", "im", "pres", "xmpp", "mailto", "http", "https", "urn", "h323", "fax", "cid", "data"}
# Replaces = callid *( SEMI replaces-param ) (RFC 3891 6.1)
_CALL_ID = re.compile(r"[^;]*")
_RESERVED = ";=@+"
# What people and tools put in the place of what they do not show: **** and XXXX, [redacted], a cut at three dots.
_MASKED = re.compile(
    r"\*{3,}|(?<![0-9A-Za-z])[xX]{3,}(?![0-9A-Za-z])|\u2026|\.{3,}\Z|"
    r"(?<![0-9A-Za-z])(?:redacted|removed|masked|hidden|censored|anonymi[sz]ed|obfuscated)(?![0-9A-Za-z])",
    re.IGNORECASE,
)
# A telephone number with its visual separators, or a star code, and perhaps a port.
_DIGITS = re.compile(r"\+?[0-9().*#-]*[0-9*#](?::[0-9]*)?")
_IPV4 = re.compile(r"[0-9]+(?:\.[0-9]+){3}(?![0-9.])")


def parse_refer_to(value: str) -> ReferTo:
    """Read a Refer-To value and name what is wrong with it. Never raises.

    >>> [f.kind for f in parse_refer_to("1001").faults]
    ['missing-scheme', 'missing-domain']
    >>> [f.kind for f in parse_refer_to("<sip:+15550100@pbx.example>").faults]
    []
    >>> r = parse_refer_to("<sip:bob@b.example?Replaces=12%40b.example%3Bto-tag%3D7%3Bfrom-tag%3D8&Require=replaces>")
    >>> r.replaces.call_id, r.replaces.to_tag, r.replaces.from_tag, r.replaces.reserved_raw, sorted(r.require)
    ('12@b.example', '7', '8', (), ['replaces'])
    """
    address = parse_name_addr(value)
    raw_replaces, require = _embedded(address.uri)
    replaces = None
    if raw_replaces is not None:
        reserved = tuple(sign for sign in _RESERVED if sign in raw_replaces)
        read = parse_replaces(unquote(raw_replaces, errors="replace"))
        replaces = Replaces(raw_replaces, read.call_id, read.to_tag, read.from_tag, read.early_only, reserved)
    return ReferTo(
        value,
        address.display_name,
        address.bracketed,
        address.uri,
        address.uri_text,
        address.params,
        replaces,
        raw_replaces,
        require,
        _faults(address),
    )


def _embedded(uri: Uri | None) -> tuple[str | None, frozenset[str]]:
    if uri is None:
        return None, frozenset()
    raw = next((v for n, v in uri.raw_headers if unquote(n).lower() == "replaces"), None)
    tags = (uri.header("require") or "").lower().split(",")
    return raw, frozenset(tag.strip() for tag in tags if tag.strip())


def _faults(address: NameAddr) -> tuple[Fault, ...]:
    """Every fault, in the order in which one would have to mend them: what is missing first, then what is wrong."""
    text, at = address.uri_text, address.uri_at + 1
    if not text:
        return (Fault("empty", at, "there is no URI"),)
    scheme, rest = _scheme(text)
    if scheme is None:
        return tuple(_schemeless(address, text, at))
    faults: list[Fault] = []
    errors = list(address.errors)
    if scheme in ("sip", "sips"):
        domain = _domain_fault(rest, at + len(scheme) + 1)
        if domain is not None:
            faults.append(domain)
            # The host that is missing is one fault, not two.
            errors = [e for e in errors if (e.column or 0) < at or "host" not in e.message]
        elif address.uri is not None and not address.uri.user:
            empty = "nothing stands before '@'" if address.uri.user == "" else "only a host, no user"
            faults.append(Fault("missing-user", at + len(scheme) + 1, empty))
    if not address.bracketed:
        faults += _brackets(address)
        errors = [e for e in errors if "must stand in <>" not in e.message]
    faults += [Fault("malformed", e.column or 1, e.message) for e in errors]
    return tuple(faults)


def _scheme(text: str) -> tuple[str | None, str]:
    match = _SCHEME.match(text)
    if match is None:
        return None, text
    scheme, rest = match[1].lower(), match[2]
    if scheme not in _SCHEMES and (re.match(r"[0-9]+(?:[;?]|\Z)", rest) or "@" in rest):
        return None, text
    return scheme, rest


def _schemeless(address: NameAddr, text: str, at: int) -> list[Fault]:
    faults = [Fault("missing-scheme", at, "the URI does not begin with sip:, sips: or tel:")]
    head = re.split(r"[;?]", text, maxsplit=1)[0]
    if "@" not in head and "." not in head and not head.startswith("["):
        faults.append(Fault("missing-domain", at + len(head), "no '@' and no domain"))
    elif head.endswith("@"):
        faults.append(Fault("missing-domain", at + len(head), "nothing stands after '@'"))
    if not address.bracketed:
        faults += _brackets(address)
    for error in address.errors:
        if (error.column or 0) != at and "must stand in <>" not in error.message:
            faults.append(Fault("malformed", error.column or 1, error.message))
    space = re.search(r"\s", text)
    if space is not None:
        faults.append(Fault("malformed", at + space.start(), "white space inside the URI"))
    return faults


def _domain_fault(rest: str, at: int) -> Fault | None:
    """A SIP URI whose host is nothing, or is a telephone number that lost its domain."""
    head = re.split(r"[;?]", rest, maxsplit=1)[0]
    user, sign, host = head.rpartition("@")
    host_at = at + len(user) + len(sign)
    if not host.strip():
        return Fault(
            "missing-domain", host_at, "nothing stands after '@'" if sign else "nothing stands after the scheme"
        )
    if not sign and _DIGITS.fullmatch(unquote(host)) and not _IPV4.match(host):
        return Fault("missing-domain", host_at, "a number stands where the domain belongs")
    return None


def _brackets(address: NameAddr) -> list[Fault]:
    sign = re.search(r"[;?,]", address.raw[address.uri_at :])
    if sign is None:
        return []
    why = f"a URI with {sign[0]!r} must stand in <>, or what follows belongs to the header (RFC 3261 20.10)"
    return [Fault("missing-angle-brackets", address.uri_at + sign.start() + 1, why)]


def parse_replaces(text: str) -> Replaces:
    """Read a Replaces header value, or one already decoded from a URI. Never raises: what is missing is None.

    >>> parse_replaces("98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff").from_tag
    'r33th4x0r'
    """
    match = _CALL_ID.match(text)
    end = match.end() if match else 0
    params, _ = read_params(text, end)
    early = param(params, "early-only") is not None
    return Replaces(text, text[:end].strip(), param(params, "to-tag") or None, param(params, "from-tag") or None, early)


# Status-Line = SIP-Version SP Status-Code SP Reason-Phrase (RFC 3261 25.1)
# The last SP is often dropped with the reason, and spaces are doubled.
STATUS_LINE = re.compile(r"SIP/2\.0[ \t]+([1-9][0-9]{2})(?:[ \t]+(.*))?[ \t]*", re.IGNORECASE)


def parse_sipfrag(body: bytes) -> Sipfrag | None:
    r"""Read the body of a NOTIFY (RFC 3420): None where it does not begin with a status line.

    Line ends may be LF, and empty lines may stand before it.

    >>> parse_sipfrag(b"\r\nSIP/2.0 486 Busy Here\nTo: <sip:a@b>\n")
    Sipfrag(code=486, reason='Busy Here', headers=(('To', '<sip:a@b>'),))
    """
    lines = body.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    match = STATUS_LINE.fullmatch(lines[0].strip())
    if match is None:
        return None
    headers = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not line.strip():
            break
        if colon:
            headers.append((name.strip(), value.strip()))
    return Sipfrag(int(match[1]), (match[2] or "").strip(), tuple(headers))
