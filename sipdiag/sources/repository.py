"""The repository around a folder, and the names that files have in it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def root_above(folder: Path) -> Path | None:
    """The nearest folder, this one included, that holds `.git`: a folder, or a file in worktrees and submodules."""
    here = folder.resolve()
    return next((f for f in (here, *here.parents) if os.path.exists(f / ".git")), None)


def names_below(root: Path, paths: Iterable[str]) -> dict[str, str]:
    """Paths relative to a folder, with `/` between their parts; what lies elsewhere, and standard input, is left out."""
    base, names = os.path.join(os.path.realpath(root), ""), {}
    folders: dict[str, str] = {}  # the files of one come one after another, and to resolve it takes long
    for path in paths:
        folder, name = os.path.split(path)
        if path == "-":
            continue
        if name in ("", ".", "..") or os.path.islink(path):
            whole = os.path.realpath(path)
        else:
            if folder not in folders:
                folders[folder] = os.path.realpath(folder)
            whole = os.path.join(folders[folder], name)
        if whole.startswith(base):
            names[path] = whole[len(base) :].replace(os.sep, "/")
    return names
