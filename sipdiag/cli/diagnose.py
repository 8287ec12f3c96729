"""`sipdiag diagnose`: the main job."""

from __future__ import annotations

from typing import Annotated

import typer

from sipdiag.cli.options import (
    Calls,
    Color,
    ColorOption,
    DebugOption,
    Expect,
    ExpectOption,
    FailOn,
    FailOnOption,
    FormatOption,
    IgnoreOption,
    KeylogOption,
    NoProgressOption,
    OutputOption,
    Paths,
    PlatformOption,
    ProfileOption,
    QuietOption,
    Reader,
    ReaderOption,
    RedactOption,
    SelectOption,
    TlsKeyOption,
    VerboseOption,
)
from sipdiag.cli.output import Presentation, outputs, report_on


def diagnose(
    paths: Paths,
    format: FormatOption = None,
    output: OutputOption = None,
    fail_on: FailOnOption = FailOn.ERROR,
    expect: ExpectOption = Expect.ANY,
    expect_transfer: Annotated[
        bool,
        typer.Option(
            "--expect-transfer", help="a transfer was meant in the only call, or in the one of --expect-transfer=CALL"
        ),
    ] = False,
    expect_call: Annotated[
        str | None, typer.Option("--expect-transfer-in", metavar="CALL", help="as --expect-transfer=CALL", hidden=True)
    ] = None,
    agent: Annotated[
        str | None, typer.Option(metavar="WHO", help="which end transfers: HOST[:PORT], USER or NUMBER")
    ] = None,
    platform: PlatformOption = None,
    profile: ProfileOption = None,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    transfer: Annotated[int | None, typer.Option(metavar="N", help="tell of this transfer only")] = None,
    call: Annotated[str | None, typer.Option(metavar="CALL-ID|N", help="tell of this call only")] = None,
    number: Annotated[str | None, typer.Option(metavar="NUM", help="tell of calls from or to this number only")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="seconds since the first message, hh:mm:ss (UTC), or ISO 8601")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="as --since")] = None,
    calls: Annotated[Calls, typer.Option("--calls", help="which calls to list (JSON)")] = Calls.TRANSFERS,
    keylog: KeylogOption = None,
    tls_key: TlsKeyOption = None,
    reader: ReaderOption = Reader.AUTO,
    each: Annotated[bool, typer.Option("--each", help="every file is a case of its own")] = False,
    color: ColorOption = Color.AUTO,
    redact: RedactOption = None,
    verbose: VerboseOption = False,
    quiet: QuietOption = False,
    no_progress: NoProgressOption = False,
    debug: DebugOption = False,
) -> None:
    """Say why the transfers in PATHS were not emitted, or where they failed."""
    # Imported here so that --help does not pay for the readers.
    from sipdiag.pipeline import Options
    from sipdiag.reports.narrow import Choice
    from sipdiag.sources.inputs import Reading

    options = Options(
        each=each,
        expect_refer=expect is Expect.REFER,
        expect_transfer=expect_transfer,
        expect_call=expect_call,
        agent=agent,
        platform=platform,
        profile_files=tuple(profile or ()),
        select=tuple(select or ()),
        ignore=tuple(ignore or ()),
        reading=Reading(reader=reader.value, keylog=keylog, tls_key=tls_key),
    )
    shown = Presentation(
        outputs(format, output),
        fail_on,
        color,
        redact,
        verbose=verbose,
        quiet=quiet,
        debug=debug,
        all_calls=calls is Calls.ALL,
        progress=not no_progress,
    )
    report_on(paths, options, shown, Choice(transfer, call, number, since, until))
