"""Sentences as HTML: their words escaped, what was read from the input as `code`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from markupsafe import Markup

from sipdiag.places import Frame, Place, Read
from sipdiag.reports.show import Show
from sipdiag.values import Word


class Phrased(Show):
    """A `Show` whose sentences are safe HTML."""

    def __init__(self, show: Show) -> None:
        super().__init__()
        self._plain = show

    def __call__(self, value: object) -> Markup:
        inner = value.value if isinstance(value, Read) else value
        text = self._plain(value)
        if not text or inner is None or isinstance(inner, Word | Enum | int | float | Frame | Place):
            return Markup.escape(text)
        return Markup("<code>{}</code>").format(text)

    def sentence(self, template: str, values: Mapping[str, object]) -> Markup:
        parts = re.split(r"\{(\w+)\}", template)
        pieces = (
            Markup.escape(part)
            if i % 2 == 0
            else self(values[part])
            if part in values
            else Markup.escape(f"{{{part}}}")
            for i, part in enumerate(parts)
        )
        return Markup("").join(pieces)
