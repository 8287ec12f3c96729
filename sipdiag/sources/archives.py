"""The members of a zip, and the manifest of one that sipdiag wrote."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from sipdiag.dataclass import dataclass
from sipdiag.sources.bounded import ALWAYS, MAX_RATIO
from sipdiag.sources.signatures import is_archive
from sipdiag.sources.source import Source

MANIFEST = "manifest.json"
MAX_MEMBERS = 1000  # files taken from one archive
MAX_TOTAL = 1 << 30  # octets of all members together
_LARGEST_MANIFEST = 4 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says of itself: its inputs with their cases and SHA-256, and the options of its diagnosis.

    `found` are the inputs that were found in folders, `called` tells by which path others may name an input; bundles of
    before tell neither.
    """

    cases: Mapping[str, str]
    options: Mapping[str, object]
    hashes: Mapping[str, str]
    found: frozenset[str] = frozenset()
    called: Mapping[str, str] = field(default_factory=dict)


class _RefusedError(Exception):
    """Why a member is not read."""


def members(source: Source) -> Iterator[Source]:
    """The members of a zip as sources of their own; of a bundle, its inputs alone.

    Names that lead out of the archive, names that several members have, and members that grow beyond all measure are
    refused, and said to be.
    """
    left = MAX_TOTAL
    try:
        with zipfile.ZipFile(source.path if source.data is None else io.BytesIO(source.data)) as archive:
            manifest = _manifest(archive)
            named: dict[str, list[zipfile.ZipInfo]] = {}
            for info in archive.infolist():
                if not info.is_dir() and (manifest is None or info.filename in manifest.cases):
                    named.setdefault(info.filename, []).append(info)
            several = manifest is not None and len(set(manifest.cases.values())) > 1
            for name, infos in itertools.islice(named.items(), MAX_MEMBERS):
                case = manifest.cases[name] if manifest is not None and several else source.case
                part = replace(source, case=case, path=f"{source.path}/{name}", packed=True)
                if manifest is not None:
                    named_so = source.named and name not in manifest.found
                    part = replace(part, named=named_so, called=manifest.called.get(name, ""))
                try:
                    if len(infos) > 1:
                        raise _RefusedError(
                            f"{len(infos)} files of the archive have this name: which is meant is not told"
                        )
                    data = _unpacked(archive, infos[0], left)
                    if manifest is not None and hashlib.sha256(data).hexdigest() != manifest.hashes[name]:
                        raise _RefusedError("it is not what was put into the bundle: its SHA-256 is another one")
                except _RefusedError as why:
                    yield replace(part, refused=str(why), named=source.named)
                    continue
                left -= len(data)
                yield replace(part, data=data)
            if len(named) > MAX_MEMBERS:
                yield replace(source, refused=f"more than {MAX_MEMBERS} files in one archive; the rest was not read")
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        yield replace(source, refused=f"a damaged zip archive: {error}")


def content(path: str) -> bytes:
    """The octets of an input by the path that a report gives it: a file, a member of an archive, or standard input's.

    Raises OSError where it is gone.
    """
    file = Path(path)
    if file.is_file():
        return file.read_bytes()
    archive = next((str(p) for p in file.parents if is_archive(str(p))), None)
    if archive is None:
        raise FileNotFoundError(2, "no such file", path)
    for part in members(Source("", archive, True)):
        if part.path == path and part.data is not None:
            return part.data
    raise FileNotFoundError(2, "no such member", path)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> bytes:
    name = PurePosixPath(info.filename)
    if name.is_absolute() or ".." in name.parts or PureWindowsPath(info.filename).drive or "\\" in info.filename:
        raise _RefusedError("its name leads out of the archive")
    limit = min(left, max(ALWAYS, info.compress_size * MAX_RATIO))
    try:
        with archive.open(info) as member:
            data = member.read(limit + 1)
    except (zipfile.BadZipFile, RuntimeError, zlib.error, NotImplementedError, EOFError) as error:
        raise _RefusedError(f"it cannot be unpacked: {error}") from None
    if len(data) > limit:
        raise _RefusedError(f"it grows beyond {limit >> 20} MiB")
    return data


def read_manifest(path: str | Path) -> Manifest | None:
    """The manifest of a bundle; None where the file is none."""
    if not is_archive(str(path)):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            return _manifest(archive)
    except (zipfile.BadZipFile, OSError, ValueError):
        return None


def _manifest(archive: zipfile.ZipFile) -> Manifest | None:
    try:
        with archive.open(MANIFEST) as member:
            told = json.loads(member.read(_LARGEST_MANIFEST))
    except (KeyError, ValueError, RuntimeError, RecursionError, zipfile.BadZipFile, zlib.error, NotImplementedError):
        return None
    if not isinstance(told, dict) or not isinstance(told.get("sipdiag_bundle"), int):
        return None
    inputs, options = told.get("inputs"), told.get("options")
    if not isinstance(inputs, list) or not isinstance(options, dict):
        return None
    whole = [i for i in inputs if isinstance(i, dict) and {"name", "case", "sha256"} <= set(i)]
    return Manifest(
        {str(i["name"]): str(i["case"]) for i in whole},
        options,
        {str(i["name"]): str(i["sha256"]) for i in whole},
        frozenset(str(i["name"]) for i in whole if i.get("named") is False),
        {str(i["name"]): str(i["called"]) for i in whole if isinstance(i.get("called"), str)},
    )
