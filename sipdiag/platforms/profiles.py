"""The profiles of platforms, carriers, PBXs and SBCs: data files beside this one, read when they are asked for.

The format and the vocabulary of keys stand in profiles/README.md, the JSON Schema in ../schemas/profile.json.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any

import yaml

from sipdiag.facts.profile import Profile, Statement, within
from sipdiag.places import Place
from sipdiag.raw import Scalar

FOLDER = Path(__file__).with_suffix("")
CONFIDENCES = ("documented", "model", "source", "observed", "uncertain")
MAX_BYTES = 1_000_000
_HEAD_ENDS = re.compile(r"^(?:sources|statements):", re.MULTILINE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# CBaseLoader leaves every scalar the text that it is: `on`, `off`, `no` stay words and dates stay dates.
_Loader: type[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class ProfileError(ValueError):
    """A profile that cannot be used: what is wrong, and where."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.message, self.place = message, place

    def __str__(self) -> str:
        at = ":".join(str(p) for p in (self.place.input, self.place.line, self.place.column) if p is not None)
        return f"{at}: {self.message}"


@dataclass(frozen=True, slots=True)
class _Source:
    url: str
    date: str


class Profiles(Mapping[str, Profile]):
    """Profiles by slug. Ours are parsed one by one when they are asked for; `plus` adds or overrides."""

    def __init__(self, added: Iterable[Profile] = ()) -> None:
        self._added = {p.slug: p for p in added}

    def __getitem__(self, slug: str) -> Profile:
        return self._added[slug] if slug in self._added else _ours(slug)

    def __iter__(self) -> Iterator[str]:
        yield from self._added
        yield from (slug for slug in _slugs() if slug not in self._added)

    def __len__(self) -> int:
        return len({*self._added, *_slugs()})

    def plus(self, *profiles: Profile) -> Profiles:
        return Profiles([*self._added.values(), *profiles])

    def by_host(self, host: str) -> Profile | None:
        """The system that a host name is known to belong to; the longest domain that fits decides."""
        return self._best(host, lambda p: [len(d) for d in p.hosts if within(host, [d])])

    def by_address(self, ip: str) -> Profile | None:
        """The system that publishes a network which holds this address; the smallest network decides."""
        try:
            address = ip_address(ip.strip("[]"))
        except ValueError:
            return None
        return self._best(ip, lambda p: [n.prefixlen for n in map(_network, p.networks) if address in n])

    def by_agent(self, user_agent: str) -> Profile | None:
        """The product whose first words a User-Agent or Server value begins with; the longest beginning decides."""
        words = user_agent.strip().lower()
        return self._best(user_agent, lambda p: [len(a) for a in p.agents if words.startswith(a.lower())])

    def _best(self, asked: str, fit: Any) -> Profile | None:
        if not asked:
            return None
        best, length = None, -1
        for slug in self:
            head = self._added[slug] if slug in self._added else _head(slug)
            found = max(fit(head), default=-1)
            if found > length:
                best, length = slug, found
        return None if best is None else self[best]


@cache
def profiles() -> Profiles:
    """All our own profiles."""
    return Profiles()


def profile(slug: str) -> Profile | None:
    return profiles().get(slug)


def by_host(host: str) -> Profile | None:
    return profiles().by_host(host)


def by_address(ip: str) -> Profile | None:
    return profiles().by_address(ip)


def by_agent(user_agent: str) -> Profile | None:
    return profiles().by_agent(user_agent)


def load_profile(path: str | Path) -> Profile:
    """Read a profile that a user gives. With `extends: SLUG` its statements replace and add to that profile's.

    Raises ProfileError, with the place, for what cannot be used, and OSError where the file cannot be read.
    """
    file = Path(path)
    if file.stat().st_size > MAX_BYTES:
        raise ProfileError(f"larger than {MAX_BYTES} bytes", Place(str(path)))
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise ProfileError(f"not UTF-8: {error.reason}", Place(str(path))) from error
    return parse_profile(text, str(path), file.stem)


def parse_profile(text: str, name: str, slug: str) -> Profile:
    """Read the text of a profile file; `slug` is used where the file names none. Raises ProfileError."""
    return _Reader(name).profile(_compose(text, name), slug)


@cache
def _slugs() -> tuple[str, ...]:
    return tuple(sorted(f.stem for f in FOLDER.glob("*.yaml")))


@cache
def _ours(slug: str) -> Profile:
    if slug not in _slugs():
        raise KeyError(slug)
    return parse_profile((FOLDER / f"{slug}.yaml").read_text("utf-8"), f"profiles/{slug}.yaml", slug)


@cache
def _head(slug: str) -> Profile:
    """Name, hosts, networks and agents alone: looking a host up must not parse every statement of every profile."""
    text = (FOLDER / f"{slug}.yaml").read_text("utf-8")
    end = _HEAD_ENDS.search(text)
    return parse_profile(text[: end.start()] if end else text, f"profiles/{slug}.yaml", slug)


@cache
def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text, strict=False)


def _compose(text: str, name: str) -> yaml.Node:
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
        raise ProfileError(error.problem or "not YAML", place) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ProfileError(f"not YAML: {error}".splitlines()[0], Place(name)) from error
    if node is None:
        raise ProfileError("empty", Place(name))
    return node


class _Reader:
    """Turns composed YAML into a profile, keeping the file's name for the places of errors."""

    def __init__(self, name: str) -> None:
        self.name = name

    def profile(self, root: yaml.Node, slug: str) -> Profile:
        top = self.mapping(root)
        slug = self.word(top["slug"]) if "slug" in top else slug
        if not _SLUG.fullmatch(slug):
            raise self.error("a slug is lower-case words joined by hyphens", top.get("slug", root))
        base = self.base(top)
        sources = {k: self.source(v) for k, v in self.mapping(top["sources"]).items()} if "sources" in top else {}
        statements = [self.statement(n, sources) for n in self.items(top["statements"])] if "statements" in top else []
        seen: dict[str, yaml.Node] = {}
        for statement, node in zip(statements, self.items(top["statements"]) if statements else (), strict=True):
            if statement.key in seen:
                raise self.error(f"{statement.key} is stated twice", node)
            seen[statement.key] = node
        if base is None and "name" not in top:
            raise self.error("a profile needs a name", root)
        head = Profile(
            slug,
            self.word(top["name"]) if "name" in top else base.name if base else slug,
            self.words(top, "roles", base.roles if base else ()),
            self.words(top, "hosts", base.hosts if base else ()),
            self.networks(top, base.networks if base else ()),
            self.words(top, "agents", base.agents if base else ()),
            (),
        )
        inherited = [s for s in base.statements if s.key not in seen] if base else []
        return replace(head, statements=(*statements, *inherited))

    def base(self, top: dict[str, yaml.Node]) -> Profile | None:
        if "extends" not in top:
            return None
        slug = self.word(top["extends"])
        try:
            return _ours(slug)
        except KeyError:
            raise self.error(f"no profile is named {slug}", top["extends"]) from None

    def source(self, node: yaml.Node) -> _Source:
        fields = self.mapping(node)
        for key in ("url", "date"):
            if key not in fields:
                raise self.error(f"a source needs its {key}", node)
        return _Source(self.word(fields["url"]), self.date(fields["date"]))

    def statement(self, node: yaml.Node, sources: Mapping[str, _Source]) -> Statement:
        fields = self.mapping(node)
        for key in ("key", "value", "source", "confidence"):
            if key not in fields:
                raise self.error(f"a statement needs its {key}", node)
        named = self.word(fields["source"])
        source = sources.get(named)
        if source is None and "://" not in named:
            raise self.error(f"source {named} is neither a URL nor listed under sources", fields["source"])
        if source is None and "date" not in fields:
            raise self.error("a statement needs its date, or a listed source that has one", node)
        confidence = self.word(fields["confidence"])
        if confidence not in CONFIDENCES:
            raise self.error(f"confidence is one of {', '.join(CONFIDENCES)}", fields["confidence"])
        return Statement(
            self.word(fields["key"]),
            self.value(fields["value"]),
            source.url if source else named,
            self.date(fields["date"]) if "date" in fields else source.date if source else "",
            confidence,
            self.word(fields["words"]) if "words" in fields else "",
        )

    def value(self, node: yaml.Node) -> Scalar | tuple[Scalar, ...]:
        if isinstance(node, yaml.SequenceNode):
            return tuple(self.scalar(n) for n in node.value)
        return self.scalar(node)

    def scalar(self, node: yaml.Node) -> Scalar:
        """`true`, `false` and whole numbers get their type unless quoted; all else stays text."""
        text = self.word(node)
        if isinstance(node, yaml.ScalarNode) and node.style in ("'", '"'):
            return text
        if text in ("true", "false"):
            return text == "true"
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text

    def networks(self, top: dict[str, yaml.Node], otherwise: tuple[str, ...]) -> tuple[str, ...]:
        for node in self.items(top["networks"]) if "networks" in top else ():
            try:
                _network(self.word(node))
            except ValueError:
                raise self.error("not a network in CIDR form", node) from None
        return self.words(top, "networks", otherwise)

    def words(self, top: dict[str, yaml.Node], key: str, otherwise: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.word(n) for n in self.items(top[key])) if key in top else otherwise

    def mapping(self, node: yaml.Node) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self.error("a mapping is wanted here", node)
        fields: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if self.word(key) in fields:
                raise self.error(f"{self.word(key)} appears twice", key)
            fields[self.word(key)] = value
        return fields

    def items(self, node: yaml.Node) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.error("a list is wanted here", node)
        return list(node.value)

    def word(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.error("one value is wanted here", node)
        return str(node.value)

    def date(self, node: yaml.Node) -> str:
        if not _DATE.fullmatch(self.word(node)):
            raise self.error("a date is written 2026-01-31", node)
        return self.word(node)

    def error(self, message: str, node: yaml.Node) -> ProfileError:
        mark = node.start_mark
        return ProfileError(message, Place(self.name, mark.line + 1, mark.column + 1) if mark else Place(self.name))
