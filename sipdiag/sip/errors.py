"""What breaks the grammar, and where."""

from __future__ import annotations


class SipSyntaxError(ValueError):
    """A piece of SIP that does not follow the grammar.

    `column` counts characters from 1 in the text that was parsed. Errors of a whole message also carry the `line` of
    the message (from 1; the start line is line 1) and the `header` it stands in; their column counts in that line, as
    unfolded.

    >>> str(SipSyntaxError("a space in the user", column=9))
    'column 9: a space in the user'
    """

    def __init__(
        self, message: str, column: int | None = None, line: int | None = None, header: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.column = column
        self.line = line
        self.header = header

    def within(self, header: str | None, line: int, prefix: int) -> SipSyntaxError:
        """The same error, told in the line of a message: `prefix` characters stand before the parsed text."""
        column = None if self.column is None else self.column + prefix
        return SipSyntaxError(self.message, column, line, header)

    def __str__(self) -> str:
        place = [f"line {self.line}"] if self.line is not None else []
        place += [f"column {self.column}"] if self.column is not None else []
        words = f"{self.header}: {self.message}" if self.header else self.message
        return f"{', '.join(place)}: {words}" if place else words

    def __repr__(self) -> str:
        return f"SipSyntaxError({self.message!r}, column={self.column}, line={self.line}, header={self.header!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SipSyntaxError) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[str, int | None, int | None, str | None]:
        return (self.message, self.column, self.line, self.header)
