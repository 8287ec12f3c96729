"""`sipdiag doctor`: whether this machine has what sipdiag needs, and the command that mends what is missing."""

from __future__ import annotations

import importlib.util
import locale
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator

import typer

from sipdiag import __version__
from sipdiag.dataclass import dataclass

_OLDEST_PYTHON = (3, 11)
_OLDEST_TSHARK = (3, 0)  # the first that reads TLS by key log under the preference name `tls.keylog_file`
_FIELDS = ("sip.Method", "sip.Status-Line", "tls.handshake.type", "frame.time_epoch")
_NARROWEST = 80


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was looked at. `fix` is a command, and empty where all is well; `needed` tells what works not without."""

    what: str
    found: str
    fix: str = ""
    needed: bool = False


def doctor() -> None:
    """Say whether this machine has what sipdiag needs.

    For each thing that is missing, one command that mends it.
    """
    rows = list(examination())
    width = max(len(r.what) for r in rows)
    for row in rows:
        mark = "ok" if not row.fix else ("MISSING" if row.needed else "lacks")
        typer.echo(f"{mark:8} {row.what.ljust(width)}  {row.found}")
        if row.fix:
            typer.echo(f"{'':8} {''.ljust(width)}  fix: {row.fix}")
    raise typer.Exit(1 if any(r.fix and r.needed for r in rows) else 0)


def examination() -> Iterator[Row]:
    yield _python()
    yield Row("sipdiag", f"{__version__}, {_checks()}")
    yield _tshark()
    yield _plugins()
    yield _zstandard()
    yield _settings()
    yield _terminal()
    yield _text()


def _python() -> Row:
    wanted = ".".join(map(str, _OLDEST_PYTHON))
    fix = "" if sys.version_info >= _OLDEST_PYTHON else f"pipx install --python python{wanted} sipdiag"
    return Row("Python", f"{platform.python_version()} on {platform.system()}", fix, needed=True)


def _checks() -> str:
    from sipdiag.checking.discover import built_in

    return f"{len({k.id for k in built_in()})} checks"


def _plugins() -> Row:
    from sipdiag.checking.discover import plugins

    checks, broken = plugins()
    names = sorted({c.origin for c in checks})
    words = f"{len(checks)} checks of {', '.join(names)}" if checks else "none"
    if not broken:
        return Row("plugins", words)
    first = broken[0]
    return Row(
        "plugins", f"{words}; {first.name} cannot be loaded: {first.error}", f"pip uninstall {first.name}", needed=True
    )


def _tshark() -> Row:
    found = shutil.which("tshark")
    if found is None:
        install = "brew install wireshark" if sys.platform == "darwin" else "sudo apt-get install tshark"
        return Row("tshark", "not installed; needed only for SIP inside TLS and --reader tshark", install)
    version = _run(found, "--version").partition("\n")[0]
    number = re.search(r"(\d+)\.(\d+)", version)
    if number is None:
        return Row("tshark", "does not say its version", f"{found} --version")
    if (int(number[1]), int(number[2])) < _OLDEST_TSHARK:
        return Row("tshark", f"{number[0]} is too old to read TLS", "sudo apt-get install --only-upgrade tshark")
    fields = _run(found, "-G", "fields")
    missing = [f for f in _FIELDS if f"\t{f}\t" not in fields]
    if missing:
        return Row(
            "tshark", f"{number[0]} lacks the fields {', '.join(missing)}", "sudo apt-get install --reinstall tshark"
        )
    return Row("tshark", f"{number[0]}, with the fields that are read")


def _run(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")


def _zstandard() -> Row:
    if importlib.util.find_spec("zstandard") is not None:
        return Row("zstandard", "captures compressed with Zstandard can be read")
    return Row("zstandard", "captures compressed with Zstandard cannot be read", "pip install 'sipdiag[zstd]'")


def _settings() -> Row:
    """What commands read in this folder."""
    from sipdiag.cli.settle import settings_file, short
    from sipdiag.settings.read import SettingsError, read_settings

    file = settings_file((), None)
    if file is None:
        return Row("settings", "no file, so the defaults hold")
    try:
        read_settings(file, short(file))
    except SettingsError as error:
        place = re.match(r"(.+?):(\d+):\d+: ", error.lines[0])
        fix = f"vi +{place[2]} {shlex.quote(place[1])}" if place is not None else f"ls -l {shlex.quote(short(file))}"
        return Row("settings", error.lines[0], fix, needed=True)
    return Row("settings", short(file))


def _terminal() -> Row:
    if not sys.stdout.isatty():
        return Row("terminal", "standard output is no terminal: no colour")
    columns = shutil.get_terminal_size().columns
    color = "no colour, NO_COLOR is set" if os.environ.get("NO_COLOR") else "colour"
    fix = "" if columns >= _NARROWEST else f"resize to {_NARROWEST} columns"
    return Row("terminal", f"{columns} columns, {color}", fix)


def _text() -> Row:
    encoding = (sys.stdout.encoding or locale.getpreferredencoding()).lower()
    fix = "" if encoding.replace("-", "") == "utf8" else "export PYTHONUTF8=1"
    return Row("text", encoding, fix)
