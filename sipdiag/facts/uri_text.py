"""A destination's text taken apart as far as it goes: which parts of a URI it has, and what breaks the grammar."""

from __future__ import annotations

import re

from sipdiag.dataclass import dataclass
from sipdiag.facts.config import Destination
from sipdiag.patterns import pattern
from sipdiag.sip.errors import SipSyntaxError
from sipdiag.sip.uri import Uri, read_uri

_SCHEME = pattern(r"\s*<?\s*([A-Za-z][A-Za-z0-9+.-]*):")
_HOST_LIKE = pattern(r"(?:[A-Za-z0-9_-]+\.)+[A-Za-z0-9-]+|\[[0-9A-Fa-f:.]+\]|localhost", re.IGNORECASE)
_SIP = ("sip", "sips", "tel")


@dataclass(frozen=True, slots=True)
class TargetText:
    """`scheme` is lower case, or None where the text has none of SIP's own. `uri` is None where too much is missing."""

    text: str
    scheme: str | None
    foreign: str | None  # a scheme that no REFER can use: http, mailto …
    uri: Uri | None
    errors: tuple[SipSyntaxError, ...]

    @property
    def names_a_number(self) -> bool:
        """Digits, perhaps with `+` and separators, and nothing else.

        >>> read("+1 (202) 555-0100").names_a_number, read("500@pbx").names_a_number
        (True, False)
        """
        return self.scheme is None and re.fullmatch(r"[+0-9*#().\-/ ]+", self.text.strip()) is not None

    @property
    def is_target(self) -> bool:
        """Whether a URI could be made of it at all: a number, a user, a host, or something that has a scheme."""
        if self.foreign is not None:
            return False
        text = self.text.strip()
        if self.scheme is not None:
            return len(text) > len(self.scheme) + 1
        if not text or not re.search(r"[A-Za-z0-9]", text):
            return False
        return "@" in text or self.names_a_number or not re.search(r"\s", text)

    @property
    def has_host(self) -> bool:
        """Whether a domain or address is named.

        >>> [read(t).has_host for t in ("sip:500@pbx.example", "sip:500", "pbx.example", "500@", "tel:+12025550100")]
        [True, False, True, False, False]
        """
        if self.scheme == "tel":
            return False
        after = self.text.strip().strip("<>").partition(":")[2] if self.scheme else self.text.strip().strip("<>")
        _, at, host = after.partition("?")[0].rpartition("@")
        host = host.split(";")[0]
        if at:
            return host.strip() != ""
        named = _HOST_LIKE.match(host) is not None and re.fullmatch(r"[+0-9.\-]+", host) is None
        return named or _is_address(host)

    @property
    def has_user(self) -> bool:
        """
        >>> [read(t).has_user for t in ("sip:500@pbx.example", "sip:pbx.example", "sip:@pbx.example")]
        [True, False, False]
        """
        after = self.text.strip().strip("<>").partition(":")[2] if self.scheme else self.text.strip().strip("<>")
        user, at, _ = after.partition("?")[0].rpartition("@")
        return at == "@" and user.strip() != ""


def _is_address(host: str) -> bool:
    return (
        re.fullmatch(r"\[?[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+\]?|(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?::[0-9]+)?", host) is not None
    )


def read(text: str) -> TargetText:
    """Take a destination's text apart. Angle brackets around it are no fault of its own."""
    inner = text.strip().removeprefix("<").removesuffix(">") if text.strip().startswith("<") else text
    found = _SCHEME.match(text)
    word = found[1].lower() if found else None
    if word is not None and word not in _SIP:
        # `host:5060` and `user:password@host` have a colon and no scheme.
        rest = text[found.end() :] if found else ""
        foreign = not re.match(r"\d{1,5}(?:[;?]|$)", rest) and "@" not in rest.split("/")[0] and "." not in (word or "")
        return TargetText(text, None, word if foreign or rest.startswith("//") else None, None, ())
    if word is None:
        return TargetText(text, None, None, None, ())
    uri, errors = read_uri(inner)
    return TargetText(text, word, None, uri, errors)


def judged(destination: Destination) -> TargetText | None:
    """The text of a destination that may be judged as a URI: literal, and meant to be a URI or a number."""
    if not destination.literal or not destination.text or destination.kind not in ("sip-uri", "phone", "unknown"):
        return None
    return read(str(destination.text))
