"""`sipdiag flow`: the ladder of a call or transfer."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sipdiag.cli.options import KeepOption, KeylogOption, Paths, RedactOption, TlsKeyOption, WriteMapOption
from sipdiag.cli.redaction import Masking, without_paths
from sipdiag.cli.stop import stop
from sipdiag.cli.untouched import check_apart, untouched

if TYPE_CHECKING:
    from sipdiag.reports.report import Report


class FlowFormat(StrEnum):
    TEXT = "text"
    SVG = "svg"
    MERMAID = "mermaid"
    CSV = "csv"


_ENDINGS = {".svg": FlowFormat.SVG, ".mmd": FlowFormat.MERMAID, ".mermaid": FlowFormat.MERMAID, ".csv": FlowFormat.CSV}


def flow(
    paths: Paths,
    format: Annotated[
        FlowFormat | None,
        typer.Option(
            "--format",
            metavar="text|svg|mermaid|csv",
            help="how to draw (default: by the ending of the file, else text)",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="write the drawing to a file")
    ] = None,
    transfer: Annotated[int | None, typer.Option(metavar="N", help="the transfer to draw, by its number")] = None,
    call: Annotated[
        str | None, typer.Option(metavar="CALL-ID|N", help="the call to draw, by its Call-ID or number")
    ] = None,
    why_joined: Annotated[bool, typer.Option("--why-joined", help="say why legs were joined (text)")] = False,
    expect_transfer: Annotated[bool, typer.Option("--expect-transfer", help="a transfer was meant")] = False,
    keylog: KeylogOption = None,
    tls_key: TlsKeyOption = None,
    redact: RedactOption = None,
    keep: KeepOption = None,
    write_map: WriteMapOption = None,
) -> None:
    """Draw the ladder of a call or transfer, all legs side by side."""
    from sipdiag.artefacts.files import WriteError, check_writable
    from sipdiag.cli.screen import can_show, columns
    from sipdiag.pipeline import Options, examine
    from sipdiag.redaction import Mode
    from sipdiag.reports.flow import LINES, ONE_DRAWING, NothingToDrawError, choose, render
    from sipdiag.sources.inputs import Reading

    masking = Masking(redact, tuple(keep or ()), write_map)
    suffix = output.suffix.lower() if output is not None else ""
    form = (format or _ENDINGS.get(suffix, FlowFormat.TEXT)).value
    mode = masking.mode(form, to_file=output is not None)
    try:
        named = untouched(paths, (keylog, tls_key))
        if output is not None:
            check_writable(output, named)
        check_apart((output, write_map))
        masking.check_map(named)
        report = examine(
            paths, Options(expect_transfer=expect_transfer, reading=Reading(keylog=keylog, tls_key=tls_key))
        )
        show, named = masking.show(mode), untouched(named, report=report)
        _complain(report)
        chosen = choose(report, transfer, call)
        if mode is not Mode.OFF:
            report = without_paths(report, form, {})
        if form in ONE_DRAWING and len(chosen) > 1:
            typer.echo(
                f"sipdiag: drew {chosen[0][0]}; {len(chosen) - 1} more can be chosen with --transfer or --call",
                err=True,
            )
        width = columns() if output is None else 80
        ascii_only = output is None and not can_show(LINES)
        drawn = ""
        for _ in range(1 if mode is Mode.OFF else 2):  # what is known for a name at the end is one at the beginning
            drawn = render(form, report, show, chosen, width, why_joined, ascii_only)
        masking.refuse_leaks(drawn, form, mode)
        _deliver(drawn, output, named)
        masking.finish(named)
    except (NothingToDrawError, WriteError) as error:
        stop(str(error))


def _complain(report: Report) -> None:
    from sipdiag.reports.show import escape

    for item in report.inputs:
        if item.failed:
            typer.echo(f"sipdiag: {escape(item.path)}: {escape(item.problems[0])}", err=True)


def _deliver(drawn: str, output: Path | None, inputs: list[str]) -> None:
    """Print the drawing, or write it. Raises WriteError."""
    from sipdiag.artefacts.files import write_file
    from sipdiag.reports.show import escape

    if output is None:
        typer.echo(drawn, nl=False)
        return
    replaced = write_file(output, drawn.encode("utf-8", "backslashreplace"), inputs=inputs)
    typer.echo(f"sipdiag: {'replaced' if replaced else 'wrote'} {escape(str(output))}", err=True)
