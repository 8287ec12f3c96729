"""Files that sipdiag writes: whole or not at all, readable by their owner alone, never through a link."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path


class WriteError(Exception):
    """A file that was not written, and why."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path, self.why = path, why


def write_file(path: Path, data: bytes, *, inputs: Iterable[str] = (), mode: int = 0o600) -> bool:
    """Write a file, readable by its owner alone unless `mode` says more; whether it replaced one that stood there.

    The data goes to a temporary file beside it, which then takes its name: a reader sees the old content or the new,
    and an interrupt leaves the old. `inputs` are files that were read, which are never written over.

    Raises:
        WriteError: the path is a link, a folder, a device or an input, or the folder cannot be written.
    """
    replaced = check_writable(path, inputs)
    temporary = ""
    try:
        import tempfile  # most runs write no file

        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).chmod(mode)
        os.replace(temporary, path)
    except OSError as error:
        raise WriteError(path, error.strerror or type(error).__name__) from None
    finally:
        Path(temporary).unlink(missing_ok=True) if temporary else None
    return replaced


def create_file(path: Path, data: bytes) -> bool:
    """Write a file that is not there yet, with the folders above it; whether it was written. Nothing is replaced.

    Unlike a report it is to be read by others, so its mode is what the user's umask leaves.

    Raises:
        WriteError: the folder or the file cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise WriteError(path, "a file stands where its folder should") from None
    except OSError as error:
        raise WriteError(path, error.strerror or type(error).__name__) from None
    try:
        file = path.open("xb")
    except FileExistsError:
        return False
    except OSError as error:
        raise WriteError(path, error.strerror or type(error).__name__) from None
    try:
        with file:
            file.write(data)
    except OSError as error:
        path.unlink(missing_ok=True)  # half a file would be taken for one that the user has
        raise WriteError(path, error.strerror or type(error).__name__) from None
    return True


def append_file(path: Path, data: bytes) -> None:
    """Add to the end of a file that others write to as well; made with mode 0600 where it is not there.

    Raises:
        WriteError: it is a link, or cannot be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with os.fdopen(handle, "ab") as file:
            file.write(data)
    except OSError as error:
        raise WriteError(path, error.strerror or type(error).__name__) from None


def change_file(path: Path, old: bytes, new: bytes) -> None:
    """Put new bytes in the place of a file's old ones; its mode stays.

    Raises:
        WriteError: as `write_file`, or the file holds other bytes by now.
    """
    check_writable(path)
    try:
        if path.read_bytes() != old:
            raise WriteError(path, "it was changed while it was read")
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        raise WriteError(path, error.strerror or type(error).__name__) from None
    write_file(path, new, mode=mode)


def check_writable(path: Path, inputs: Iterable[str] = ()) -> bool:
    """Whether a file stands there that would be replaced. Raises WriteError where nothing may be written."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise WriteError(path, "its folder does not exist") from None
        return False
    except OSError as error:
        raise WriteError(path, error.strerror or type(error).__name__) from None
    if stat.S_ISLNK(found.st_mode):
        raise WriteError(path, "it is a link, and sipdiag does not write through links")
    if not stat.S_ISREG(found.st_mode):
        raise WriteError(path, "it is a folder" if stat.S_ISDIR(found.st_mode) else "it is no regular file")
    for name in inputs:
        try:
            if os.path.samestat(found, Path(name).stat()):
                raise WriteError(path, "it is one of the inputs, which are never changed")
        except (OSError, ValueError):
            continue
    return True
