"""Find the files that paths name. Nothing of a folder is left out without a word: links, what is ignored, what is too much."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import NamedTuple

from sipdiag.dataclass import dataclass
from sipdiag.sources.source import Source

MAX_FILES = 5000  # files taken from folders
MAX_LINTED = 100_000  # the same where most are looked at only to be passed over


class FoundSources(NamedTuple):
    """What paths name, and how many files and whole folders in them are left out: ignored ones, and links."""

    sources: list[Source]
    left_out: int = 0


def find_sources(
    paths: Sequence[str],
    each: bool = False,
    ignored: Callable[[Path], frozenset[str]] | None = None,
    most: int = MAX_FILES,
) -> FoundSources:
    """The files that paths name, each once. Inputs named together, or the files of one folder, are one case; a
    sub-folder is one too, unless what is read in it turns out to belong to another one (`sipdiag.cases.joined`).

    Links inside folders are not followed, hidden files are passed over, and so is what `ignored` lists of a folder.
    """
    found: list[Source] = []
    left_out = 0
    folders: list[str] = []
    skipped: set[str] = set()
    for path in paths:
        if path == "-":
            found.append(Source("k1", "-", True, stream=True))
        elif os.path.isdir(path):  # unlike that of a Path, it raises nothing
            skipped |= ignored(Path(path)) if ignored is not None else set()
            folder = _listed(str(Path(path)), skipped)
            left_out += folder.left_out
            found += [Source("k1", f, False) for f in folder.files]
            found += [_barred("k1", path, True, folder.closed)] if folder.closed else []
            folders += folder.below
        else:
            found.append(Source("k1", path, True))
    cases = 1 if found else 0
    while folders and len(found) <= most:
        place = folders.pop(0)
        folder = _listed(place, skipped)
        left_out += folder.left_out
        folders[:0] = folder.below
        if folder.files or folder.closed:
            cases += 1
            found += [Source(f"k{cases}", f, False) for f in folder.files]
            found += [_barred(f"k{cases}", place, False, folder.closed)] if folder.closed else []
    if len(paths) > 1:
        found = _once(found)
    if len(found) > most:
        rest = str(Path(found[most].path).parent)
        found = [*found[:most], _barred(found[most - 1].case, rest, False, _TOO_MANY.format(most))]
    if each:
        found = [replace(s, case=f"k{n}") for n, s in enumerate(found, 1)]
    return FoundSources(found, left_out)


_TOO_MANY = "more than {} files; those from here on were not read: name the folders that matter"


def _barred(case: str, path: str, named: bool, why: str) -> Source:
    return Source(case, path, named, refused=why, barred=True)


def _once(found: Sequence[Source]) -> list[Source]:
    """Each file once: read twice, it would stand beside itself as another agent, trunk or call. One that is named beside
    its folder stays in the case of that."""
    kept: dict[str, Source] = {}
    for source in found:
        place = source.path if source.stream or source.barred else os.path.realpath(source.path)
        seen = kept.get(place)
        if seen is None:
            kept[place] = source
        elif seen.named and not source.named:
            del kept[place]
            kept[place] = replace(source, named=True)
        else:
            kept[place] = replace(seen, named=seen.named or source.named)
    return list(kept.values())


@dataclass(slots=True)
class _Folder:
    """The files of a folder, the folders in it, how many of either are left out, and why it could not be listed."""

    files: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    left_out: int = 0
    closed: str = ""


def _listed(path: str, skipped: Collection[str]) -> _Folder:
    folder = _Folder()
    try:
        entries = sorted(os.scandir(path), key=lambda e: e.name)
    except OSError as error:
        folder.closed = (error.strerror or str(error)).lower()
        return folder
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_symlink() or (skipped and os.path.normpath(entry.path) in skipped):
            folder.left_out += 1
        elif entry.is_dir(follow_symlinks=False):
            folder.below.append(entry.path)
        elif entry.is_file(follow_symlinks=False):
            folder.files.append(entry.path)
    return folder
