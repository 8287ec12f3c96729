"""A URI as its parts, and how it compares (RFC 3261 19.1, RFC 3966)."""

from __future__ import annotations

import re
from dataclasses import field
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from sipdiag.dataclass import dataclass
from sipdiag.values import Secret

_NO_SEPARATORS = str.maketrans("", "", "-.() ")
_NUMBER = re.compile(r"\+?[0-9]+")


@dataclass(frozen=True, slots=True)
class Uri:
    """A URI, read into its parts.

    `scheme` is in lower case. `user`, `params` and `headers` are percent-decoded; `raw_user` and `raw_headers` are as
    written. `host` is as written, an IPv6 reference without its brackets; it is empty for tel and for schemes that are
    kept whole. A parameter without value has the value None.
    """

    raw: str
    scheme: str
    user: str | None = None
    raw_user: str | None = None
    password: Secret | None = None
    host: str = ""
    port: int | None = None
    params: tuple[tuple[str, str | None], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    raw_headers: tuple[tuple[str, str], ...] = ()
    spans: tuple[tuple[str, int, int], ...] = field(default=(), repr=False)

    def span(self, part: str) -> tuple[int, int] | None:
        """Start and end of a part in `raw`, counted from 0; None where the part is absent.

        Parts: scheme, user, password, host, port, params, headers, and `param:<name>`, `header:<name>` in lower case.

        >>> from sipdiag.sip.uri import parse_uri
        >>> parse_uri("sip:bob@example.com:5070").span("host")
        (8, 19)
        """
        return next(((start, end) for name, start, end in self.spans if name == part), None)

    def param(self, name: str) -> str | None:
        """The value of a URI parameter: "" where it stands without value, None where it is absent."""
        return next((value or "" for n, value in self.params if n.lower() == name.lower()), None)

    def header(self, name: str) -> str | None:
        """The decoded value of a URI header (`?name=value`), or None."""
        return next((value for n, value in self.headers if n.lower() == name.lower()), None)

    @property
    def transport(self) -> str | None:
        """The `transport` parameter in lower case."""
        return (self.param("transport") or "").lower() or None

    @property
    def effective_port(self) -> int:
        """The port, by default that of its transport: 5061 for TLS, 5060 otherwise (RFC 3261, 19.1.2).

        >>> from sipdiag.sip.uri import parse_uri
        >>> [parse_uri(u).effective_port for u in ("sip:h:5070", "sip:h", "sips:h", "sip:h;transport=tls")]
        [5070, 5060, 5061, 5061]
        """
        return self.port or (5061 if self.scheme == "sips" or self.transport == "tls" else 5060)

    @property
    def is_sip(self) -> bool:
        return self.scheme in ("sip", "sips")

    @property
    def is_ip(self) -> bool:
        return ":" in self.host_key or _is_ipv4(self.host)

    @property
    def host_key(self) -> str:
        """The host as it compares: lower case, no final dot, IPv6 in its shortest form."""
        if ":" in self.host:
            try:
                return str(IPv6Address(self.host))
            except AddressValueError:
                return self.host.lower()
        return self.host.lower().removesuffix(".")

    @property
    def number(self) -> str | None:
        """The telephone number: digits, with + where it is written; None where the user is no number.

        Visual separators (RFC 3966, 5.1.1) and parameters of the number are left out.

        >>> from sipdiag.sip.uri import parse_uri
        >>> parse_uri("sip:%2B1-555-0100;ext=7@example.com").number
        '+15550100'
        """
        if self.user is None or _is_ipv4(self.user):
            return None
        digits = self.user.partition(";")[0].translate(_NO_SEPARATORS)
        return digits if _NUMBER.fullmatch(digits) else None

    def same_user_host(self, other: Uri) -> bool:
        """Whether both name the same user at the same host; port, scheme and parameters aside."""
        return self.user == other.user and self.host_key == other.host_key

    def __str__(self) -> str:
        return self.raw


def _is_ipv4(text: str) -> bool:
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True
