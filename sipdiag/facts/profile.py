"""What a system can and cannot do, statement by statement, as its vendor, its source or its users say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass

if TYPE_CHECKING:
    from sipdiag.nodes import Scalar
    from sipdiag.sip.uri import Uri

FORMS = ("tel", "sips", "sip-own-domain", "sip-foreign-domain", "sip-ip", "sip-no-user")


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact about a system.

    `confidence` is `documented`, `model` (typed model of the vendor's SDK), `source` (read in its source code),
    `observed` (reported by users) or `uncertain`; an uncertain statement never yields more than info. `date` is the
    day (ISO 8601) on which the source was last read. Keys: sipdiag/platforms/profiles/README.md.
    """

    key: str
    value: Scalar | tuple[Scalar, ...]
    source: str
    date: str
    confidence: str
    words: str = ""

    @property
    def certain(self) -> bool:
        return self.confidence != "uncertain"

    def holds(self, word: Scalar) -> bool:
        """Whether the statement's value is, or lists, this word."""
        return word in self.value if isinstance(self.value, tuple) else self.value == word

    @property
    def listed(self) -> tuple[str, ...]:
        """The value as words: of a list all, of a scalar the one, of null none."""
        if isinstance(self.value, tuple):
            return tuple(str(v) for v in self.value)
        return () if self.value is None else (str(self.value),)


@dataclass(frozen=True, slots=True)
class Profile:
    """A platform, carrier, PBX or SBC. `hosts` are domains that are known to be its own."""

    slug: str
    name: str
    roles: tuple[str, ...]
    hosts: tuple[str, ...]
    networks: tuple[str, ...]
    agents: tuple[str, ...]  # first words of User-Agent or Server values that the product writes
    statements: tuple[Statement, ...]
    _by_key: dict[str, Statement] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_key", {s.key: s for s in reversed(self.statements)})

    def says(self, key: str) -> Statement | None:
        return self._by_key.get(key)

    def under(self, prefix: str) -> Iterator[Statement]:
        """The statements whose key is this prefix and a dot and more, e.g. all of `methods`."""
        return (s for s in self.statements if s.key.startswith(prefix + "."))

    def form_of(self, uri: Uri) -> str:
        """The form (`refer_to_form`) in which a URI is a Refer-To for this system."""
        return refer_to_form(uri.scheme, uri.user, uri.host, self.own_domains)

    def refer_to(self, form: str) -> Statement | None:
        """What becomes of a Refer-To of this form (`refer_to_form`); None where nothing is known.

        The value is `taken`, or how it fails: a code, `refused`, `202-then-403`, `202-then-silence` …
        """
        return self.says(f"refer-to.{form}")

    @property
    def own_domains(self) -> tuple[str, ...]:
        """Hosts that a Refer-To may name so that the receiver takes the user part for a number of its own."""
        statement = self.says("refer-to.own-domains")
        return statement.listed if statement is not None else self.hosts


def within(host: str, domains: Iterable[str]) -> bool:
    """Whether a host is one of these domains or lies beneath it; a domain may be written `*.example.net`.

    >>> within("a.PSTN.twilio.com", ["pstn.twilio.com"]), within("xpstn.twilio.com", ["pstn.twilio.com"])
    (True, False)
    """
    return _within(host, tuple(domains))


@lru_cache(4096)
def _within(host: str, domains: tuple[str, ...]) -> bool:
    name = host.rstrip(".").lower()
    return any(name == d or name.endswith("." + d) for d in (x.removeprefix("*.").lower() for x in domains))


def refer_to_form(scheme: str, user: str | None, host: str | None, own_domains: Iterable[str]) -> str:
    """The form of a Refer-To URI, in the words of the profiles.

    `sip-ip` is a phone number at an IP address; another user at an address counts as a foreign domain.

    >>> refer_to_form("sip", "+15550100", "192.0.2.1", ())
    'sip-ip'
    >>> refer_to_form("sip", "1000", "pbx.example.com", ["pstn.twilio.com"])
    'sip-foreign-domain'
    """
    if scheme.lower() in ("tel", "sips"):
        return scheme.lower()
    if not user:
        return "sip-no-user"
    if _is_address(host or "") and user.lstrip("+").split(";")[0].isdigit() and len(user) > 6:
        return "sip-ip"
    return "sip-own-domain" if within(host or "", own_domains) else "sip-foreign-domain"


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
