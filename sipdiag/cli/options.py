"""The options that mean the same for every command."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sipdiag.stages import Severity


class FailOn(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    NEVER = "never"

    @property
    def severity(self) -> Severity | None:
        return None if self is FailOn.NEVER else Severity[self.name]


class LeastSeverity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Expect(StrEnum):
    REFER = "refer"
    ANY = "any"


class Color(StrEnum):
    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Redaction(StrEnum):
    """Whether identities are shown as pseudonyms; `strict` keeps no countries, ports and times of day either."""

    ON = "on"
    OFF = "off"
    STRICT = "strict"


class Reader(StrEnum):
    AUTO = "auto"
    BUILTIN = "builtin"
    TSHARK = "tshark"


class Calls(StrEnum):
    TRANSFERS = "transfers"
    ALL = "all"


Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...", help="captures, traces, configurations, call records, folders; - is standard input"
    ),
]
OptionalPaths = Annotated[
    list[str] | None,
    typer.Argument(metavar="PATH...", help="configurations, folders; - is standard input", show_default=False),
]
UriOption = Annotated[
    str | None, typer.Option("--uri", metavar="URI", help="judge this one destination; --platform says for whom")
]
FormatOption = Annotated[str | None, typer.Option("--format", metavar="FORMAT", help="how to print the report")]
OutputOption = Annotated[
    list[str] | None,
    typer.Option("-o", "--output", metavar="[FORMAT=]FILE", help="write the report to a file; may be repeated"),
]
FailOnOption = Annotated[
    FailOn | None,
    typer.Option(
        "--fail-on",
        metavar="error|warning|info|never",
        help="the least severity that makes the exit code 1 (default: error)",
    ),
]
ExpectOption = Annotated[
    Expect | None,
    typer.Option("--expect", metavar="refer|any", help="whether transfers are meant to go by REFER (default: any)"),
]
MinSeverityOption = Annotated[
    LeastSeverity | None,
    typer.Option("--min-severity", metavar="error|warning|info", help="leave out findings below this severity"),
]
BaselineOption = Annotated[
    Path | None, typer.Option("--baseline", metavar="FILE", help="findings that are known, and do not count")
]
SettingsOption = Annotated[
    Path | None,
    typer.Option("--settings", metavar="FILE", help="settings; else SIPDIAG_SETTINGS, else the nearest sipdiag.toml"),
]
NoSettingsOption = Annotated[bool, typer.Option("--no-settings", help="read no settings file")]
PlatformOption = Annotated[
    str | None, typer.Option("--platform", metavar="NAME", help="read documents as this platform's")
]
ProfileOption = Annotated[
    list[Path] | None, typer.Option("--profile", metavar="FILE", help="add or override a platform profile")
]
SelectOption = Annotated[
    list[str] | None, typer.Option("--select", metavar="ID", help="run these checks or families only")
]
IgnoreOption = Annotated[
    list[str] | None, typer.Option("--ignore", metavar="ID", help="leave these checks or families out")
]
ColorOption = Annotated[Color, typer.Option("--color", metavar="auto|always|never", help="colour the terminal report")]
RedactOption = Annotated[
    Redaction | None,
    typer.Option(
        "--redact",
        metavar="on|off|strict",
        help="pseudonyms for identities; by default in files, HTML and Markdown, and in text that is piped; strict drops "
        "countries, ports and times of day, too",
    ),
]
KeepOption = Annotated[
    list[str] | None,
    typer.Option("--keep", metavar="PATTERN", help="what redaction leaves as it is, e.g. *.example.com; repeatable"),
]
WriteMapOption = Annotated[
    Path | None,
    typer.Option(
        "--write-map", metavar="FILE", help="write who is who, originals and pseudonyms, to a file of your own"
    ),
]
FixOption = Annotated[bool, typer.Option("--fix", help="make the edits that write down what a document means already")]
UnsafeFixesOption = Annotated[
    bool, typer.Option("--unsafe-fixes", help="make also those that change who is called or what a call does")
]
DiffOption = Annotated[
    bool, typer.Option("--diff", help="show the edits; without --fix they are shown only, and nothing is written")
]
VerboseOption = Annotated[
    bool, typer.Option("-v", "--verbose", help="list every check, and show each of many transfers in full")
]
QuietOption = Annotated[bool, typer.Option("-q", "--quiet", help="print nothing where nothing is wrong")]
EachOption = Annotated[bool, typer.Option("--each", help="every file is a case of its own")]
NoProgressOption = Annotated[bool, typer.Option("--no-progress", help="never show that work goes on")]
DebugOption = Annotated[bool, typer.Option("--debug", help="show the traceback of a crashed check")]
KeylogOption = Annotated[
    Path | None,
    typer.Option(
        "--keylog",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="TLS key log (SSLKEYLOGFILE) for encrypted captures",
    ),
]
TlsKeyOption = Annotated[
    Path | None,
    typer.Option(
        "--tls-key",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="RSA private key of the server, for RSA key exchange",
    ),
]
ReaderOption = Annotated[Reader, typer.Option("--reader", metavar="auto|builtin|tshark", help="how captures are read")]
