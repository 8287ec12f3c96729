"""A document of a case as what belongs to others sees it: a file that includes it, one whose variables it sets."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass

if TYPE_CHECKING:
    from sipdiag.nodes import Node
    from sipdiag.platforms.adapted import Adapted

_LONGEST = 300  # of a path


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
        return "/" in wanted and fnmatchcase(f"/{path}", "*/" + wanted.lstrip("/"))
    if wanted.startswith("/") or "/" not in path:
        return document.name == wanted.rpartition("/")[2]
    return f"/{path}".endswith(f"/{wanted}")
