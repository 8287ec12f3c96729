"""`sipdiag lint`: configuration alone."""

from __future__ import annotations

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
    OutputOption,
    Paths,
    PlatformOption,
    ProfileOption,
    QuietOption,
    RedactOption,
    SelectOption,
    UnsafeFixesOption,
    VerboseOption,
)
from sipdiag.cli.output import Presentation, outputs, report_on


def lint(
    paths: Paths,
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
    if not (fix or unsafe_fixes or diff):
        report_on(paths, options, shown)
        return
    from sipdiag.cli.fixing import Fixing, fix_and_report

    write = fix or (unsafe_fixes and not diff)
    fix_and_report(paths, options, Fixing(unsafe_fixes, write, diff), shown)
