"""`sipdiag manual`: the pages of all commands, made from what `--help` says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Annotated, Any

import typer

from sipdiag import __version__
from sipdiag.dataclass import dataclass

EXIT_CODES = (
    ("0", "ran; nothing at or above --fail-on"),
    ("1", "a finding at or above --fail-on, or a transfer that failed"),
    ("2", "usage or settings; an input that cannot be opened or recognised; nothing readable at all"),
    ("3", "internal error: a check or plugin crashed (it is named; the verdict is still given)"),
    ("130", "interrupted; what was finished is still printed"),
)
ENVIRONMENT = (
    ("NO_COLOR, FORCE_COLOR", "no colour, or colour also where standard output is no terminal"),
    ("COLUMNS", "the width of drawings"),
    ("SIPDIAG_SETTINGS", "the settings file, in place of the nearest sipdiag.toml or [tool.sipdiag]"),
    ("SIPDIAG_CASE_KEY", "the key of pseudonyms, so that several runs give the same ones"),
)


@dataclass(frozen=True, slots=True)
class Option:
    """An option or argument: how it is written, and what it does."""

    written: str
    help: str


@dataclass(frozen=True, slots=True)
class Page:
    """What is to be said of one command. `name` holds the words that are typed behind `sipdiag`."""

    name: str
    help: str
    arguments: tuple[Option, ...]
    options: tuple[Option, ...]

    @property
    def usage(self) -> str:
        return " ".join(["sipdiag", self.name, "[OPTION]...", *(a.written for a in self.arguments)])


def manual(
    man: Annotated[bool, typer.Option("--man", help="as a man page (roff): sipdiag manual --man | man -l -")] = False,
) -> None:
    """Print the manual of all commands, as Markdown or as a man page."""
    from sipdiag.cli.app import app

    pages = tuple(pages_of(typer.main.get_command(app)))
    typer.echo(as_man(pages) if man else as_markdown(pages), nl=False)


def pages_of(command: Any, above: Sequence[str] = ()) -> Iterator[Page]:
    """One page for each command that does something, in the order of `--help`."""
    below: dict[str, Any] = getattr(command, "commands", {})
    if not below:
        shown = [p for p in command.params if not getattr(p, "hidden", False) and p.name != "help"]
        arguments = [p for p in shown if not p.opts[0].startswith("-")]
        options = [p for p in shown if p.opts[0].startswith("-")]
        yield Page(
            " ".join(above),
            (command.help or "").strip(),
            tuple(Option(_argument(p), p.help or "") for p in arguments),
            tuple(Option(_option(p), (p.help or "") + _default(p)) for p in options),
        )
    for name, inner in below.items():
        yield from pages_of(inner, (*above, name))


def _argument(parameter: Any) -> str:
    word = parameter.metavar or parameter.name.upper()
    return word if parameter.required else f"[{word}]"


def _option(parameter: Any) -> str:
    if getattr(parameter, "is_flag", False):
        return ", ".join(parameter.opts)
    values = [str(v.value) for v in type(parameter.default)] if isinstance(parameter.default, Enum) else []
    word = parameter.metavar or "|".join(values) or "VALUE"
    return f"{', '.join(parameter.opts)} {word}"


def _default(parameter: Any) -> str:
    return f" (default: {parameter.default.value})" if isinstance(parameter.default, Enum) else ""


def as_markdown(pages: Sequence[Page]) -> str:
    lines = ["# Commands", "", "What `sipdiag --help` says, in one page: `sipdiag manual > docs/commands.md`.", ""]
    for page in pages:
        lines += [f"## sipdiag {page.name}", "", page.help, "", f"    {page.usage}", ""]
        for title, rows in (("argument", page.arguments), ("option", page.options)):
            if rows:
                lines += [f"| {title} | meaning |", "|---|---|"]
                lines += [f"| `{_cell(r.written)}` | {_cell(r.help)} |" for r in rows]
                lines.append("")
    for title, pairs in (("Exit codes", EXIT_CODES), ("Environment", ENVIRONMENT)):
        lines += [f"## {title}", "", "| | |", "|---|---|", *(f"| {a} | {_cell(b)} |" for a, b in pairs), ""]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def as_man(pages: Sequence[Page]) -> str:
    """A page in the `man` macros of roff, section 1."""
    lines = [
        f'.TH SIPDIAG 1 "" "sipdiag {_roff(__version__)}" "User Commands"',
        ".SH NAME",
        "sipdiag \\- say why a SIP transfer (REFER) was never sent, or where it failed",
        ".SH SYNOPSIS",
        ".B sipdiag",
        "COMMAND [OPTION]... [ARGUMENT]...",
    ]
    for page in pages:
        lines += [f".SH {_roff(page.name.upper())}", ".PP", f".B {_roff(page.usage)}", ".PP", _roff(page.help)]
        for row in (*page.arguments, *page.options):
            lines += [".TP", f".B {_roff(row.written)}", _roff(" ".join(row.help.split()))]
    for title, pairs in (("EXIT STATUS", EXIT_CODES), ("ENVIRONMENT", ENVIRONMENT)):
        lines.append(f".SH {title}")
        for name, words in pairs:
            lines += [".TP", f".B {_roff(name)}", _roff(words)]
    return "\n".join([*lines, ""])


def _roff(text: str) -> str:
    r"""Words that roff shows as they are.

    >>> _roff("-o \\n\n.x")
    '\\-o \\en\n\\&.x'
    """
    safe = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join(f"\\&{line}" if line[:1] in (".", "'") else line for line in safe.split("\n"))
