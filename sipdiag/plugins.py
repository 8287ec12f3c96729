"""What other distributions bring by an entry-point group. A plugin that cannot be loaded is said, and never in the way."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path

from sipdiag.dataclass import dataclass

TRACES = "sipdiag.traces"  # text formats of SIP messages: a module with `FORMAT`, or a TraceFormat itself
PLATFORMS = "sipdiag.platforms"  # documents of a system: a module with `PLATFORM`, `recognises` and `read`


@dataclass(frozen=True, slots=True)
class Brought:
    """One entry point: what it names, or why it could not be loaded."""

    name: str
    group: str
    value: object = None
    error: str | None = None


@cache
def _declared() -> str | None:
    """What the distributions on the path declare; None where some are not folders and files, and may declare anything.

    Reading the metadata of all by `importlib.metadata` takes longer than the rest of a start.
    """
    if any(hasattr(f, "find_distributions") and f is not PathFinder for f in sys.meta_path):
        return None
    texts: list[str] = []
    for folder in map(Path, sys.path):
        if folder.is_file():
            return None
        for file in (*folder.glob("*.dist-info/entry_points.txt"), *folder.glob("*.egg-info/entry_points.txt")):
            texts.append(file.read_text("utf-8", "replace"))
    return "\n".join(texts)


def may_hold(group: str) -> bool:
    """Whether some distribution may declare an entry point of the group."""
    declared = _declared()
    return declared is None or group in declared


@cache
def brought(group: str) -> tuple[Brought, ...]:
    """Every entry point of a group, by name."""
    if not may_hold(group):
        return ()
    from importlib.metadata import entry_points

    return tuple(_load(group, point.name, point.load) for point in sorted(entry_points(group=group), key=_name))


def complaints() -> tuple[str, ...]:
    """One sentence for each plugin of these groups that could not be loaded."""
    broken = [b for group in (TRACES, PLATFORMS) for b in brought(group) if b.error is not None]
    return tuple(f"the plugin {b.name} ({b.group}) could not be loaded: {b.error}" for b in broken)


def _name(point: object) -> str:
    return str(getattr(point, "name", ""))


def _load(group: str, name: str, load: Callable[[], object]) -> Brought:
    try:
        value = load()
        if group == TRACES:
            value = getattr(value, "FORMAT", value)
            missing = [a for a in ("name", "hints", "read") if not hasattr(value, a)]
        else:
            missing = [a for a in ("PLATFORM", "recognises", "read") if not hasattr(value, a)]
        if missing:
            raise TypeError(f"it has no {' and no '.join(missing)}")
    except Exception as error:  # other people's code: whatever it raises is reported under its name
        return Brought(name, group, error=f"{type(error).__name__}: {error}")
    return Brought(name, group, value)
