"""The formats, one module each; every module here that declares `FORMAT` is one, and nothing else names them.

Other distributions add theirs by the entry-point group `sipdiag.traces`. Theirs are asked first: whoever installs one
knows the log better than we do.
"""

from __future__ import annotations

import pkgutil
import re
from functools import cache
from importlib import import_module

from sipdiag.dataclass import dataclass
from sipdiag.plugins import TRACES, brought
from sipdiag.sources.traces.frame import FrameLine, Message, TraceFormat
from sipdiag.sources.traces.lines import Line, Lines
from sipdiag.sources.traces.stamps import Stamp, read_stamp

_STEP = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


@cache
def formats() -> tuple[TraceFormat, ...]:
    """Every format: those of others, then ours in the order of the modules' names. Imported at the first trace."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    theirs = (b.value for b in brought(TRACES))
    return (
        *(f for f in theirs if isinstance(f, TraceFormat)),
        *(import_module(f"{__name__}.{name}").FORMAT for name in names),
    )


@dataclass(frozen=True, slots=True)
class End:
    """A line that closes a message; `step` is the time since the line before, in seconds, where it tells.

    `stamp` is when the message was written, where the line below it tells that, and not the one above.
    """

    step: float | None = None
    stamp: Stamp | None = None


class Recognisers:
    """All formats asked at once: a line is tried only by those whose hint it holds."""

    def __init__(self, known: tuple[TraceFormat, ...]) -> None:
        self._hinted = [(hint, format_) for format_ in known for hint in format_.hints]
        self._gate = re.compile("|".join(re.escape(hint) for hint in dict.fromkeys(hint for hint, _ in self._hinted)))
        self._ends = [format_.end for format_ in known if format_.end is not None]
        self._openers = [(f.name, f.opens, f.collect) for f in known if f.opens and f.collect]
        self._by_name = {format_.name: format_ for format_ in known}

    def frame(self, text: str) -> FrameLine | None:
        """What a line tells, if it is a frame line of any format."""
        if not self._gate.search(text):
            return None
        for hint, format_ in self._hinted:
            if hint in text:
                frame = format_.read(text)
                if frame is not None:
                    return frame
        return None

    def end(self, text: str) -> End | None:
        for pattern in self._ends:
            match = pattern.fullmatch(text.strip())
            if match is not None:
                told = match.groupdict()
                step = float(told["step"]) * _STEP[told["unit"]] if told.get("step") else None
                return End(step, read_stamp(told["when"]) if told.get("when") else None)
        return None

    def is_foreign(self, text: str) -> bool:
        """Whether a line cannot belong to a message: it frames the next one, or closes this one."""
        view = text[:1_000]
        return self.frame(view) is not None or self.end(view) is not None

    def collected(self, line: Line, lines: Lines) -> tuple[str, Message, str] | None:
        """A message written otherwise than as SIP, the format that reads it, and what stands before it on its line."""
        if not any(word in line.text for word in ("SIP/", "Session Init")):
            return None
        for name, opens, collect in self._openers:
            match = opens.search(line.text)
            if match is not None:
                message = collect(line, lines)
                if message is not None:
                    return name, message, line.text[: match.start()]
        return None

    def keeps_frame(self, name: str) -> bool:
        return name in self._by_name and self._by_name[name].collect is not None

    def is_buried(self, name: str) -> bool:
        return name in self._by_name and self._by_name[name].buried

    def viewpoint(self, name: str) -> str | None:
        return self._by_name[name].viewpoint if name in self._by_name else None


@cache
def recognisers() -> Recognisers:
    return Recognisers(formats())
