"""Sections and entries of Asterisk's files, as the reader of INI documents hands them on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace

from sipdiag.dataclass import dataclass
from sipdiag.nodes import Node
from sipdiag.places import Place, Read
from sipdiag.values import Text

# The types of sections in pjsip.conf, and those in sip.conf.
TYPES = frozenset(
    (
        *("endpoint", "transport", "aor", "auth", "identify", "registration", "global", "acl", "contact", "system"),
        *("domain_alias", "resource_list", "phoneprov", "inbound-publication", "outbound-publication"),
        *("asterisk-publication", "wizard"),
    )
)
PEERS = frozenset(("peer", "friend", "user"))


@dataclass(frozen=True, slots=True)
class Entry:
    """`key operator value`; `where` is the place of the key."""

    key: str
    operator: str
    value: Read[Text]
    where: Place


@dataclass(frozen=True, slots=True)
class Section:
    """`[name]` with its entries in order. A key may stand several times; the last one counts for most settings."""

    name: str
    where: Place
    entries: list[Entry] = field(default_factory=list)
    template: bool = False
    adds: bool = False
    inherits: tuple[str, ...] = ()
    directives: bool = False

    def with_entries(self, entries: list[Entry]) -> Section:
        return replace(self, entries=entries)

    def all(self, *keys: str) -> Iterator[Entry]:
        return (e for e in self.entries if e.key.lower() in keys)

    def get(self, *keys: str) -> Read[Text]:
        """The last value under one of these keys; where none is, the section is where it should stand."""
        found = [e.value for e in self.all(*keys) if e.value]
        return found[-1] if found else Read(None, self.where, keys[0])

    def last(self, *keys: str) -> str:
        return str(self.get(*keys)).strip()


def section_of(element: Node) -> Section:
    """The head of a section, without its entries."""
    name, inherits = element.get("section"), element.get("inherits")
    return Section(
        name=(name.text if name else None) or "",
        where=element.place,
        template="template" in element,
        adds="adds" in element,
        inherits=tuple(n.text or "" for n in inherits or ()),
    )


def entry_of(member: Node) -> Entry | None:
    """An entry of a section; None for a directive."""
    key, operator, value = member.get("key"), member.get("operator"), member.get("value")
    if key is None or operator is None or value is None:
        return None
    name = key.text or ""
    text = None if value.text is None else Text(value.text.strip())
    return Entry(name, operator.text or "", Read(text, value.place, name), member.place)
