"""Pseudonyms by kind of value. One key, one mapping: a value is replaced alike wherever it stands."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from fnmatch import fnmatchcase
from ipaddress import ip_address

from sipdiag.patterns import pattern
from sipdiag.redaction import addresses, clock, kept, numbers, scramble
from sipdiag.redaction.ledger import Ledger

_RUN = pattern(r"[^\W_]+")
_NUMBER = pattern(r"\s*\+?[0-9][0-9()./\-\s]*\Z")
_PORT = pattern(r"(?<!\d)[1-9]\d{3,4}(?!\d)")
_COOKIE = "z9hG4bK"  # RFC 3261 8.1.1.7: it tells that a branch is one
_REMOVED = pattern(r"x{6,}\d{0,2}\Z")  # what stands in a redacted file for what was removed
_SHORTEST_NAME = 3


class Pseudonyms:
    """Replaces values of known kind. `keep` are shell patterns of originals that stay; `strict` keeps no country,
    no port and no time of day.

    The ledger notes every replacement.
    """

    def __init__(self, key: bytes, ledger: Ledger, keep: Sequence[str] = (), strict: bool = False) -> None:
        self._key, self._ledger, self._strict = key, ledger, strict
        self.shift = clock.shift_of(key) if strict else 0  # seconds by which every time is moved
        self._keep = tuple(p.lower() for p in keep)

    def _kept(self, text: str) -> bool:
        return any(fnmatchcase(text.strip().lower(), p) for p in self._keep)

    def number(self, text: str) -> str:
        """A telephone number, with or without + and separators."""
        if self._kept(text):
            return text
        return self._ledger.replace("number", text, numbers.number(self._key, text, country=not self._strict))

    def moment(self, text: str) -> str:
        """A date, a time of day, both, or seconds since 1970."""
        return clock.moved(text, self.shift) if self.shift else text

    def port(self, number: int) -> int:
        """A port of UDP, TCP or SCTP."""
        if not self._strict or self._kept(str(number)):
            return number
        from sipdiag.redaction import ports  # what reads captures; configurations need none of it

        moved = ports.port(self._key, number)
        self._ledger.replace("port", str(number), str(moved))
        return moved

    def ports(self, text: str) -> str:
        """A text in which every number of up to five digits is a port."""
        return _PORT.sub(lambda m: str(self.port(int(m[0]))), text) if self._strict else text

    def word(self, run: str, kind: str = "word") -> str:
        """A run of letters and digits, whatever it says."""
        if run.isascii() and run.isdigit():
            return self.number(run)
        if self._kept(run) or _REMOVED.match(run):
            return run
        if run.startswith(_COOKIE):
            rest = run[len(_COOKIE) :]
            return _COOKIE + (self.word(rest, kind) if rest else "")
        return self._ledger.replace(kind, run, scramble.word(self._key, run))

    def words(self, text: str, kind: str = "word") -> str:
        """Every run of letters and digits of a text."""
        return _RUN.sub(lambda m: self.word(m[0], kind), text)

    def name(self, text: str) -> str:
        """A name of a person or account, a user part, an extension."""
        if not text or kept.is_role(text) or self._kept(text):
            return text
        if is_address(text.strip()):  # a setting that names somebody may name a host
            return text.replace(text.strip(), self.address(text.strip()))
        lower = text.strip().lower()
        if len(lower) >= _SHORTEST_NAME:
            self._learn(lower)
        if _NUMBER.match(text):
            return self.number(text)
        for run in _RUN.findall(text):
            if len(run) >= _SHORTEST_NAME and not run.isdigit():
                self._learn(run.lower())
        return self.words(text, "name")

    def _learn(self, name: str) -> None:
        """Take a word for a name elsewhere too; words of formats and of roles are too common for that."""
        if name not in kept.formats() and not kept.is_role(name):
            self._ledger.learn(name)

    def host(self, text: str) -> str:
        """A host name, domain or address, without port; IPv6 with or without its brackets.

        A provider's domain stays, as does the top-level domain; every other label is replaced.
        """
        if text.startswith("[") and text.endswith("]"):
            return f"[{self.address(text[1:-1])}]"
        if is_address(text.removesuffix(".")):
            return self.address(text.removesuffix(".")) + text[len(text.removesuffix(".")) :]
        if self._kept(text):
            return text
        if _NUMBER.match(text):
            return self.name(text)
        labels = text.split(".")
        final = 1 if labels[-1] == "" and len(labels) > 1 else 0  # a domain with its root dot
        bare = labels[: len(labels) - final]
        providers = kept.provider_labels(bare)
        top = providers or (kept.top_labels(bare) if len(bare) > 1 else 0)
        own = [
            label if providers and kept.is_service(label) else _RUN.sub(lambda m: self._label(m[0]), label)
            for label in bare[: len(bare) - top]
        ]
        return ".".join((*own, *bare[len(bare) - top :], *labels[len(bare) :]))

    def _label(self, run: str) -> str:
        if len(run) >= _SHORTEST_NAME and not run.isdigit():
            self._learn(run.lower())
        return self.word(run, "host")

    def address(self, text: str) -> str:
        """An IP address without port."""
        if self._kept(text):
            return text
        return self._ledger.replace("address", text, addresses.text(self._key, text))

    def packed(self, address: bytes) -> bytes:
        """An IP address of 4 or 16 octets."""
        if len(address) in (4, 16):
            written = str(ip_address(address))
            moved = addresses.packed(self._key, address) if not self._kept(written) else address
            self._ledger.replace("address", written, str(ip_address(moved)))
            return moved
        return bytes(len(address))

    def hardware(self, text: str) -> str:
        """A MAC address: the vendor's part goes as well."""
        return self._ledger.replace("hardware address", text, scramble.backward(self._key, text, hexadecimal=True))

    def opaque(self, data: bytes) -> bytes:
        """32 octets that stand for others."""
        return hmac.digest(self._key, b"o" + data, "sha256")

    def removed(self, text: str) -> str:
        """A secret: what stands for it tells its length and nothing else."""
        return self._ledger.remove(text)


def is_address(text: str) -> bool:
    try:
        ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True
