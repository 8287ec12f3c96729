"""What holds for a run: the command line before the environment, that before the settings, those before the defaults."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sipdiag.cli.options import Expect, FailOn, LeastSeverity, Redaction
from sipdiag.cli.stop import stop
from sipdiag.dataclass import dataclass

if TYPE_CHECKING:
    from sipdiag.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Flags:
    """Options of the command line that the settings may give too; None or empty where they were not typed."""

    settings: Path | None = None
    no_settings: bool = False
    select: Sequence[str] | None = None
    ignore: Sequence[str] | None = None
    expect: Expect | None = None
    fail_on: FailOn | None = None
    min_severity: LeastSeverity | None = None
    baseline: Path | None = None
    agent: str | None = None
    platform: str | None = None
    profile: Sequence[Path] | None = None
    redact: Redaction | None = None


def settle(paths: Sequence[str], flags: Flags) -> Settings:
    """The settings that hold, those of the file overruled by the flags. Ends with 2 where either names what is not."""
    if flags.select or flags.ignore or flags.platform is not None:
        _check_names(flags)
    found = _read(paths, flags)
    for_paths = tuple(
        replace(f, platform=None if flags.platform else f.platform, expect=None if flags.expect else f.expect)
        for f in found.paths
    )
    return replace(
        found,
        select=tuple(flags.select or found.select),
        ignore=tuple(flags.ignore or found.ignore),
        expect=flags.expect.value if flags.expect else found.expect,
        fail_on=flags.fail_on.value if flags.fail_on else found.fail_on,
        min_severity=flags.min_severity.value if flags.min_severity else found.min_severity,
        baseline=flags.baseline or found.baseline,
        agent=flags.agent or found.agent,
        platform=flags.platform or found.platform,
        profiles=(*found.profiles, *(flags.profile or ())),
        redact=flags.redact.value if flags.redact else found.redact,
        paths=for_paths,
    )


def _check_names(flags: Flags) -> None:
    from sipdiag.settings.vocabulary import unknown_name, unknown_platform

    for option, names in (("--select", flags.select), ("--ignore", flags.ignore)):
        for name in names or ():
            if (words := unknown_name(name)) is not None:
                stop(f"{option}: {words}")
    if flags.platform is not None and (words := unknown_platform(flags.platform)) is not None:
        stop(f"--platform: {words}")


def _read(paths: Sequence[str], flags: Flags) -> Settings:
    from sipdiag.settings.settings import Settings

    if flags.no_settings:
        return Settings()
    file = settings_file(paths, flags.settings)
    if file is None:
        return Settings()
    from sipdiag.settings.read import SettingsError, read_settings

    try:
        return read_settings(file, short(file))
    except SettingsError as error:
        stop(*error.lines)


def settings_file(paths: Sequence[str], named: Path | None) -> Path | None:
    """The one that was typed, else that of the environment, else the nearest."""
    from sipdiag.settings.find import find_settings

    told = os.environ.get("SIPDIAG_SETTINGS")
    return named or (Path(told) if told else find_settings(paths, Path.cwd()))


def short(file: Path) -> str:
    """A file as it is reached from here, without the folders above."""
    whole, here = file.absolute(), Path.cwd()
    return str(whole.relative_to(here)) if whole.is_relative_to(here) else os.path.relpath(whole, here)


def fail_on(settings: Settings) -> FailOn:
    return FailOn(settings.fail_on or FailOn.ERROR)


def redaction(settings: Settings) -> Redaction | None:
    """None where nobody said: the formats then have their own ways."""
    if settings.redact is None:
        return None
    if settings.redact not in list(Redaction):
        stop(f"redact = {settings.redact!r}: there is only {', '.join(Redaction)}")
    return Redaction(settings.redact)
