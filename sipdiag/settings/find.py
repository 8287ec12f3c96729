"""Where the settings are: `sipdiag.toml`, or `pyproject.toml` with a table `[tool.sipdiag]`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from sipdiag.sources.repository import root_above

NAME, PROJECT = "sipdiag.toml", "pyproject.toml"
_TABLE = b"[tool.sipdiag"  # also the start of [tool.sipdiag.paths] and of [[tool.sipdiag.suppress]]


def find_settings(paths: Sequence[str], here: Path) -> Path | None:
    """The nearest file, upward to the root of the repository.

    The search begins where the inputs lie, if that is in a repository, else in the folder that we stand in. Outside of
    a repository a folder's own file counts alone: nobody vouches for what lies above it.
    """
    start = _common(paths)
    if start is None or root_above(start) is None:
        start = here
    return nearest(start)


def nearest(start: Path) -> Path | None:
    start = start.resolve()
    root = root_above(start) or start
    for folder in (start, *start.parents):
        if os.path.isfile(folder / NAME):  # unlike that of a Path, it raises nothing
            return folder / NAME
        if _has_table(folder / PROJECT):
            return folder / PROJECT
        if folder == root:
            return None
    return None


def _common(paths: Sequence[str]) -> Path | None:
    """The folder that holds all inputs."""
    places = [Path(p).resolve() for p in paths if p != "-"]
    folders = [str(p if os.path.isdir(p) else p.parent) for p in places]
    try:
        return Path(os.path.commonpath(folders)) if folders else None
    except ValueError:  # on several drives
        return None


def _has_table(file: Path) -> bool:
    try:
        return _TABLE in file.read_bytes()
    except OSError:
        return False
