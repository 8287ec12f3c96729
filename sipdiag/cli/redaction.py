"""Which values an output shows as they were read: one redactor for all outputs of a run."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import field, replace
from os.path import basename
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sipdiag.cli.stop import stop
from sipdiag.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sipdiag.cli.options import Redaction
    from sipdiag.redaction import Mode, Redactor
    from sipdiag.reports.report import Report
    from sipdiag.reports.show import Show

OF_CI = frozenset({"sarif", "junit", "github", "gitlab"})


@dataclass(frozen=True, slots=True)
class Masking:
    """What a user asks of redaction. `redact` None: as the format and its destination have it. `keep` are patterns of
    originals that stay, `write_map` is a file for originals and pseudonyms. One instance serves a whole run: all its
    outputs show one pseudonym for one original.
    """

    redact: Redaction | None = None
    keep: tuple[str, ...] = ()
    write_map: Path | None = None
    _redactors: dict[Mode, Redactor] = field(default_factory=dict, repr=False, compare=False)

    def mode(self, kind: str, *, to_file: bool = False) -> Mode:
        """What holds for a format or command, by what was asked for and where it goes."""
        from sipdiag.redaction import Mode
        from sipdiag.redaction.when import mode_for

        wanted = Mode(self.redact.value) if self.redact is not None else None
        return mode_for(kind, asked=wanted, to_file=to_file, terminal=sys.stdout.isatty())

    def redactor(self, mode: Mode) -> Redactor:
        """The redactor of this run."""
        from sipdiag.redaction import Redactor

        if mode not in self._redactors:
            self._redactors[mode] = Redactor(mode=mode, keep=self.keep)
        return self._redactors[mode]

    def show(self, mode: Mode) -> Show:
        """Values, and whole messages, as they may be shown."""
        from sipdiag.redaction import Mode
        from sipdiag.reports.show import Show

        redactor = self.redactor(mode)
        return Show(redactor, redactor.message if mode is not Mode.OFF else None)

    def refuse_leaks(self, text: str, form: str, mode: Mode, paths: Iterable[str] = ()) -> None:
        """Search what is to be shared for originals and secrets, and end with 3 where one is in it.

        `paths` are names of files that a format keeps, for what reads it could not point at a line otherwise.
        """
        from sipdiag.redaction import Mode
        from sipdiag.redaction.verify import LeakError, search
        from sipdiag.reports.own import own_words

        if mode is Mode.OFF:
            return
        own = "\n".join((own_words(form, text), *paths))
        try:
            search(text.encode("utf-8", "surrogateescape"), self.redactor(mode).ledger, "report", own)
        except LeakError as error:
            stop(f"the {form} was not written: {error}; this is a fault of sipdiag's", code=3)

    def check_map(self, inputs: Iterable[str]) -> None:
        """Raises WriteError where the map could not be written."""
        from sipdiag.artefacts.files import check_writable

        if self.write_map is not None:
            check_writable(self.write_map, inputs)

    def finish(self, inputs: Iterable[str]) -> None:
        """Write the map that was asked for; say so where nothing was replaced in this run, so that there is none.

        Raises:
            WriteError: it cannot be written.
        """
        from sipdiag.redaction import Mode

        if self.write_map is None:
            return
        for mode, redactor in self._redactors.items():
            if mode is not Mode.OFF and redactor.ledger.replaced:
                write_map(self.write_map, redactor, inputs)
                return
        typer.echo("sipdiag: no map was written: nothing was replaced", err=True)


def write_map(path: Path, redactor: Redactor, inputs: Iterable[str]) -> None:
    """Originals and pseudonyms as JSON, for the user alone. Raises WriteError."""
    from sipdiag.artefacts.files import write_file
    from sipdiag.reports.show import escape

    entries = [{"kind": k, "original": o, "pseudonym": p} for k, o, p in redactor.ledger]
    data = (json.dumps({"version": 1, "map": entries}, indent=1) + "\n").encode("utf-8", "backslashreplace")
    write_file(path, data, inputs=inputs)
    typer.echo(f"sipdiag: wrote {escape(str(path))}: it tells who is who and is for you alone", err=True)


def without_paths(report: Report, format: str, files: Mapping[str, str]) -> Report:
    """The report without the folders above its inputs, and without their hashes, before it is redacted.

    A hash of an original would prove to whoever has the original that it is the one. What a repository's own CI reads
    keeps the paths of the repository (`files`): it could not point at a line otherwise.
    """
    kept = files if format in OF_CI else {}
    names = {i.path: basename(i.path) for i in report.inputs if i.path not in kept}
    inputs = tuple(replace(i, path=names.get(i.path, i.path), sha256="") for i in report.inputs)
    return replace(report, inputs=inputs, notes=tuple(_without(n, names) for n in report.notes))


def _without(text: str, names: Mapping[str, str]) -> str:
    """A note that names files by their paths."""
    for path in sorted(names, key=len, reverse=True):
        text = text.replace(path, names[path])
    return text
