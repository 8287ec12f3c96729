"""`sipdiag diagnose`: the main job."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from sipdiag.cli.options import (
    BaselineOption,
    Calls,
    Color,
    ColorOption,
    DebugOption,
    EachOption,
    ExpectOption,
    FailOnOption,
    FormatOption,
    IgnoreOption,
    KeepOption,
    KeylogOption,
    MinSeverityOption,
    NoProgressOption,
    NoSettingsOption,
    OutputOption,
    Paths,
    PlatformOption,
    ProfileOption,
    QuietOption,
    Reader,
    ReaderOption,
    RedactOption,
    SelectOption,
    SettingsOption,
    TlsKeyOption,
    VerboseOption,
    WriteMapOption,
)
from sipdiag.cli.output import Presentation, outputs, report_on
from sipdiag.cli.redaction import Masking
from sipdiag.cli.settle import Flags, redaction, settle
from sipdiag.cli.settle import fail_on as settled_fail_on


def diagnose(
    paths: Paths,
    format: FormatOption = None,
    output: OutputOption = None,
    fail_on: FailOnOption = None,
    expect: ExpectOption = None,
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
    min_severity: MinSeverityOption = None,
    baseline: BaselineOption = None,
    settings: SettingsOption = None,
    no_settings: NoSettingsOption = False,
    transfer: Annotated[int | None, typer.Option(metavar="N", help="tell of this transfer only")] = None,
    call: Annotated[str | None, typer.Option(metavar="CALL-ID|N", help="tell of this call only")] = None,
    number: Annotated[str | None, typer.Option(metavar="NUM", help="tell of calls from or to this number only")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="seconds since the first message, hh:mm:ss (UTC), or ISO 8601")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="as --since")] = None,
    calls: Annotated[
        Calls, typer.Option("--calls", metavar="transfers|all", help="which calls to list (JSON)")
    ] = Calls.TRANSFERS,
    keylog: KeylogOption = None,
    tls_key: TlsKeyOption = None,
    reader: ReaderOption = Reader.AUTO,
    each: EachOption = False,
    color: ColorOption = Color.AUTO,
    redact: RedactOption = None,
    keep: KeepOption = None,
    write_map: WriteMapOption = None,
    verbose: VerboseOption = False,
    quiet: QuietOption = False,
    no_progress: NoProgressOption = False,
    debug: DebugOption = False,
) -> None:
    """Say why transfers were never sent, or where they failed."""
    # Imported here so that --help does not pay for the readers.
    from sipdiag.pipeline import Options
    from sipdiag.reports.narrow import Choice
    from sipdiag.sources.inputs import Reading

    settled = settle(
        paths,
        Flags(
            settings=settings, no_settings=no_settings, select=select, ignore=ignore, expect=expect, fail_on=fail_on,
            min_severity=min_severity, baseline=baseline, platform=platform, profile=profile, redact=redact, agent=agent,
        ),
    )  # fmt: skip
    options = replace(
        Options.under(settled),
        each=each,
        expect_transfer=expect_transfer,
        expect_call=expect_call,
        reading=Reading(reader=reader.value, keylog=keylog, tls_key=tls_key),
    )
    shown = Presentation(
        outputs(format, output),
        settled_fail_on(settled),
        color,
        Masking(redaction(settled), tuple(keep or ()), write_map),
        verbose=verbose,
        quiet=quiet,
        debug=debug,
        all_calls=calls is Calls.ALL,
        progress=not no_progress,
        read=(keylog, tls_key, settings, settled.baseline, *settled.profiles),
    )
    report_on(paths, options, shown, settled, Choice(transfer, call, number, since, until))
