"""The names that settings and options may use: checks, families, platforms; and what a mistyped one was meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

from sipdiag.checking.discover import built_in, plugins
from sipdiag.platforms import platforms as readable
from sipdiag.platforms.profiles import profiles
from sipdiag.reports.notices import OUTCOME
from sipdiag.suppressions.claim_checks import CLAIM_CHECKS

__all__ = ["names", "platforms", "unknown", "unknown_name", "unknown_platform"]


@cache
def names(with_plugins: bool = True) -> tuple[str, ...]:
    """All ids and families. Plugins have to be imported to tell theirs."""
    known = {OUTCOME, *(n for k in built_in() for n in (k.id, k.family))}
    known |= {n for c in CLAIM_CHECKS for n in (c.id, c.family)}
    if with_plugins:
        known |= {n for c in plugins()[0] for n in (c.id, c.family)}
    return tuple(sorted(known))


def unknown_name(name: str) -> str | None:
    """What to say of a name that is neither a check nor a family; None where it is one."""
    if name in names(with_plugins=False) or name in names():
        return None
    return unknown("check or family", name, names(), "sipdiag checks lists them")


@cache
def platforms() -> tuple[str, ...]:
    """The systems whose documents can be read, and those of which something is known."""
    return tuple(sorted({*readable(), *profiles()}))


def unknown_platform(name: str) -> str | None:
    return None if name in platforms() else unknown("platform", name, platforms())


def unknown(what: str, name: str, known: Iterable[str], where: str = "") -> str:
    """
    >>> unknown("key", "selct", ["select", "ignore"])
    "no key 'selct'; did you mean 'select'? There are ignore, select"
    """
    known = sorted(known)
    near = get_close_matches(name, known, 1)
    listed = where or f"{'There' if near else 'there'} are {', '.join(known)}"
    return f"no {what} {name!r}; " + (f"did you mean {near[0]!r}?{'' if where else ' ' + listed}" if near else listed)
