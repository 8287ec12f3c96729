"""`sipdiag lint`: configuration alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from sipdiag.cli.options import (
    BaselineOption,
    Color,
    ColorOption,
    DebugOption,
    DiffOption,
    EachOption,
    ExpectOption,
    FailOnOption,
    FixOption,
    FormatOption,
    IgnoreOption,
    KeepOption,
    MinSeverityOption,
    NoProgressOption,
    NoSettingsOption,
    OptionalPaths,
    OutputOption,
    PlatformOption,
    ProfileOption,
    QuietOption,
    RedactOption,
    SelectOption,
    SettingsOption,
    UnsafeFixesOption,
    UriOption,
    VerboseOption,
    WriteMapOption,
)
from sipdiag.cli.output import Presentation, outputs, report_on, report_on_uri
from sipdiag.cli.redaction import Masking
from sipdiag.cli.settle import Flags, redaction, settle
from sipdiag.cli.settle import fail_on as settled_fail_on
from sipdiag.cli.stop import stop


def lint(
    paths: OptionalPaths = None,
    uri: UriOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
    fail_on: FailOnOption = None,
    expect: ExpectOption = None,
    platform: PlatformOption = None,
    profile: ProfileOption = None,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    fix: FixOption = False,
    unsafe_fixes: UnsafeFixesOption = False,
    diff: DiffOption = False,
    min_severity: MinSeverityOption = None,
    baseline: BaselineOption = None,
    each: EachOption = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="end with 0 where folders hold no configuration of calls")
    ] = False,
    settings: SettingsOption = None,
    no_settings: NoSettingsOption = False,
    color: ColorOption = Color.AUTO,
    redact: RedactOption = None,
    keep: KeepOption = None,
    write_map: WriteMapOption = None,
    verbose: VerboseOption = False,
    quiet: QuietOption = False,
    no_progress: NoProgressOption = False,
    debug: DebugOption = False,
) -> None:
    """Say what would fail, from configuration alone."""
    from sipdiag.pipeline import Options

    named = list(paths or ())
    if (uri is None) == (not named):
        stop("name files or folders, or one destination with --uri")
    if uri is not None and (fix or unsafe_fixes or diff or baseline is not None):
        stop("--fix, --unsafe-fixes, --diff and --baseline are for files; --uri names none")
    settled = settle(
        named,
        Flags(
            settings=settings, no_settings=no_settings, select=select, ignore=ignore, expect=expect, fail_on=fail_on,
            min_severity=min_severity, baseline=baseline, platform=platform, profile=profile, redact=redact,
        ),
    )  # fmt: skip
    options = replace(Options.under(settled), command="lint", each=each)
    shown = Presentation(
        outputs(format, output),
        settled_fail_on(settled),
        color,
        Masking(redaction(settled), tuple(keep or ()), write_map),
        verbose=verbose,
        quiet=quiet,
        debug=debug,
        allow_empty=allow_empty,
        progress=not no_progress,
        read=(settings, settled.baseline, *settled.profiles),
    )
    if uri is not None:
        report_on_uri(uri, replace(options, destination_alone=True), shown, settled)
        return
    if not (fix or unsafe_fixes or diff):
        report_on(named, options, shown, settled)
        return
    from sipdiag.cli.fixing import Fixing, fix_and_report

    write = fix or (unsafe_fixes and not diff)
    fix_and_report(named, options, Fixing(unsafe_fixes, write, diff), shown, settled)
