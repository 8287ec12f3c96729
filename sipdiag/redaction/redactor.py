"""The one object that redacts: it holds the case key and what was replaced, and is what `Show` asks for a value."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from sipdiag.redaction.documents import redact_document, without_secrets
from sipdiag.redaction.headers import redact_addresses, redact_value
from sipdiag.redaction.ledger import Ledger
from sipdiag.redaction.pseudonyms import Pseudonyms, is_address
from sipdiag.redaction.text import Care, TextRedactor
from sipdiag.redaction.uris import redact_uri
from sipdiag.values import Address, Host, Identity, Number, Port, Secret, Text, Token, UriText, Word

if TYPE_CHECKING:
    from sipdiag.raw import Packet


_MOST_REMEMBERED = 10_000  # values; a report says many of them again and again


class Mode(StrEnum):
    """What is replaced: nothing but secrets, identities, or identities with countries, ports and times of day."""

    OFF = "off"
    ON = "on"
    STRICT = "strict"


def case_key(environment: Mapping[str, str] = os.environ) -> bytes:
    """The key of a case: SIPDIAG_CASE_KEY, else random, so that nothing of two runs can be compared."""
    given = environment.get("SIPDIAG_CASE_KEY", "")
    return (
        sha256(b"sipdiag case key 1\0" + given.encode("utf-8", "surrogateescape")).digest() if given else os.urandom(32)
    )


class Redactor:
    """Replaces identities by pseudonyms and removes secrets. Called with a value of `sipdiag.values`, it gives the same type.

    One instance serves a whole case: what is replaced in one file is replaced alike in all. `keep` are shell patterns
    of originals that stay.
    """

    def __init__(self, key: bytes | None = None, mode: Mode = Mode.ON, keep: Sequence[str] = ()) -> None:
        self.mode = mode
        self.ledger = Ledger()
        self.pseudonyms = Pseudonyms(key or case_key(), self.ledger, keep, strict=mode is Mode.STRICT)
        self._text = TextRedactor(self.pseudonyms, self.ledger, redact_uri, redact_value)
        self._shown: dict[tuple[type, str], object] = {}
        self._known = 0

    def __call__(self, value: object) -> object:
        """The value as it may be shown: strings and ports by their type, anything else as it is."""
        if isinstance(value, Port):
            return Port(self.pseudonyms.port(value)) if self.mode is not Mode.OFF else value
        if not isinstance(value, str) or isinstance(value, Word):
            return value
        if self._known != self.learned or len(self._shown) >= _MOST_REMEMBERED:
            self._shown.clear()  # a name that was learned since may stand in any of them
            self._known = self.learned
        key = (type(value), str(value))
        if key not in self._shown:
            self._shown[key] = self._redacted(value)
        return self._shown[key]

    @property
    def learned(self) -> int:
        """How many names were learned after text was redacted that holds them."""
        return self.ledger.late

    def _redacted(self, value: str) -> object:
        if self.mode is Mode.OFF:
            return type(value)(without_secrets(self._text, value)) if isinstance(value, Text | UriText) else value
        if isinstance(value, Number):
            return Number(self.pseudonyms.name(value))
        if isinstance(value, Host):
            host, colon, port = value.rpartition(":") if value.count(":") == 1 else (value, "", "")
            return Host(self.pseudonyms.host(host) + colon + self.pseudonyms.ports(port))
        if isinstance(value, Address):
            return Address(self._address(value))
        if isinstance(value, Identity):
            return Identity(self.pseudonyms.name(value))
        if isinstance(value, UriText):
            return UriText(redact_addresses(self._text, value))
        if isinstance(value, Token):
            return Token(self._text.text(value, Care.TOKEN))
        return Text(redact_document(self._text, value)) if isinstance(value, Text) else self._text.text(value)

    def _address(self, value: str) -> str:
        if is_address(value):
            return self.pseudonyms.address(value)
        return self._text.plain(value, Care.TEXT)

    def text(self, text: str, care: Care = Care.TEXT) -> str:
        """Free text."""
        return self._text.text(text, care)

    def message(self, data: bytes) -> bytes:
        """The bytes of a SIP message, of the same length."""
        from sipdiag.redaction.messages import redact_message  # reports of configuration hold none

        return redact_message(self._text, data)

    def document(self, text: str) -> str:
        """A configuration, record or report."""
        from sipdiag.redaction.report import is_report, redact_report

        own = redact_report(self._text, text) if is_report(text) else None
        return own if own is not None else redact_document(self._text, text)

    def trace(self, text: str, packets: tuple[Packet, ...] = ()) -> str:
        """A pasted trace or log; `packets` are the messages that were read in it."""
        from sipdiag.redaction.traces import redact_trace

        return redact_trace(self._text, text, packets)

    def name(self, text: str) -> str:
        """A name of a person, an organization or an account."""
        return self.pseudonyms.words(text, "name")

    def opaque(self, data: bytes) -> bytes:
        """Octets that stand for others and tell nothing of them."""
        return self.pseudonyms.opaque(data)

    def secret(self, value: Secret | str) -> str:
        """What stands for a secret."""
        return self.pseudonyms.removed(str(value.reveal()) if isinstance(value, Secret) else value)
