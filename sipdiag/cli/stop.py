"""End with a word of explanation."""

from __future__ import annotations

from typing import NoReturn

import typer


def stop(*messages: str, code: int = 2) -> NoReturn:
    """End with one line for each message on standard error."""
    from sipdiag.reports.show import escape

    for message in messages:
        typer.echo(f"sipdiag: {escape(message)}", err=True)
    raise typer.Exit(code)
