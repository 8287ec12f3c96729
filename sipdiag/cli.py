"""The command line: arguments in, exit code out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Annotated

import typer

from sipdiag import __version__
from sipdiag.stages import Severity

if TYPE_CHECKING:
    from sipdiag.pipeline import Options
    from sipdiag.reports.report import Report

app = typer.Typer(
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Say why a SIP transfer (REFER) was never sent, or where it failed.",
)

_EXAMPLES = """\
sipdiag says why a SIP transfer (REFER) was never sent, or where it failed.

  sipdiag diagnose agent.json conversation.json call.pcap   why did this transfer fail?
  sipdiag lint agents/ trunks.yaml                          what would fail, from configuration alone
  sipdiag explain refer-refused-by-policy                   what a cause, a code or a word means

sipdiag --help lists all commands.
"""


class Format(StrEnum):
    TEXT = "text"
    PLAIN = "plain"
    JSON = "json"


class FailOn(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    NEVER = "never"

    @property
    def severity(self) -> Severity | None:
        return None if self is FailOn.NEVER else Severity[self.name]


class Expect(StrEnum):
    REFER = "refer"
    ANY = "any"


class Color(StrEnum):
    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Redaction(StrEnum):
    """Only `off` exists yet; the option is there so that scripts can state it."""

    OFF = "off"


class Reader(StrEnum):
    AUTO = "auto"
    BUILTIN = "builtin"
    TSHARK = "tshark"


Paths = Annotated[
    list[str], typer.Argument(help="captures, traces, configurations, call records, folders; - is standard input")
]
FormatOption = Annotated[Format, typer.Option("--format", help="how to print the report")]
FailOnOption = Annotated[FailOn, typer.Option("--fail-on", help="the least severity that makes the exit code 1")]
ExpectOption = Annotated[Expect, typer.Option("--expect", help="whether transfers are meant to go by REFER")]
PlatformOption = Annotated[str | None, typer.Option("--platform", help="read documents as this platform's")]
ProfileOption = Annotated[list[Path] | None, typer.Option("--profile", help="add or override a platform profile")]
SelectOption = Annotated[list[str] | None, typer.Option("--select", help="run these checks or families only")]
IgnoreOption = Annotated[list[str] | None, typer.Option("--ignore", help="leave these checks or families out")]
ColorOption = Annotated[Color, typer.Option("--color", help="colour the terminal report")]
RedactOption = Annotated[
    Redaction | None, typer.Option("--redact", help="identities are shown as they were read; nothing else exists yet")
]
VerboseOption = Annotated[bool, typer.Option("-v", "--verbose", help="list every check")]


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="print the version")] = False,
) -> None:
    """Say why a SIP transfer (REFER) was never sent, or where it failed."""
    if version:
        typer.echo(f"sipdiag {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(_EXAMPLES, nl=False)


@app.command()
def diagnose(
    paths: Paths,
    format: FormatOption = Format.TEXT,
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
    agent: Annotated[str | None, typer.Option(help="which end transfers: HOST[:PORT], USER or NUMBER")] = None,
    platform: PlatformOption = None,
    profile: ProfileOption = None,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    keylog: Annotated[Path | None, typer.Option(help="TLS key log (SSLKEYLOGFILE) for encrypted captures")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="RSA private key of the server, for RSA key exchange")] = None,
    reader: Annotated[Reader, typer.Option(help="how captures are read")] = Reader.AUTO,
    calls: Annotated[bool, typer.Option("--all-calls", help="list calls without a transfer too (JSON)")] = False,
    each: Annotated[bool, typer.Option("--each", help="every file is a case of its own")] = False,
    color: ColorOption = Color.AUTO,
    redact: RedactOption = None,
    verbose: VerboseOption = False,
    debug: Annotated[bool, typer.Option("--debug", help="show the traceback of a crashed check")] = False,
) -> None:
    """Say why the transfers in PATHS were not emitted, or where they failed."""
    from sipdiag.pipeline import Options
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
    _run(paths, options, format, fail_on, color, redact, verbose, debug, calls)


@app.command()
def lint(
    paths: Paths,
    format: FormatOption = Format.TEXT,
    fail_on: FailOnOption = FailOn.ERROR,
    expect: ExpectOption = Expect.ANY,
    platform: PlatformOption = None,
    profile: ProfileOption = None,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    color: ColorOption = Color.AUTO,
    redact: RedactOption = None,
    verbose: VerboseOption = False,
    debug: Annotated[bool, typer.Option("--debug", help="show the traceback of a crashed check")] = False,
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
    _run(paths, options, format, fail_on, color, redact, verbose, debug)


class FlowFormat(StrEnum):
    TEXT = "text"


@app.command()
def flow(
    paths: Paths,
    format: Annotated[FlowFormat, typer.Option("--format", help="how to draw")] = FlowFormat.TEXT,
    transfer: Annotated[int | None, typer.Option(help="the transfer to draw, by its number")] = None,
    call: Annotated[str | None, typer.Option(help="the call to draw, by its Call-ID or number")] = None,
    why_joined: Annotated[bool, typer.Option("--why-joined", help="say why legs were joined")] = False,
    expect_transfer: Annotated[bool, typer.Option("--expect-transfer", help="a transfer was meant")] = False,
    keylog: Annotated[Path | None, typer.Option(help="TLS key log for encrypted captures")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="RSA private key of the server")] = None,
    redact: RedactOption = None,
) -> None:
    """Draw the ladder of a call or transfer, all legs side by side."""
    from sipdiag.pipeline import Options, examine
    from sipdiag.reports.flow import NothingToDrawError, as_text, choose
    from sipdiag.reports.show import Show
    from sipdiag.sources.inputs import Reading

    report = examine(paths, Options(expect_transfer=expect_transfer, reading=Reading(keylog=keylog, tls_key=tls_key)))
    for item in report.inputs:
        if item.failed:
            typer.echo(f"sipdiag: {item.path}: {item.problems[0]}", err=True)
    try:
        chosen = choose(report, transfer, call)
    except NothingToDrawError as error:
        typer.echo(f"sipdiag: {error}", err=True)
        raise typer.Exit(2) from None
    width = int(os.environ.get("COLUMNS") or 80)
    typer.echo(as_text(report, Show(), chosen, width, why_joined), nl=False)


@app.command()
def explain(
    name: Annotated[
        str | None, typer.Argument(help="a check, cause, code (603, q850-21), word, or collect-… topic")
    ] = None,
) -> None:
    """Say what a check, a code or a word means, or how to get an input; without NAME, list all."""
    from sipdiag.reports.explain import explain as text_of
    from sipdiag.reports.explain import nearest, topics

    if name is None:
        group = ""
        for topic in topics():
            if topic.group != group:
                group = topic.group
                typer.echo(f"\n{group}")
            typer.echo(f"  {topic.name:42} {topic.title}"[:100].rstrip())
        typer.echo("\ncodes\n  100 … 699, q850-N")
        return
    text = text_of(name)
    if text is None:
        near = nearest(name)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; sipdiag explain lists all"
        typer.echo(f"sipdiag: nothing is known under {name!r}{hint}", err=True)
        raise typer.Exit(2)
    typer.echo(text, nl=False)


@app.command()
def checks(
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
    profiles: Annotated[bool, typer.Option("--profiles", help="list the platform profiles instead")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="the manual pages of all checks")] = False,
) -> None:
    """List all checks with family, stage, severity and owner, or the platform profiles."""
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


@app.command()
def schema(
    name: Annotated[str | None, typer.Argument(help="the schema to print; without it, list all")] = None,
) -> None:
    """Print a JSON Schema that sipdiag publishes."""
    from importlib.resources import files

    folder = files("sipdiag").joinpath("schemas")
    known = sorted(f.name.removesuffix(".json") for f in folder.iterdir() if f.name.endswith(".json"))
    if name is None:
        typer.echo("\n".join(known))
        return
    if name not in known:
        typer.echo(f"sipdiag: no schema {name!r}; there are {', '.join(known)}", err=True)
        raise typer.Exit(2)
    typer.echo(folder.joinpath(f"{name}.json").read_text("utf-8"), nl=False)


def _run(
    paths: list[str],
    options: Options,
    format: Format,
    fail_on: FailOn,
    color: Color,
    redact: Redaction | None,
    verbose: bool,
    debug: bool,
    all_calls: bool = False,
) -> None:
    from sipdiag.pipeline import examine
    from sipdiag.platforms.profile_file import ProfileError

    try:
        with _progress(paths):
            report = examine(paths, options)
    except ProfileError as error:
        typer.echo(f"sipdiag: {error}", err=True)
        raise typer.Exit(2) from None
    code = report.exit_code(fail_on.severity)
    typer.echo(_render(report, format, code, color, redact, verbose, all_calls), nl=False)
    for item in report.inputs:
        if item.failed and format is not Format.TEXT:
            typer.echo(f"sipdiag: {item.path}: {item.problems[0]}", err=True)
    if not report.inputs:
        typer.echo("sipdiag: nothing to read in what was named", err=True)
    if debug:
        for crash in report.crashed:
            typer.echo(crash.trace, err=True)
    raise typer.Exit(code)


@contextmanager
def _progress(paths: list[str]) -> Iterator[None]:
    """A line on a terminal's standard error that tells that work goes on, once it has lasted a second."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    status = Console(stderr=True).status(f"reading {len(paths)} input{'s' if len(paths) != 1 else ''} …")
    timer = Timer(1.0, status.start)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        status.stop()


def _render(
    report: Report, format: Format, code: int, color: Color, redact: Redaction | None, verbose: bool, all_calls: bool
) -> str:
    from sipdiag.reports.show import Show

    show = Show()
    if format is Format.JSON:
        from sipdiag.reports.json_report import render as render_json

        return render_json(report, show, code, redact.value if redact is not None else "off", all_calls)
    from sipdiag.reports.text import render, render_plain

    if format is Format.PLAIN:
        return render_plain(report, show)
    return render(report, show, color=_colored(color), verbose=verbose)


def _colored(color: Color) -> bool:
    if color is not Color.AUTO:
        return color is Color.ALWAYS
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


def _with_optional_values(arguments: list[str]) -> list[str]:
    """`--expect-transfer` takes a value only behind `=`; the parser knows no such option, so it gets two.

    >>> _with_optional_values(["--expect-transfer=c2", "--expect-transfer"])
    ['--expect-transfer-in=c2', '--expect-transfer']
    """
    return [
        a.replace("--expect-transfer=", "--expect-transfer-in=", 1) if a.startswith("--expect-transfer=") else a
        for a in arguments
    ]


def main() -> None:
    """Run the command line. A broken pipe ends quietly, an interrupt with 130."""
    try:
        app(_with_optional_values(sys.argv[1:]))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as error:  # the last line of defence: a user sees one line, never a traceback
        if "--debug" in sys.argv:
            raise
        typer.echo(f"sipdiag: internal error: {type(error).__name__}: {error} (--debug shows where)", err=True)
        raise SystemExit(3) from None
