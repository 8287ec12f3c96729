"""Where an extension sends a call on: a jump to another extension, before anything else is done with the call."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sipdiag.dataclass import dataclass
from sipdiag.facts.dialplan import REGEX, Dialplan, Extension, Jump, Lookup, look_up, regular_expression
from sipdiag.stages import Answer

_MOST_JUMPS = 10
_EXTEN = re.compile(r"\$\{(?:EXTEN(?::(-?\d{1,2}))?|destination_number)\}")
_GROUP = re.compile(r"\$(\d)")


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """A jump to a number that its context has not."""

    jump: Jump
    context: str
    dialled: str


def dead_end(dialplans: Sequence[Dialplan], context: str, dialled: str, found: Lookup) -> DeadEnd | None:
    """Where a number that was found is sent on until no extension takes it; None where one does, or may."""
    extension = found.extension
    for _ in range(_MOST_JUMPS):
        if extension is None or extension.jump is None:
            return None
        jump = extension.jump
        onward, within = _filled(str(jump.dialled), extension, dialled), _filled(str(jump.context), extension, dialled)
        if onward is None or within is None:
            return None
        context, dialled = within or context, onward
        ahead = look_up(dialplans, context, dialled)
        if ahead.answer is Answer.NO:
            catches = jump.otherwise and look_up(dialplans, context, jump.otherwise).answer is not Answer.NO
            return None if catches else DeadEnd(jump, context, dialled)
        extension = ahead.extension if ahead.answer is Answer.YES else None
    return None


def _filled(text: str, extension: Extension, dialled: str) -> str | None:
    """A text with what the dialled number puts into it; None where more is needed."""
    text = _EXTEN.sub(lambda m: dialled[int(m[1] or 0) :], text)
    if extension.kind == REGEX and "$" in text:
        expression = regular_expression(str(extension.written))
        found = expression.search(dialled) if expression is not None else None
        if found is None or any(int(m[1]) > len(found.groups()) for m in _GROUP.finditer(text)):
            return None
        text = _GROUP.sub(lambda m: found[int(m[1])] or "", text)
    return None if "$" in text else text
