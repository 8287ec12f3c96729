"""The pages that say how to get an input from a platform: `sipdiag explain collect-…`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("collect")
_ANY_OTHER = "other"


def pages() -> dict[str, str]:
    """The text of each page by what it is about: a platform, `capture`, `tls-keys`; `other` for any other platform."""
    return {name: (_FOLDER / f"{name}.md").read_text("utf-8").strip() for name in sorted(_names())}


@cache
def _names() -> frozenset[str]:
    return frozenset(f.stem for f in _FOLDER.glob("*.md"))


def page_for(*platforms: str) -> str:
    """The page of the first platform that has one; empty where none is named.

    >>> page_for("acme-trunks", "vapi"), page_for("acme-trunks"), page_for("")
    ('collect-vapi', 'collect-other', '')
    """
    named = [p for p in platforms if p]
    return f"collect-{next((p for p in named if p in _names()), _ANY_OTHER)}" if named else ""
