"""`sipdiag explain`, `checks` and `schema`: what the project knows, without any input."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sipdiag.cli.stop import stop


def explain(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="ID",
            help="a check, cause, code (603, q850-21), word, or collect-… topic; a family, words or collect lists its topics",
        ),
    ] = None,
) -> None:
    """Say what a check, a code or a word means.

    Also how to get an input. Without ID, list all.
    """
    from sipdiag.reports.explain import explain as text_of
    from sipdiag.reports.explain import listing, nearest

    if name is None:
        typer.echo(f"{listing()}\ncodes\n  100 … 699, q850-N")
        return
    text = text_of(name) or listing(name.strip().lower())
    if text is None:
        near = nearest(name)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; sipdiag explain lists all"
        stop(f"nothing is known under {name!r}{hint}")
    typer.echo(text, nl=False)


def checks(
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
    profiles: Annotated[bool, typer.Option("--profiles", help="list the platform profiles instead")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="the manual pages of all checks")] = False,
) -> None:
    """List all checks, or the platform profiles.

    Of each check: its family, stage, severity and owner.
    """
    from sipdiag.reports.catalogue import checks_as_json, checks_as_text, profiles_as_json, profiles_as_text

    if markdown:
        from sipdiag.reports.catalogue import checks_as_markdown

        typer.echo(checks_as_markdown(), nl=False)
        return
    render = {
        (False, False): checks_as_text,
        (False, True): checks_as_json,
        (True, False): profiles_as_text,
        (True, True): profiles_as_json,
    }[profiles, as_json]
    typer.echo(render(), nl=False)


def schema(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="the schema to print; without it, list all")
    ] = None,
) -> None:
    """Print a JSON Schema that sipdiag publishes."""
    folder = Path(__file__).parents[1] / "schemas"
    known = sorted(f.stem for f in folder.glob("*.json"))
    if name is None:
        typer.echo("\n".join(known))
        return
    if name not in known:
        stop(f"no schema {name!r}; there are {', '.join(known)}")
    if name == "settings":
        from sipdiag.settings.shape import published_schema

        typer.echo(published_schema(), nl=False)
        return
    typer.echo((folder / f"{name}.json").read_text("utf-8"), nl=False)
