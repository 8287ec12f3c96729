"""`sipdiag lint`: configuration alone."""

from __future__ import annotations

from dataclasses import replace

from sipdiag.cli.options import (
    Color,
    ColorOption,
    DebugOption,
    DiffOption,
    Expect,
    ExpectOption,
    FailOn,
    FailOnOption,
    FixOption,
    FormatOption,
    IgnoreOption,
    NoProgressOption,
    OptionalPaths,
    OutputOption,
    PlatformOption,
    ProfileOption,
    QuietOption,
    RedactOption,
    SelectOption,
    UnsafeFixesOption,
    UriOption,
    VerboseOption,
)
from sipdiag.cli.output import Presentation, known_platform, outputs, report_on, report_on_uri, stop


def lint(
    paths: OptionalPaths = None,
    uri: UriOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
    fail_on: FailOnOption = FailOn.ERROR,
    expect: ExpectOption = Expect.ANY,
    platform: PlatformOption = None,
    profile: ProfileOption = None,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    fix: FixOption = False,
    unsafe_fixes: UnsafeFixesOption = False,
    diff: DiffOption = False,
    color: ColorOption = Color.AUTO,
    redact: RedactOption = None,
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
    if platform is not None:
        known_platform(platform)

    options = Options(
        command="lint",
        expect_refer=expect is Expect.REFER,
        platform=platform,
        profile_files=tuple(profile or ()),
        select=tuple(select or ()),
        ignore=tuple(ignore or ()),
    )
    shown = Presentation(
        outputs(format, output),
        fail_on,
        color,
        redact,
        verbose=verbose,
        quiet=quiet,
        debug=debug,
        progress=not no_progress,
    )
    if uri is not None:
        report_on_uri(uri, replace(options, destination_alone=True), shown)
        return
    if not (fix or unsafe_fixes or diff):
        report_on(named, options, shown)
        return
    from sipdiag.cli.fixing import Fixing, fix_and_report

    write = fix or (unsafe_fixes and not diff)
    fix_and_report(named, options, Fixing(unsafe_fixes, write, diff), shown)
