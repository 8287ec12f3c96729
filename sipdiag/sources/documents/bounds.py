"""How much of a document is read before it is refused, and JSON Pointers that cannot outgrow it."""

from __future__ import annotations

from sipdiag.sources.documents.error import DocumentError

MOST_BYTES = 64 * 1024 * 1024
MOST_VALUES = 1_000_000
DEEPEST = 200
_LONGEST_POINTER = 512


def below(pointer: str, step: str | int) -> str:
    """The JSON Pointer (RFC 6901) of a member or element.

    A pointer of absurd length stays that of its ancestor, so that long keys above many values cost no memory.

    >>> below("/a", "b/c~d"), below("", 0)
    ('/a/b~1c~0d', '/0')
    """
    text = step if isinstance(step, str) else str(step)
    if "~" in text or "/" in text:
        text = text.replace("~", "~0").replace("/", "~1")
    return pointer if len(pointer) + len(text) > _LONGEST_POINTER else f"{pointer}/{text}"


def too_deep(line: int, column: int) -> DocumentError:
    return DocumentError(f"nested deeper than {DEEPEST} levels", line, column)


def too_many(line: int, column: int) -> DocumentError:
    return DocumentError(f"more than {MOST_VALUES:,} values", line, column)


def appears_twice(key: str, first_line: int, line: int, column: int) -> DocumentError:
    shown = key if len(key) <= 60 else key[:57] + "..."
    return DocumentError(f"mapping key '{shown}' appears twice; the first is at line {first_line}", line, column)
