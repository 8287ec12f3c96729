"""A document of a case as what belongs to others sees it: a file that includes it, one whose variables it sets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass

if TYPE_CHECKING:
    from sipdiag.nodes import Node
    from sipdiag.platforms.adapted import Adapted

EVERYWHERE = "**"  # what a document names that counts for all below its folder
_LONGEST = 300  # of a path
_MOST_COMPARED = 300_000  # names with patterns, in one case
_MOST_PLACED = 2000  # documents put into others, in one case


@dataclass(frozen=True, slots=True)
class Document:
    """`adapted` is what was read of it alone, None where no module knows its shape; `node` is None where it has none."""

    input: str
    path: str
    node: Node | None = None
    adapted: Adapted | None = None

    @property
    def name(self) -> str:
        """The name of the file, without its folder."""
        return self.path.replace("\\", "/").rpartition("/")[2]


def is_wild(named: str) -> bool:
    """Whether a file names others by a pattern, so that it is never known whether all of them are given."""
    return any(sign in named for sign in "*?[")


def fits(path: str, pattern: str) -> bool:
    """Whether a path is one that a pattern stands for; as in a shell, a sign stands for no `/`.

    >>> fits("a/b.xml", "a/*.xml"), fits("a/b/c.xml", "a/*.xml")
    (True, False)
    """
    steps, wanted = path.split("/"), pattern.split("/")
    return len(steps) == len(wanted) and all(map(fnmatchcase, steps, wanted))


def from_here(named: str) -> str:
    """A path as others may have it: of one from the root of its own machine, the name and its folder.

    >>> from_here("/etc/asterisk/pjsip.d/*.conf"), from_here("pjsip.d/*.conf")
    ('pjsip.d/*.conf', 'pjsip.d/*.conf')
    """
    plain = named.replace("\\", "/").strip()
    return "/".join(plain.split("/")[-2:]).lstrip("/") if plain.startswith("/") else plain


def is_named(document: Document, named: str) -> bool:
    """Whether a file that another one names, by a path or a pattern, is this document.

    A file is known by its name and the folder that the path tells, unless it was given without any folder; one that is
    named from the root of its own machine by its name alone. A pattern needs its folder.

    >>> [is_named(Document("in1", p), "sip_profiles/*.xml") for p in ("conf/sip_profiles/a.xml", "a.xml")]
    [True, False]
    >>> [is_named(Document("in1", p), "more/a.conf") for p in ("a.conf", "x/more/a.conf", "x/a.conf")]
    [True, True, False]
    """
    wanted = named.replace("\\", "/").strip()
    if len(wanted) > _LONGEST:
        return False
    while wanted.startswith(("../", "./")):
        wanted = wanted.partition("/")[2]
    path = document.path.replace("\\", "/")
    if is_wild(wanted):
        wanted = from_here(wanted)
        return "/" in wanted and fits("/".join(path.split("/")[-wanted.count("/") - 1 :]), wanted)
    if wanted.startswith("/") or "/" not in path:
        return document.name == wanted.rpartition("/")[2]
    return f"/{path}".endswith(f"/{wanted}")


@dataclass(slots=True)
class Given:
    """The documents of a case, to be found by what other files call them."""

    documents: Sequence[Document]
    _by_name: dict[str, list[Document]] = field(default_factory=dict)
    _found: dict[str, tuple[Document, ...]] = field(default_factory=dict)
    _compared: int = 0
    _placed: int = 0

    def __post_init__(self) -> None:
        for document in self.documents:
            self._by_name.setdefault(document.name, []).append(document)

    def named(self, named: str) -> tuple[Document, ...]:
        found = self._found.get(named)
        if found is None:
            likely = self._likely(named)
            found = self._found[named] = tuple(d for d in likely if is_named(d, named))
        return found

    def placed(self) -> bool:
        """Whether one more document may be put into another one: circles and fans of files would never end."""
        self._placed += 1
        return self._placed <= _MOST_PLACED

    def _likely(self, named: str) -> Iterable[Document]:
        if not is_wild(named):
            return self._by_name.get(named.replace("\\", "/").strip().rpartition("/")[2], ())
        self._compared += len(self.documents)
        return self.documents if self._compared <= _MOST_COMPARED else ()


def first_read(includes: Mapping[str, Collection[str]]) -> list[str]:
    """The documents that are read by themselves, the others being included by them. Of a circle the first one is.

    >>> first_read({"a": ["b"], "b": [], "c": ["d"], "d": ["c"]})
    ['a', 'c']
    """
    inside = {name for taken in includes.values() for name in taken}
    chosen: list[str] = []
    reached: set[str] = set()
    for name in (*(n for n in includes if n not in inside), *includes):
        if name in reached:
            continue
        chosen.append(name)
        pending = [name]
        while pending:
            current = pending.pop()
            if current not in reached:
                reached.add(current)
                pending.extend(includes.get(current, ()))
    return chosen
