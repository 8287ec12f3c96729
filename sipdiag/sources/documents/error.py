"""Why a document could not be read, and where."""

from __future__ import annotations


class DocumentError(Exception):
    """A document that cannot be read. Lines and columns count from 1; `line` is None where no place is to blame."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column

    def __str__(self) -> str:
        return self.message
