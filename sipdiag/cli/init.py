"""`sipdiag init`: files to begin with. What is there stays as it is."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sipdiag.cli.stop import stop
from sipdiag.patterns import pattern


class Starter(StrEnum):
    SETTINGS = "settings"
    PRE_COMMIT = "pre-commit"
    GITHUB = "github"
    GITLAB = "gitlab"


FILES = {
    Starter.SETTINGS: ("sipdiag.toml", "settings.toml"),
    Starter.PRE_COMMIT: (".pre-commit-config.yaml", "pre-commit.yaml"),
    Starter.GITHUB: (".github/workflows/sipdiag.yml", "github.yml"),
    Starter.GITLAB: (".gitlab/sipdiag.gitlab-ci.yml", "gitlab.yml"),
}
_PLACEHOLDER = "OWNER/sipdiag"  # in the files that have a repository to name
_REPOSITORY = pattern(r"[A-Za-z0-9][\w.-]*/[\w.-]+")


def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="the root of a repository")] = Path(),
    only: Annotated[
        list[Starter] | None,
        typer.Option(
            "--only", metavar="settings|pre-commit|github|gitlab", help="write this file alone; may be repeated"
        ),
    ] = None,
    repository: Annotated[
        str | None,
        typer.Option(metavar="OWNER/NAME", help="where on GitHub the action and the hook are to be taken from"),
    ] = None,
) -> None:
    """Write commented settings and CI files to begin with.

    A file that is there is never changed.
    """
    from sipdiag.artefacts.files import WriteError, create_file

    if not folder.is_dir():
        stop(f"{folder}: no such folder")
    if repository is not None and not _REPOSITORY.fullmatch(repository):
        stop(f"--repository {repository!r}: give it as OWNER/NAME, as it stands in the address of the repository")
    templates = Path(__file__).parents[1] / "starters"
    failures: list[str] = []
    for starter in only or list(Starter):
        name, template = FILES[starter]
        path = folder / name
        text = (templates / template).read_text("utf-8")
        try:
            made = create_file(path, text.replace(_PLACEHOLDER, repository or _PLACEHOLDER).encode())
        except WriteError as error:
            failures.append(str(error))
            continue
        typer.echo(f"sipdiag: {'wrote' if made else 'left as it is:'} {path}", err=True)
        if made and repository is None and _PLACEHOLDER in text:
            typer.echo(f"sipdiag: {path}: put the repository that you have sipdiag from for {_PLACEHOLDER}", err=True)
    if failures:
        stop(*failures)
