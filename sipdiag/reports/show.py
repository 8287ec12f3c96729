"""How values from the input reach a reader: escaped always, redacted where asked.

Every renderer turns values into text through a `Show`; nothing from the input takes another road.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from enum import Enum
from typing import TypeAlias

from sipdiag.patterns import pattern
from sipdiag.places import Frame, Place, Read
from sipdiag.reports.masks import mask_line, mask_message
from sipdiag.values import Secret, Text

LONGEST = 300  # characters of one value; what is longer is cut, and said to be
LONGEST_MESSAGE = 6000  # characters of one message

Redact: TypeAlias = Callable[[object], object]
RedactMessage: TypeAlias = Callable[[bytes], bytes]

_NAME = pattern(r"\{(\w+)\}")
# Controls, format characters (bidi, zero width), surrogates, private use and unassigned code points.
_HARMFUL = pattern(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)


def escape(text: str) -> str:
    r"""Make control, escape and bidi characters visible.

    >>> escape("a\x1b[31mb\u202ec")
    'a\\x1b[31mb\\u202ec'
    """
    return text if text.isascii() and text.isprintable() else _HARMFUL.sub(_visible, text)


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")


def _in_words(value: object) -> str:
    """What is no text: a number, a word of a vocabulary, or where something stands."""
    if isinstance(value, Enum):
        value = getattr(value, "slug", value.value)
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if isinstance(value, Frame):
        return f"frame {value.number}" if value.number is not None else f"line {value.line}"
    return f"line {value.line}" if isinstance(value, Place) else str(value)


def is_harmless(text: str) -> bool:
    """Whether a text holds no character that could act on a terminal or reorder what is read."""
    return not _HARMFUL.search(text) and not any(unicodedata.category(c) in ("Cc", "Cs") for c in text)


class Show:
    """Turns typed values into text that cannot act.

    `redact` replaces a value before it is shown, `redact_message` the bytes of a whole SIP message.
    """

    def __init__(self, redact: Redact | None = None, redact_message: RedactMessage | None = None) -> None:
        self._redact, self._redact_message = redact, redact_message

    @property
    def redacts(self) -> bool:
        return self._redact is not None

    def __call__(self, value: object) -> str:
        if isinstance(value, Read):
            value = value.value
        if value is None:
            return "nothing"
        if isinstance(value, Secret):
            return str(value)
        if self._redact is not None:
            value = self._redact(value)
        if isinstance(value, frozenset | set | list | tuple):
            items = sorted(value, key=str) if isinstance(value, frozenset | set) else value
            return ", ".join(self(v) for v in items)
        text = escape(str(value) if isinstance(value, str) and not isinstance(value, Enum) else _in_words(value))
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"

    def sentence(self, template: str, values: Mapping[str, object]) -> str:
        """A template with its values. Braces in values stay as they are; a name without value shows as it stands."""
        if "{" not in template:
            return template
        return _NAME.sub(lambda m: self(values[m[1]]) if m[1] in values else m[0], template)

    def message(self, data: bytes, longest: int = LONGEST_MESSAGE) -> str:
        """A SIP message as lines of text, its secrets masked in every mode. What is longer is cut, and said to be."""
        size = len(data)
        data = self.octets(data, 2 * longest)
        text = data.decode("utf-8", "backslashreplace").replace("\r\n", "\n").replace("\r", "\n")
        lines = mask_message(text).rstrip("\n").split("\n")
        text = "\n".join(escape(line) for line in lines)
        return text if size <= longest and len(text) <= longest else f"{text[:longest]}… ({size} bytes in all)"

    def octets(self, data: bytes, longest: int) -> bytes:
        """The first octets of a SIP message as they may be told, not yet escaped: for reading what is to be shown of it."""
        data = data[:longest]
        return data if self._redact_message is None else self._redact_message(data)

    def part(self, name: str, value: str) -> str:
        """A header field or line of a message that was redacted as a whole: its secrets masked, escaped and cut."""
        masked = mask_message(f"{name}: {value}").removeprefix(f"{name}: ")
        text = escape(masked)
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"

    def excerpt(self, line: str) -> str:
        """A line of a document, as long as it was read where nothing in it had to be escaped; of a long one, the beginning.

        A tab is a space, which takes one column as well.
        """
        value: object = Text(mask_line(line[: 4 * LONGEST].rstrip().replace("\t", " ")))
        return escape(str(value if self._redact is None else self._redact(value)))
