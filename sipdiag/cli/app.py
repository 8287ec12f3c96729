"""The commands, and what holds for all of them: help, version, a broken pipe, an error of our own."""

from __future__ import annotations

import codecs
import errno
import gc
import io
import os
import sys
from typing import Annotated

import typer

from sipdiag import __version__
from sipdiag.cli.commands import Group

app = typer.Typer(
    cls=Group,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Say why a SIP transfer (REFER) was never sent, or where it failed.",
)

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})  # a disk that takes no more
_EXAMPLES = """\
sipdiag says why a SIP transfer (REFER) was never sent, or where it failed.

  sipdiag diagnose agent.json conversation.json call.pcap   why did this transfer fail?
  sipdiag lint agents/ trunks.yaml                          what would fail, from configuration alone
  sipdiag explain refer-refused-by-policy                   what a cause, a code or a word means

sipdiag --help lists all commands.
"""


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
    """Run the command line. A broken pipe ends quietly."""
    # Messages and facts form no cycles and live until the end: looking for rubbish among them takes a quarter of the time.
    gc.set_threshold(2_000_000, 20, 100)
    if isinstance(sys.stdout, io.TextIOWrapper) and codecs.lookup(sys.stdout.encoding).name != "utf-8":
        sys.stdout.reconfigure(errors="backslashreplace")  # a report goes on where a code page lacks a character
    try:
        app(_with_optional_values(sys.argv[1:]))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except Exception as error:  # the last line of defence: a user sees one line, never a traceback
        if "--debug" in sys.argv:
            raise
        if isinstance(error, OSError) and error.errno in _FULL:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            typer.echo(f"sipdiag: standard output: {error.strerror}", err=True)
            raise SystemExit(2) from None
        if isinstance(error, FileNotFoundError) and not _stands_somewhere():
            typer.echo("sipdiag: this folder is gone: go to one that is there, and try again", err=True)
            raise SystemExit(2) from None
        typer.echo(f"sipdiag: internal error: {type(error).__name__}: {error} (--debug shows where)", err=True)
        raise SystemExit(3) from None


def _stands_somewhere() -> bool:
    """Whether the folder that the process was started in is still there."""
    try:
        os.getcwd()
    except FileNotFoundError:
        return False
    return True
