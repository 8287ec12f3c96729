"""What git ignores in a folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sipdiag.sources.repository import root_above

_LONGEST = 20  # seconds


def ignored_by_git(folder: Path) -> frozenset[str]:
    """The files and whole folders beneath a folder that git ignores, as paths that begin with it.

    Empty where the folder is in no repository, or git is not there. What a repository could have git run (hooks, a file
    system monitor) is switched off.
    """
    if root_above(folder) is None and "GIT_DIR" not in os.environ:
        return frozenset()
    git = shutil.which("git")
    if git is None:
        return frozenset()
    command = [git, "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-C", str(folder), "ls-files"]
    command += ["-z", "--others", "--ignored", "--exclude-standard", "--directory"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_LONGEST, check=True, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    names = (os.fsdecode(n) for n in done.stdout.split(b"\0") if n)
    return frozenset(os.path.normpath(folder / name) for name in names)
