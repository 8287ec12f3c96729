"""What other distributions bring by an entry-point group. A plugin that cannot be loaded is said, and never in the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points

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
def brought(group: str) -> tuple[Brought, ...]:
    """Every entry point of a group, by name."""
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
