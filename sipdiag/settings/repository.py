"""The repository around a folder, and the names that files have in it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def root_above(folder: Path) -> Path | None:
    """The nearest folder, this one included, that holds `.git`: a folder, or a file in worktrees and submodules."""
    here = folder.resolve()
    return next((f for f in (here, *here.parents) if (f / ".git").exists()), None)


def names_below(root: Path, paths: Iterable[str]) -> dict[str, str]:
    """Paths relative to a folder, with `/` between their parts; what lies elsewhere, and standard input, is left out."""
    base, names = root.resolve(), {}
    for path in paths:
        whole = Path(path).resolve() if path != "-" else None
        if whole is not None and whole.is_relative_to(base):
            names[path] = whole.relative_to(base).as_posix()
    return names
