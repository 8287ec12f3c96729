"""What rules have in common on every platform: settings under their own names, headers, and kinds of destination."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import lru_cache
from ipaddress import ip_network

from sipdiag.facts.config import Misread, Option, RuleHeader
from sipdiag.facts.edit import Edit, Insert, Replace
from sipdiag.nodes import Node
from sipdiag.patterns import pattern
from sipdiag.places import Place, Read
from sipdiag.platforms.reading import is_literal, mappings, text, whole
from sipdiag.values import Secret, Text

_ALIKE = 0.75
_LONGEST_WORD = 200  # characters of a word that is compared with known ones
_SCHEME = pattern(r"\s*<?\s*(sips?):", re.IGNORECASE)
_TEL = pattern(r"\s*<?\s*tel:", re.IGNORECASE)
_LIKE_NETWORK = pattern(r"(?=.*\d)[0-9.]+(?:/[0-9.]*)?|[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(?:/\d*)?")
_SECRET = pattern(r"pass(?:word|wd)?$|secret|token$|api_?key", re.IGNORECASE)


def options(node: Node | None, *skip: str) -> tuple[Option, ...]:
    """Every member of a mapping that is set and not skipped, under its own name.

    The value of a list or mapping is its scalars, joined by commas, so that a check may look for a word in it. Secrets
    are left out: nothing that could be said about a rule needs them.
    """
    found = []
    for name, member in node.items() if node is not None else ():
        if name not in skip and not member.is_null and not _SECRET.search(name):
            found.append(Option(name, Read(Text(_shown(member)), member.place, name)))
    return tuple(found)


def options_named(node: Node, *names: str) -> tuple[Option, ...]:
    """Those members of a mapping that are set and have one of these names."""
    return tuple(
        Option(name, Read(Text(_shown(member)), member.place, name))
        for name in names
        if (member := node.get(name)) is not None and not member.is_null
    )


def _shown(node: Node) -> str:
    if isinstance(node.value, list):
        return ",".join(e.text for e in node.value[:100] if e.text is not None)
    return node.text or ""


def headers_of_mapping(node: Node | None) -> tuple[RuleHeader, ...]:
    """Headers written as `{Name: value}`; a value that is null is kept, with no value."""
    return tuple(_header(name, m.key_place or m.place, text(m), m.place) for name, m in (node.items() if node else ()))


def headers_of_list(node: Node | None) -> tuple[RuleHeader, ...]:
    """Headers written as `[{name: …, value: …}]`; entries without a name are left out."""
    found = []
    for entry in mappings(node):
        name = text(entry, "name")
        if name.value is not None and name.where is not None:
            found.append(_header(str(name), name.where, text(entry, "value"), entry.place))
    return tuple(found)


def _header(name: str, at: Place, value: Read[Text], where: Place) -> RuleHeader:
    kind = "static" if value.value is not None and is_literal(str(value)) else "dynamic"
    return RuleHeader(Read(name, at, name), value, kind, where)


def kind_of(destination: str | None, otherwise: str = "phone") -> tuple[str, bool]:
    """The kind of a destination by its text alone, and whether the text may be judged.

    >>> kind_of("sip:500@pbx.example"), kind_of("{{ target }}"), kind_of("+12025550123"), kind_of(None)
    (('sip-uri', True), ('dynamic', False), ('phone', True), ('unknown', False))
    """
    if destination is None:
        return "unknown", False
    if not is_literal(destination):
        return ("sip-uri" if _SCHEME.match(destination) else "dynamic"), False
    if _SCHEME.match(destination):
        return "sip-uri", True
    if "@" in destination:  # no number has one: the scheme was left out
        return "sip-uri", True
    return ("phone" if _TEL.match(destination) else otherwise), True


@lru_cache(1024)
def camel(name: str) -> str:
    """
    >>> camel("auth_username")
    'authUsername'
    """
    return re.sub(r"_([a-z])", lambda m: m[1].upper(), name)


@lru_cache(1024)
def snake(name: str) -> str:
    """
    >>> snake("playDialtone")
    'play_dialtone'
    """
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: "_" + m[1].lower(), name)


def respelled(node: Node, spell: Callable[[str], str], *as_they_stand: str) -> Node:
    """The same tree with every key in another spelling; every value keeps its place.

    What the keys in `as_they_stand` hold is the user's own (headers, variables), and stays as it is.
    """
    whole = _emptied(node)
    open_: list[tuple[Node, Node]] = [(node, whole)]
    while open_:
        old, new = open_.pop()
        if isinstance(old.value, dict) and isinstance(new.value, dict):
            for key, member in old.value.items():
                kept = key in as_they_stand
                new.value[spell(key)] = copy = member if kept else _emptied(member)
                if not kept:
                    open_.append((member, copy))
        elif isinstance(old.value, list) and isinstance(new.value, list):
            copies = [_emptied(e) for e in old.value]
            new.value.extend(copies)
            open_.extend(zip(old.value, copies, strict=True))
    return whole


def _emptied(node: Node) -> Node:
    if isinstance(node.value, dict):
        return Node({}, node.place, node.key_place)
    return Node([], node.place, node.key_place) if isinstance(node.value, list) else node


def unspelled(edit: Edit | None, spell: Callable[[str], str]) -> Edit | None:
    """A key that an edit would add, in the spelling of the document."""
    return replace(edit, key=spell(edit.key)) if isinstance(edit, Insert) else edit


def key_of(node: Node, name: str) -> str:
    """The key as the document spells it: some tools print in camelCase what others print with underscores."""
    return name if name in node else camel(name)


def has(node: Node, *names: str) -> bool:
    """Whether one of the keys is there, in either spelling."""
    return node.holds_any(_spellings(names))


@lru_cache(256)
def _spellings(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset((*names, *map(camel, names)))


def pointer(place: Place) -> str:
    """The place as an id that no other place of any input has.

    >>> pointer(Place("in1", 3, 5, "/tools/0"))
    'in1/tools/0'
    """
    return (
        f"{place.input}{place.pointer}" if place.pointer is not None else f"{place.input}:{place.line}:{place.column}"
    )


def credentials(node: Node, user: tuple[str | int, ...], password: tuple[str | int, ...]) -> Read[bool]:
    """Whether a user name or a password is set, read at the first that is; False where neither is."""
    for path in (user, password):
        found = node.get(*path)
        if found is not None and Secret(found.text):
            return Read(True, found.place, str(path[-1]))
    return Read(False, node.place, str(user[-1]))


def host_and_port(address: str) -> tuple[str, int | None]:
    """Host and port of an address that may be a SIP URI or carry parameters.

    >>> host_and_port("sip:carrier.example:5061;transport=tls"), host_and_port("[2001:db8::1]:5060")
    (('carrier.example', 5061), ('[2001:db8::1]', 5060))
    """
    match = re.match(r"\s*(?:sips?:)?(?:[^@;?]*@)?(\[[^\]]*\]|[^:;?/\s]*)(?::(\d{1,5}))?", address, re.IGNORECASE)
    if match is None:
        return "", None
    return match[1], int(match[2]) if match[2] else None


def no_port(written: Read[Text]) -> tuple[Misread, ...]:
    """A port that is no number from 1 to 65535."""
    number = whole(str(written)) if written else 1
    if (number is not None and 0 < number < 65536) or not is_literal(str(written)):
        return ()
    return (Misread("config-value-invalid", written.setting, written, "a number from 1 to 65535"),)


def no_networks(listed: Iterable[Read[Text]]) -> tuple[Misread, ...]:
    """Entries of an address list that are made of an address's characters and are none, as 203.0.113.0/33."""
    return tuple(
        Misread("config-value-invalid", "the address list", entry, "an address or network, as in 203.0.113.0/24")
        for entry in listed
        if _LIKE_NETWORK.fullmatch(str(entry).strip()) and not _is_network(str(entry).strip())
    )


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def uri_transport(address: str) -> str | None:
    """The `transport` parameter of a URI, lower case; `tls` for a sips URI."""
    found = re.search(r";\s*transport=([A-Za-z0-9-]+)", address, re.IGNORECASE)
    if found:
        return found[1].lower()
    return "tls" if re.match(r"\s*<?\s*sips:", address, re.IGNORECASE) else None


def nearest_word(written: Read[Text], words: Iterable[str]) -> Edit | None:
    """Have a value say the word that it comes near to, if it does: one that is only somewhat alike may mean another.

    >>> at = Place("in1")
    >>> [nearest_word(Read(Text(w), at), ("sip-only", "enable-all")) is None for w in ("sip_only", "pstn-only")]
    [False, True]
    """
    alike = get_close_matches(str(written)[:_LONGEST_WORD].strip().lower(), list(words), 1, _ALIKE)
    return Replace(written.where, str(written), alike[0]) if alike and written.where is not None else None


def told_by(code: Read[int]) -> Read[Text]:
    """A code that is all that is told of an outcome, in words: its setting and its value."""
    return Read(Text(f"{code.setting} {code.value}"), code.where, code.setting)


def epoch(node: Node | None) -> float | None:
    """Seconds since the epoch of an ISO 8601 date, or of a number of seconds, milli-, micro- or nanoseconds."""
    stamp = (node.text or "").strip() if node is not None else ""
    if re.fullmatch(r"\d{1,20}(?:\.\d{1,9})?", stamp):
        number = float(stamp)
        while number > 1e11:
            number /= 1000
        return number
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (OverflowError, OSError):
        return None


def elements(node: Node, *pages: str) -> Iterator[Node]:
    """The mappings of a page (`{results: […]}` …), of a list, or the mapping itself."""
    for page in pages:
        listed = node.get(page)
        if listed is not None and isinstance(listed.value, list):
            yield from mappings(listed)
            return
    yield from mappings(node)
