"""`sipdiag flow`: the ladder of a call or transfer."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer

from sipdiag.cli.options import KeylogOption, Paths, RedactOption, TlsKeyOption
from sipdiag.cli.redaction import mode_of, show_of
from sipdiag.cli.stop import stop


class FlowFormat(StrEnum):
    TEXT = "text"
    SVG = "svg"
    MERMAID = "mermaid"
    CSV = "csv"


def flow(
    paths: Paths,
    format: Annotated[FlowFormat, typer.Option("--format", help="how to draw")] = FlowFormat.TEXT,
    transfer: Annotated[int | None, typer.Option(metavar="N", help="the transfer to draw, by its number")] = None,
    call: Annotated[
        str | None, typer.Option(metavar="CALL-ID|N", help="the call to draw, by its Call-ID or number")
    ] = None,
    why_joined: Annotated[bool, typer.Option("--why-joined", help="say why legs were joined (text)")] = False,
    expect_transfer: Annotated[bool, typer.Option("--expect-transfer", help="a transfer was meant")] = False,
    keylog: KeylogOption = None,
    tls_key: TlsKeyOption = None,
    redact: RedactOption = None,
) -> None:
    """Draw the ladder of a call or transfer, all legs side by side."""
    from sipdiag.pipeline import Options, examine
    from sipdiag.reports.flow import ONE_DRAWING, NothingToDrawError, choose, render
    from sipdiag.sources.inputs import Reading

    show = show_of(mode_of(format.value, redact))
    report = examine(paths, Options(expect_transfer=expect_transfer, reading=Reading(keylog=keylog, tls_key=tls_key)))
    for item in report.inputs:
        if item.failed:
            typer.echo(f"sipdiag: {show(item.path)}: {show(item.problems[0])}", err=True)
    try:
        chosen = choose(report, transfer, call)
    except NothingToDrawError as error:
        stop(str(error))
    if format.value in ONE_DRAWING and len(chosen) > 1:
        typer.echo(
            f"sipdiag: drew {chosen[0][0]}; {len(chosen) - 1} more can be chosen with --transfer or --call", err=True
        )
    width = int(os.environ.get("COLUMNS") or 80)
    typer.echo(render(format.value, report, show, chosen, width, why_joined), nl=False)
