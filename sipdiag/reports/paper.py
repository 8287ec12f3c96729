"""Lines of a report for the terminal. Only colour needs rich; without it lines are written as they are."""

from __future__ import annotations

import io
from dataclasses import field
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(slots=True)
class Line:
    """A text with a style (in rich's words) for all of it, and more for parts of it."""

    text: str
    style: str = ""
    parts: list[tuple[str, int, int | None]] = field(default_factory=list)

    def stylize(self, style: str, start: int, end: int | None = None) -> None:
        self.parts.append((style, start, end))

    def rstrip(self) -> None:
        self.text = self.text.rstrip()


class Paper:
    """Where lines are printed; `text` is what stands there."""

    def __init__(self, width: int, *, color: bool) -> None:
        self._out = io.StringIO()
        self._console = _colored(self._out, width) if color else None

    def print(self, line: Line) -> None:
        if self._console is None:
            self._out.write(f"{line.text}\n")
            return
        from rich.text import Text

        shown = Text(line.text, style=line.style)
        for part in line.parts:
            shown.stylize(*part)
        self._console.print(shown)

    @property
    def text(self) -> str:
        return self._out.getvalue()


def _colored(out: io.StringIO, width: int) -> Console:
    from rich.console import Console

    return Console(
        file=out, width=width, color_system="standard", force_terminal=True, highlight=False,
        markup=False, emoji=False, soft_wrap=True, legacy_windows=False,
    )  # fmt: skip
