"""Find the checks: our own by walking `sipdiag_checks`, other people's by the entry-point group `sipdiag.checks`."""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from sipdiag.checking.check import Check, check_id
from sipdiag.dataclass import dataclass
from sipdiag.patterns import pattern
from sipdiag.plugins import may_hold

GROUP = "sipdiag.checks"
_PACKAGE = "sipdiag_checks"
_SUBJECT = pattern(rb"\(\s*\w+: (\w+)")


@dataclass(frozen=True, slots=True)
class Known:
    """A check that exists but is not imported yet: its id, its module, and the type of its subject by name.

    One id may have two functions, one for what is configured and one for what was sent.
    """

    id: str
    family: str
    module: str
    subject: str

    def load(self) -> Check:
        name = self.module.rpartition(".")[2]
        found = getattr(importlib.import_module(self.module), name)
        if not isinstance(found, Check):
            raise TypeError(f"{self.module}.{name} is not a check")
        return found


@dataclass(frozen=True, slots=True)
class Broken:
    """A plugin that could not be loaded."""

    name: str
    error: str


@cache
def built_in() -> tuple[Known, ...]:
    """Our own checks, read from file names and from the first parameter of each; none of them is imported."""
    package = importlib.import_module(_PACKAGE)
    families = [f.name for f in pkgutil.iter_modules(package.__path__) if f.ispkg]
    return tuple(k for family in families for folder in package.__path__ for k in _of_family(family, folder))


def _of_family(family: str, folder: str) -> Iterator[Known]:
    names = sorted(n.removesuffix(".py") for n in os.listdir(os.path.join(folder, family)) if n.endswith(".py"))
    for name in names:
        with open(os.path.join(folder, family, f"{name}.py"), "rb") as file:
            text = file.read()
        declared = f"\ndef {name}".encode()
        subject = _SUBJECT.match(text, at + len(declared)) if (at := text.find(declared + b"(")) >= 0 else None
        if subject is not None:
            module = f"{_PACKAGE}.{family}.{name}"
            yield Known(check_id(name), family.replace("_", "-"), module, subject[1].decode())


def plugins() -> tuple[list[Check], list[Broken]]:
    """Checks that other distributions bring: each entry point names a check, or a module whose checks are all taken."""
    checks: list[Check] = []
    broken: list[Broken] = []
    if not may_hold(GROUP):
        return checks, broken
    from importlib.metadata import entry_points

    for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
        origin = point.dist.name if point.dist is not None else point.name
        try:
            loaded = point.load()
            found = (
                [loaded] if isinstance(loaded, Check) else [v for v in vars(loaded).values() if isinstance(v, Check)]
            )
            if not found:
                raise TypeError("it names neither a check nor a module that holds one")
            checks += [replace(c, origin=origin) for c in found]
        except Exception as error:  # other people's code: whatever it raises is reported under its name
            broken.append(Broken(point.name, f"{type(error).__name__}: {error}"))
    return checks, broken


@cache
def catalogue() -> dict[str, tuple[Check, ...]]:
    """All our own checks, imported, by id: an id has two where one judges what is configured and one what was sent."""
    found: dict[str, tuple[Check, ...]] = {}
    for known in built_in():
        found[known.id] = (*found.get(known.id, ()), known.load())
    return found
