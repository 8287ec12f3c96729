"""The lines of a text that was read, for whoever quotes one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import overload

from sipdiag.cached import cached_property

_MOST = 4 << 20  # octets of a text that is quoted from
_ENDS = "\r"
_ENDS_IN_YAML = "\r\x85\u2028\u2029"  # YAML has three more ends of a line than other text (YAML 1.1, 4.2)


class Excerpts(Sequence[str]):
    """Lines as the reader of the format counts them, taken apart when the first is asked for: few texts are quoted.

    >>> lines = Excerpts(b"first\\r\\nsecond\\n")
    >>> list(lines), lines.hold("con"), lines.hold("third")
    (['first', 'second'], True, False)
    """

    def __init__(self, data: bytes, kind: str = "") -> None:
        self._data = data if len(data) <= _MOST else b""
        self._ends = _ENDS_IN_YAML if kind == "yaml" else _ENDS

    @cached_property
    def _lines(self) -> list[str]:
        text = self._data.decode("utf-8", "replace")
        lines = re.split(f"\r\n|[\n{self._ends}]", text) if any(e in text for e in self._ends) else text.split("\n")
        return lines[:-1] if lines[-1] == "" else lines

    def hold(self, word: str) -> bool:
        """Whether a word, of letters and signs of ASCII, stands anywhere in them."""
        return word.encode("ascii") in self._data

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self._lines[index]

    def __len__(self) -> int:
        return len(self._lines)
