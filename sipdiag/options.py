"""What the user asks for beside the inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sipdiag.dataclass import dataclass
from sipdiag.facts.config import Expectation
from sipdiag.sources.inputs import Reading

if TYPE_CHECKING:
    from sipdiag.settings.settings import ForPaths, Matches, Settings


@dataclass(frozen=True, slots=True)
class Options:
    """How to read the inputs, which checks to run, and what was expected of the call."""

    command: str = "diagnose"
    each: bool = False
    expect_refer: bool = False
    expect_transfer: bool = False
    expect_call: str | None = None
    agent: str | None = None
    platform: str | None = None
    profile_files: tuple[Path, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    reading: Reading = field(default_factory=Reading)
    destination_alone: bool = False  # one URI is judged, and no rule around it
    exclude: Matches | None = None
    for_paths: tuple[ForPaths, ...] = ()
    fingerprints: bool = True  # whether anybody asks for those of findings; documents are kept for them until the end

    @classmethod
    def under(cls, settings: Settings) -> Options:
        """With what the settings say, those that the command line overrules left out already."""
        return cls(
            expect_refer=settings.expect == "refer",
            agent=settings.agent,
            platform=settings.platform,
            profile_files=settings.profiles,
            select=settings.select,
            ignore=settings.ignore,
            exclude=settings.exclude,
            for_paths=settings.paths,
        )

    @property
    def transfer_meant(self) -> bool:
        return self.expect_transfer or self.expect_call is not None

    def filled(self, recorded: Mapping[str, object]) -> Options:
        """With what was recorded where the user says nothing. Unknown names and values of another kind are passed over."""
        told: dict[str, Any] = {}
        for name in RECORDED:
            default, value = getattr(_DEFAULTS, name), recorded.get(name)
            value = tuple(map(str, value)) if isinstance(default, tuple) and isinstance(value, list) else value
            if getattr(self, name) == default and isinstance(value, str if default is None else type(default)):
                told[name] = value
        return replace(self, **told)

    @property
    def recorded(self) -> dict[str, object]:
        """What another run needs in order to reach the same verdict; files are not among it."""
        return {n: v for n in RECORDED if (v := getattr(self, n)) != getattr(_DEFAULTS, n)}

    def platform_of(self, path: str) -> str | None:
        """The platform that a file is to be read as; of several settings for its path the last one counts."""
        named = [f.platform for f in self.for_paths if f.platform is not None and f.matches(path)]
        return named[-1] if named else self.platform

    def expectation_of(self, paths: Iterable[str]) -> Expectation:
        """What is expected of a case, by its files."""
        paths = list(paths)
        named = [f.expect for f in self.for_paths if f.expect is not None and any(map(f.matches, paths))]
        refer = named[-1] == "refer" if named else self.expect_refer
        return Expectation(refer or self.transfer_meant, self.transfer_meant)


RECORDED = ("expect_refer", "expect_transfer", "expect_call", "agent", "platform", "select", "ignore")
_DEFAULTS = Options()
