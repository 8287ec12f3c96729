"""Regular expressions that are compiled when they are first used: a start pays for those it needs, not for all."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

from sipdiag.cached import cached_property


def pattern(written: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As `re.compile`, later: what is wrong with the expression shows at the first use.

    >>> pattern("[0-9]+").fullmatch("12") is not None
    True
    """
    return cast("re.Pattern[AnyStr]", Later(written, flags))


class Later:
    """Stands for a pattern, and keeps each of its methods that was asked for."""

    def __init__(self, written: Any, flags: int) -> None:
        self._written, self._flags = written, flags

    @cached_property
    def compiled(self) -> re.Pattern[Any]:
        return re.compile(self._written, self._flags)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.compiled, name)
        setattr(self, name, found)
        return found
