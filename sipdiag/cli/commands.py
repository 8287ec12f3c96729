"""The commands by name, each imported when it is asked for: `lint` need not wait for what `diagnose` needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

# In the order of the help.
_NAMES = "diagnose lint flow explain extract bundle checks schema init doctor manual redact baseline"
_MODULES = {name: name for name in _NAMES.split()} | {"checks": "explain", "schema": "explain"}


class Commands(Mapping[str, Any]):
    """What typer calls the commands of a group; each is built at the first look at it."""

    def __init__(self) -> None:
        self._built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._built:
            found = getattr(import_module(f"sipdiag.cli.{_MODULES[name]}"), name)
            self._built[name] = get_command(found if isinstance(found, typer.Typer) else _alone(found))
            self._built[name].name = name
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


def _alone(function: Any) -> typer.Typer:
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.command(cls=Command)(function)
    return app


class Command(TyperCommand):
    """A command whose usage names its arguments as manuals do: PATH... where typer writes {PATH...}."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return [piece.removeprefix("{").removesuffix("}") for piece in super().collect_usage_pieces(ctx)]


class Group(TyperGroup):
    """All commands of sipdiag."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given | {"commands": None})
        self.commands = Commands()  # type: ignore[assignment]
