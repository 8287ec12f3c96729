"""Challenges and credentials of digest authentication (RFC 3261 22, RFC 8760)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sipdiag.dataclass import dataclass
from sipdiag.sip.message import Message
from sipdiag.sip.params import QUOTED, unquote_pairs

# RFC 8760 2.2, and the -sess forms of RFC 2617
ALGORITHMS = frozenset({"md5", "md5-sess", "sha-256", "sha-256-sess", "sha-512-256", "sha-512-256-sess"})
_SCHEME = re.compile(r"\s*([A-Za-z][\w-]*)(?:\s+|\Z)")
_PARAM = re.compile(r'\s*,?\s*([\w-]+)\s*=\s*(?:("(?:[^"\\]|\\.)*+")|([^\s,"]*))')
# The header that carries the challenge of a status (RFC 3261 22.2, 22.3).
CHALLENGE_HEADER = {401: "WWW-Authenticate", 407: "Proxy-Authenticate"}


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge, or one set of credentials. `params` have names in lower case, values without quotes."""

    scheme: str
    params: tuple[tuple[str, str], ...]

    def param(self, name: str) -> str | None:
        return next((v for n, v in self.params if n == name), None)

    @property
    def nonce(self) -> str | None:
        return self.param("nonce") or None

    @property
    def stale(self) -> bool:
        """Whether only the nonce was too old (RFC 2617 3.2.1)."""
        return (self.param("stale") or "").lower() == "true"

    @property
    def fault(self) -> str | None:
        """Why nobody can answer it, in words; None where it can be answered."""
        if self.scheme != "digest":
            return f"its scheme {self.scheme} is not Digest"
        missing = [name for name in ("realm", "nonce") if self.param(name) is None]
        if missing:
            return f"it has no {' and no '.join(missing)}"
        if not self.nonce:
            return "its nonce is empty"
        algorithm = self.param("algorithm")
        if algorithm and algorithm.lower() not in ALGORITHMS:
            return f"its algorithm {algorithm[:40]} is not one of SIP's"
        return None


def parse_challenge(value: str) -> Challenge | None:
    """Read one header value. None where it does not begin with a scheme.

    >>> parse_challenge('Digest realm="a, b", nonce="1", stale=TRUE').stale
    True
    """
    scheme = _SCHEME.match(value)
    if scheme is None:
        return None
    found: list[tuple[str, str]] = []
    at = scheme.end()
    while len(found) < 100 and (match := _PARAM.match(value, at)) is not None and match.end() > at:
        quoted = QUOTED.fullmatch(match[2]) if match[2] else None
        found.append((match[1].lower(), unquote_pairs(quoted[1]) if quoted else match[3] or ""))
        at = match.end()
    return Challenge(scheme[1].lower(), tuple(found))


def _read(values: Iterable[str]) -> tuple[Challenge, ...]:
    return tuple(c for v in values if (c := parse_challenge(v)) is not None)


def challenges(response: Message) -> tuple[Challenge, ...]:
    """The challenges of a 401 or 407, from the header that belongs to its status."""
    return _read(response.all(CHALLENGE_HEADER.get(response.status or 0, "WWW-Authenticate")))


def credentials(request: Message) -> tuple[Challenge, ...]:
    """The credentials that a request carries, for the server and for proxies."""
    return _read((*request.all("Authorization"), *request.all("Proxy-Authorization")))
