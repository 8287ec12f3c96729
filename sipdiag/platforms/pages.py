"""The pages that say how to get an input from a platform: `sipdiag explain collect-…`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

_ANY_OTHER = "other"


@cache
def pages() -> dict[str, str]:
    """The text of each page by what it is about: a platform, `capture`, `tls-keys`; `other` for any other platform."""
    found = {}
    for file in sorted(files("sipdiag.platforms").joinpath("collect").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".md"):
            found[file.name[:-3]] = file.read_text("utf-8").strip()
    return found


def page_for(*platforms: str) -> str:
    """The page of the first platform that has one; empty where none is named.

    >>> page_for("acme-trunks", "vapi"), page_for("acme-trunks"), page_for("")
    ('collect-vapi', 'collect-other', '')
    """
    named = [p for p in platforms if p]
    return f"collect-{next((p for p in named if p in pages()), _ANY_OTHER)}" if named else ""
