"""The text of a profile file becomes a Profile; what is wrong with it is said with its place."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

import yaml

from sipdiag.dataclass import dataclass
from sipdiag.facts.profile import Profile, Statement
from sipdiag.patterns import pattern
from sipdiag.places import Place

if TYPE_CHECKING:
    from sipdiag.nodes import Scalar

CONFIDENCES = ("documented", "model", "source", "observed", "uncertain")
_DEEPEST = 20  # a profile is five levels deep
_DATE = pattern(r"\d{4}-\d{2}-\d{2}")
_SLUG = pattern(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# The base loader leaves every scalar the text that it is: `on`, `off`, `no` stay words and dates stay dates.
_LOADER: type[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class ProfileError(ValueError):
    """A profile that cannot be used: what is wrong, and where."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.message, self.place = message, place

    def __str__(self) -> str:
        at = ":".join(str(p) for p in (self.place.input, self.place.line, self.place.column) if p is not None)
        return f"{at}: {self.message}"


def check_depth(text: str, name: str) -> None:
    """Refuse deep nesting before it is composed: the C loader overflows its stack on it. Raises ProfileError."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > _DEEPEST:
                raise ProfileError("nested too deeply", _place(name, event.start_mark))
    except yaml.YAMLError as error:
        raise _not_yaml(error, name) from error


def parse_profile(text: str, name: str, slug: str, known: Mapping[str, Profile] | None = None) -> Profile:
    """Read the text of a profile file.

    `slug` is used where the file names none; `known` holds the profiles that it may extend. Raises ProfileError.
    """
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise _not_yaml(error, name) from error
    if node is None:
        raise ProfileError("empty", Place(name))
    return _Reader(name, known or {}).profile(node, slug)


def _not_yaml(error: yaml.YAMLError, name: str) -> ProfileError:
    words = getattr(error, "problem", None) or str(error).partition("\n")[0]
    place = _place(name, getattr(error, "problem_mark", None))
    if words == "exceeded maximum nesting depth":  # libyaml's own limit, which its look-ahead meets before ours
        return ProfileError("nested too deeply", place)
    return ProfileError(f"not YAML: {words}", place)


def _place(name: str, mark: Any) -> Place:
    return Place(name) if mark is None else Place(name, mark.line + 1, mark.column + 1)


@dataclass(frozen=True, slots=True)
class _Source:
    url: str
    date: str


class _Reader:
    """Turns composed YAML into a profile, keeping the file's name for the places of errors."""

    def __init__(self, name: str, known: Mapping[str, Profile]) -> None:
        self.name, self.known = name, known

    def profile(self, root: yaml.Node, slug: str) -> Profile:
        top = self.mapping(root)
        slug = self.word(top["slug"]) if "slug" in top else slug
        if not _SLUG.fullmatch(slug):
            raise self.error("a slug is lower-case words joined by hyphens", top.get("slug", root))
        base = self.base(top)
        if base is None and "name" not in top:
            raise self.error("a profile needs a name", root)
        sources = {k: self.source(v) for k, v in self.mapping(top["sources"]).items()} if "sources" in top else {}
        stated: dict[str, Statement] = {}
        for node in self.elements(top.get("statements")):
            statement = self.statement(node, sources)
            if statement.key in stated:
                raise self.error(f"{statement.key} is stated twice", node)
            stated[statement.key] = statement
        inherited = [s for s in base.statements if s.key not in stated] if base else []
        for node in self.elements(top.get("networks")):
            self.network(node)
        return Profile(
            slug,
            self.word(top["name"]) if "name" in top else base.name if base else slug,
            self.words(top.get("roles"), base.roles if base else ()),
            self.words(top.get("hosts"), base.hosts if base else ()),
            self.words(top.get("networks"), base.networks if base else ()),
            self.words(top.get("agents"), base.agents if base else ()),
            (*stated.values(), *inherited),
        )

    def base(self, top: Mapping[str, yaml.Node]) -> Profile | None:
        if "extends" not in top:
            return None
        slug = self.word(top["extends"])
        if slug not in self.known:
            raise self.error(f"no profile is named {slug}", top["extends"])
        return self.known[slug]

    def source(self, node: yaml.Node) -> _Source:
        fields = self.mapping(node, "url", "date", what="a source")
        return _Source(self.word(fields["url"]), self.date(fields["date"]))

    def statement(self, node: yaml.Node, sources: Mapping[str, _Source]) -> Statement:
        fields = self.mapping(node, "key", "value", "source", "confidence", what="a statement")
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

    def network(self, node: yaml.Node) -> None:
        try:
            ip_network(self.word(node))
        except ValueError:
            raise self.error("not a network in CIDR form, or its host bits are set", node) from None

    def words(self, node: yaml.Node | None, otherwise: tuple[str, ...]) -> tuple[str, ...]:
        return otherwise if node is None else tuple(self.word(n) for n in self.elements(node))

    def mapping(self, node: yaml.Node, *needed: str, what: str = "") -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self.error("a mapping is wanted here", node)
        fields: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if self.word(key) in fields:
                raise self.error(f"{self.word(key)} appears twice", key)
            fields[self.word(key)] = value
        for key in needed:
            if key not in fields:
                raise self.error(f"{what} needs its {key}", node)
        return fields

    def elements(self, node: yaml.Node | None) -> list[yaml.Node]:
        if node is not None and not isinstance(node, yaml.SequenceNode):
            raise self.error("a list is wanted here", node)
        return list(node.value) if node is not None else []

    def word(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.error("one value is wanted here", node)
        return str(node.value)

    def date(self, node: yaml.Node) -> str:
        if not _DATE.fullmatch(self.word(node)):
            raise self.error("a date is written like 2026-01-31", node)
        return self.word(node)

    def error(self, message: str, node: yaml.Node) -> ProfileError:
        return ProfileError(message, _place(self.name, node.start_mark))
